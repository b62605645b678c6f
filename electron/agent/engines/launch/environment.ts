/** Variables of another Python world that would make this one load the wrong packages. */
const misleading = [
  ...['PYTHONHOME', 'PYTHONPATH', 'PYTHONSTARTUP', 'PYTHONUSERBASE', 'PYTHONSAFEPATH'],
  ...['VIRTUAL_ENV', 'CONDA_PREFIX', 'CONDA_DEFAULT_ENV', '__PYVENV_LAUNCHER__'],
];

/** What a Python program of ours gets on top of the filtered environment; `set` by the user goes last. */
export function pythonEnvironment(
  set: Readonly<Record<string, string>> = {},
): Record<string, string | undefined> {
  return {
    ...Object.fromEntries(misleading.map((name) => [name, undefined])),
    // Without these a log comes in lumps, a name with accents breaks a print, and a crash in native code says nothing.
    PYTHONUNBUFFERED: '1',
    PYTHONUTF8: '1',
    PYTHONFAULTHANDLER: '1',
    // The user's own site-packages would mix with the environment's.
    PYTHONNOUSERSITE: '1',
    ...set,
  };
}
