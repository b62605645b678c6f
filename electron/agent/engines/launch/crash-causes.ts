import type { CrashCause, CrashReport } from '#shared/wire/crash.ts';

/** What is known of the end of a process. */
export interface Ending {
  /** Both `null` when it was not our child. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last it printed. */
  readonly lines: readonly string[];
  /** We ended it because it went no further or did not answer. */
  readonly hung: boolean;
  /** The system killed something for want of memory while it ran; `undefined` where the system doesn't tell. */
  readonly oomKill: boolean | undefined;
}

type Match = (ending: Ending, text: string) => { what: string; fix: string } | undefined;

const native: readonly (string | null)[] = ['SIGSEGV', 'SIGABRT', 'SIGBUS', 'SIGILL', 'SIGFPE'];

/** Looked at from the top: what the program said goes before what its exit code allows to guess. */
const causes: readonly (readonly [CrashCause, Match])[] = [
  ['hang', hang],
  [
    'port_taken',
    said(
      /address already in use|Errno (?:98|48)\b|WinError 10048|only one usage of each socket/i,
      'Another program took its port',
      'Nothing to do when it starts again by itself, on another port. Else end the program that holds the port.',
    ),
  ],
  [
    'disk_full',
    said(
      /No space left on device|Errno 28\b|WinError 112|disk is full|database or disk is full/i,
      'The disk is full',
      'Free some space: old outputs, unused models or the package cache; then start it again.',
    ),
  ],
  [
    'out_of_vram',
    said(
      /torch\.(?:cuda\.)?OutOfMemoryError|(?:CUDA|HIP|MPS|XPU)(?: backend)? (?:error: )?out of memory|Allocation on device|CUDNN_STATUS_ALLOC_FAILED|CUBLAS_STATUS_ALLOC_FAILED/i,
      'The graphics memory ran out',
      'Choose the VRAM mode "lowvram" or "novram", make smaller pictures, or end other programs that use the GPU.',
    ),
  ],
  ['out_of_memory', memory],
  ['missing_module', missingModule],
  [
    'driver_reset',
    said(
      /CUDA error: (?:unspecified launch failure|an illegal memory access|unknown error)|CUDA-capable device\(s\) is\/are busy|GPU is lost|fallen off the bus|hipErrorLaunchFailure|HIP error: unspecified launch failure/i,
      'The graphics driver was reset or lost the GPU',
      'It is tried once more on a fresh start. If it comes again, update the driver, take back overclocking and look at temperature and power supply.',
    ),
  ],
  [
    'driver',
    said(
      /Torch not compiled with CUDA enabled|no kernel image is available|NVIDIA driver on your system is too old|Found no NVIDIA driver|No CUDA GPUs are available|CUDA driver version is insufficient|CUDA initialization|CUDA unknown error|libcuda\.so|No HIP GPUs are available|(?:libcudart|libcublas|libcudnn|nvcuda)\S*: cannot open|CUDA error: (?:system|invalid device)/i,
      'PyTorch and the graphics driver do not fit together',
      'Update the driver, or install the torch build for this GPU ("atelier engine install" shows which); "cpu" as VRAM mode runs without the GPU.',
    ),
  ],
  [
    'bad_option',
    said(
      /main\.py: error: (.+)/,
      'It refused its options',
      'Correct the extra arguments; "main.py --help" of this ComfyUI names the ones it knows.',
    ),
  ],
  ['segfault', nativeCrash],
  ['killed', killed],
  [
    'not_found',
    ({ code }) =>
      code === 127 || code === 126
        ? {
            what: 'The program could not be run',
            fix: 'Check that the Python of this engine still exists and may be executed.',
          }
        : undefined,
  ],
];

/** Tells the causes apart by exit code, signal and the last lines. */
export function classify(ending: Ending): CrashReport {
  const text = lastRun(ending.lines).join('\n');
  const pack = guiltyPack(text);
  for (const [cause, match] of causes) {
    const found = match(ending, text);
    if (found) return { cause, ...found, ...(pack && { pack }) };
  }
  return {
    cause: 'unknown',
    what: ending.code === null ? 'It ended' : `It ended by itself with exit code ${ending.code}`,
    fix: 'Look at the end of its log.',
    ...(pack && { pack }),
  };
}

const longestWords = 300;

/** The last line that says something: of a fault handler's dump its first, unless we asked for the dump. */
function lastWords({ lines, hung }: Ending): string {
  const dump = lines.findLastIndex((line) => line.startsWith('Fatal Python error'));
  const end = dump < 0 ? lines.length : dump + (hung ? 0 : 1);
  const last =
    lines
      .slice(0, end)
      .findLast((line) => line.trim() !== '')
      ?.trim() ?? '';
  return last.length > longestWords ? `${last.slice(0, longestWords)}…` : last;
}

/** What an earlier run complained of, it survived. */
function lastRun(lines: readonly string[]): readonly string[] {
  return lines.slice(lines.findLastIndex((line) => line.startsWith('Prompt executed in')) + 1);
}

