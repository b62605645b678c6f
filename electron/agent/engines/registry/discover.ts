import { readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Checkout, lookAt, pythonIn } from './checkout.ts';

export type Origin = 'git checkout' | 'portable build' | 'ComfyUI Desktop' | 'Stability Matrix' | 'comfy-cli';

/** A ComfyUI found on this machine; only proposed. */
export interface Found extends Checkout {
  readonly origin: Origin;
  /** Where its node packs and outputs lie, when not in its own folder. */
  readonly base?: string;
}

/** Where to look; a test says its own. */
export interface Surroundings {
  readonly home: string;
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly roots: readonly string[];
}

export const thisMachine = (): Surroundings => ({
  home: homedir(),
  platform: process.platform,
  env: process.env,
  roots: process.platform === 'win32' ? ['C:\\', 'D:\\', 'E:\\'] : ['/opt', '/srv', '/workspace'],
});

/** Looks in the usual places and changes nothing. Each folder once, under the origin that knows most about it. */
export async function discover(around: Surroundings = thisMachine()): Promise<Found[]> {
  const lists = await Promise.all([
    desktopApp(around),
    stabilityMatrix(around),
    comfyCli(around),
    usualFolders(around),
  ]);
  const found = new Map<string, Found>();
  for (const one of lists.flat()) if (!found.has(one.path)) found.set(one.path, one);
  return [...found.values()];
}

async function usualFolders({ home, roots }: Surroundings): Promise<Found[]> {
  const below = [
    '',
    'Documents',
    'Downloads',
    'Desktop',
    'AI',
    'ai',
    'git',
    'src',
    'code',
    'projects',
    'Projects',
  ];
  const parents = [...below.map((name) => join(home, name)), ...roots];
  const names = ['ComfyUI', 'comfyui', 'ComfyUI_windows_portable'];
  const found = await Promise.all(
    parents.flatMap((parent) => names.map((name) => lookAt(join(parent, name)))),
  );
  return found
    .filter((one) => one !== undefined)
    .map((one) => ({
      ...one,
      origin: one.python?.includes('python_embeded')
        ? ('portable build' as const)
        : ('git checkout' as const),
    }));
}

/** The platform's folders for an application's settings. */
function settingsFolders({ home, platform, env }: Surroundings): string[] {
  if (platform === 'darwin') return [join(home, 'Library', 'Application Support')];
  if (platform === 'win32') {
    return [
      env.APPDATA ?? join(home, 'AppData', 'Roaming'),
      env.LOCALAPPDATA ?? join(home, 'AppData', 'Local'),
    ];
  }
  return [env.XDG_CONFIG_HOME ?? join(home, '.config'), env.XDG_DATA_HOME ?? join(home, '.local', 'share')];
}

/** The desktop app keeps its source in the program and everything else in a folder that its settings name. */
async function desktopApp(around: Surroundings): Promise<Found[]> {
  const { home, env } = around;
  const programs = env.LOCALAPPDATA ?? join(home, 'AppData', 'Local');
  const sources = [
    '/Applications/ComfyUI.app/Contents/Resources/ComfyUI',
    join(home, 'Applications/ComfyUI.app/Contents/Resources/ComfyUI'),
    join(programs, 'Programs', '@comfyorgcomfyui-electron', 'resources', 'ComfyUI'),
    join(programs, 'Programs', 'ComfyUI', 'resources', 'ComfyUI'),
  ];
  const source = (await Promise.all(sources.map(lookAt))).find(Boolean);
  if (!source) return [];
  const found: Found[] = [];
  for (const folder of settingsFolders(around)) {
    const base = stringIn(await json(join(folder, 'ComfyUI', 'config.json')), 'basePath');
    if (!base) continue;
    const python = (await pythonIn(join(base, '.venv'))) ?? source.python;
    found.push({ ...source, python, base, origin: 'ComfyUI Desktop' });
  }
  return found;
}

async function stabilityMatrix(around: Surroundings): Promise<Found[]> {
  const libraries = [
    join(around.home, 'StabilityMatrix'),
    ...around.roots.map((root) => join(root, 'StabilityMatrix')),
  ];
  for (const folder of settingsFolders(around)) {
    const own = join(folder, 'StabilityMatrix');
    const library = stringIn(await json(join(own, 'library.json')), 'LibraryPath');
    libraries.push(own, ...(library ? [library] : []));
  }
  const found: Found[] = [];
  for (const library of libraries) {
    const packages = join(library, 'Packages');
    for (const name of await readdir(packages).catch(() => [])) {
      const one = await lookAt(join(packages, name));
      if (one) found.push({ ...one, origin: 'Stability Matrix' });
    }
  }
  return found;
}

async function comfyCli(around: Surroundings): Promise<Found[]> {
  const workspaces = [join(around.home, 'comfy')];
  for (const folder of settingsFolders(around)) {
    const text = await readFile(join(folder, 'comfy-cli', 'config.ini'), 'utf8').catch(() => '');
    for (const [, path] of text.matchAll(/^(?:default|recent)_workspace\s*=\s*(.+)$/gm)) {
      if (path) workspaces.push(resolve(path.trim()));
    }
  }
  const found = await Promise.all(workspaces.map(lookAt));
  return found.filter((one) => one !== undefined).map((one) => ({ ...one, origin: 'comfy-cli' as const }));
}

const json = (path: string): Promise<unknown> =>
  readFile(path, 'utf8')
    .then((text) => JSON.parse(text) as unknown)
    .catch(() => undefined);

function stringIn(value: unknown, key: string): string | undefined {
  const found = value && typeof value === 'object' ? (value as Record<string, unknown>)[key] : undefined;
  return typeof found === 'string' && found ? found : undefined;
}