/** How a program ended, for people: what happened with its name and last words, and what to do. */
export function crashReportOf(name: string, ending: Ending): CrashReport {
  const { what, pack, ...report } = classify(ending);
  const last = lastWords(ending);
  const hand = pack ? ` The node pack "${pack}" had a hand in it; disable it to be sure.` : '';
  const words = last ? ` Its last words: "${last}".` : '';
  return { ...report, what: `${name} stopped. ${what}.${hand}${words}`, ...(pack && { pack }) };
}

function said(words: RegExp, what: string, fix: string): Match {
  return (_ending, text) => {
    const found = words.exec(text);
    if (!found) return undefined;
    return { what: found[1] ? `${what}: ${found[1].trim()}` : what, fix };
  };
}

function hang({ hung }: Ending, text: string): ReturnType<Match> {
  if (!hung) return undefined;
  const importing =
    /ComfyUI version|Python version/.test(text) && !/Import times for custom nodes/.test(text);
  return {
    what: importing
      ? 'It hung while its node packs were being imported, and was ended'
      : 'It hung: it neither printed, computed nor answered any more, and was ended',
    fix: importing
      ? importFix(guiltyPack(text))
      : 'If it hangs again, update the graphics driver and the node packs.',
  };
}

const importFix = (pack: string | undefined): string =>
  pack
    ? `Update or disable the node pack "${pack}".`
    : 'Start it with --disable-all-custom-nodes to see whether a node pack is to blame, then enable them one by one.';

function memory({ signal, code, oomKill, hung }: Ending, text: string): ReturnType<Match> {
  const allocation =
    /MemoryError|DefaultCPUAllocator: (?:can't|not enough)|std::bad_alloc|Cannot allocate memory|Errno 12\b|WinError 1455|paging file is too small/i;
  // 137 is how a launcher between us and Python passes a SIGKILL on.
  const killedForIt = !hung && (signal === 'SIGKILL' || code === 137) && oomKill === true;
  if (!killedForIt && !allocation.test(text)) return undefined;
  return {
    what: killedForIt
      ? 'The system killed it because the memory ran out'
      : 'The memory of the machine ran out',
    fix: 'Close other programs, use smaller or quantised models, or add memory or swap.',
  };
}

function missingModule(_ending: Ending, text: string): ReturnType<Match> {
  const found = [
    ...text.matchAll(/(?:ModuleNotFoundError: No module named|ImportError: No module named) '?([\w.]+)/g),
  ].at(-1);
  // A node pack that can't be imported is told by ComfyUI, which goes on without it; then it's not why it ended.
  const module = found?.[1];
  if (!module || /Cannot import .* module for custom nodes/.test(text.slice(found.index))) return undefined;
  const pack = guiltyPack(text);
  return {
    what: `The Python module "${module}" is missing`,
    fix: pack
      ? `Install the requirements of the node pack "${pack}" into this engine's Python, or disable the pack.`
      : 'Install it, and ComfyUI\'s requirements.txt, into this engine\'s Python ("atelier engine install" takes it as --with).',
  };
}

function nativeCrash({ signal, code }: Ending, text: string): ReturnType<Match> {
  const windows = code === 0xc0000005 || code === -1073741819;
  const passedOn = code === 139 || code === 134;
  if (
    !native.includes(signal) &&
    !windows &&
    !passedOn &&
    !/^Fatal Python error: (?:Segmentation|Aborted|Bus)/m.test(text)
  ) {
    return undefined;
  }
  return {
    what: `It crashed in native code (${signal ?? (windows ? 'access violation' : `exit code ${code}`)})`,
    fix: 'Most often a package built for another torch or driver: update the graphics driver and the newest node pack, or restore a snapshot.',
  };
}

function killed({ signal, code, oomKill }: Ending): ReturnType<Match> {
  if (signal === 'SIGKILL' || code === 137) {
    const perhaps = oomKill === undefined ? ', as the system does when memory runs out' : '';
    return {
      what: `It was killed from outside${perhaps}`,
      fix: 'If it was not you, look whether memory is short.',
    };
  }
  if (!signal && code !== 143) return undefined;
  return { what: `It was ended from outside by ${signal ?? 'SIGTERM'}`, fix: 'Start it again.' };
}

/** The node pack whose file stands nearest to the end of the error (Python prints the innermost call last). */
function guiltyPack(text: string): string | undefined {
  // A fault handler's dump has the innermost call first.
  const dump = text.lastIndexOf('Fatal Python error');
  const pattern = /File "[^"\n]*[\\/]custom_nodes[\\/]([^\\/"\n]+)/g;
  const found = [...text.slice(Math.max(dump, 0)).matchAll(pattern)];
  const name = (dump >= 0 ? found[0] : found.at(-1))?.[1];
  return name?.replace(/\.py$/, '');
}

/** Causes that a node may run into while the engine goes on. */
const survivable: ReadonlySet<CrashCause> = new Set([
  'out_of_vram',
  'out_of_memory',
  'disk_full',
  'missing_module',
  'driver',
  'driver_reset',
]);

/** The cause behind what a node raised, if it is one of those; its `what` has no name and no full stop. */
export function causeOfError(said: string, traceback: string): CrashReport | undefined {
  const report = classify({ code: 1, signal: null, lines: [said], hung: false, oomKill: false });
  if (!survivable.has(report.cause)) return undefined;
  const pack = report.cause === 'missing_module' ? guiltyPack(traceback) : undefined;
  return { ...report, ...(pack && { pack }) };
}
