import { access, mkdir, stat, statfs } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';
import { ask, findAccelerator, findPython, type PythonFacts } from './machine.ts';
import type { InstallRequest, TorchBuild } from './request.ts';

export interface InstallPlan {
  readonly request: InstallRequest;
  readonly source: 'git' | 'archive';
  readonly python: PythonFacts | undefined;
  readonly installer: 'uv' | 'uv from its wheel' | 'pip';
  readonly torch: { readonly build: TorchBuild; readonly why: string; readonly index: string | null };
  /** Bytes. */
  readonly disk: { readonly needed: number; readonly free: number };
  /** What stands in the way, each with what to do; it can't be carried out before they are gone. */
  readonly problems: readonly string[];
}

/** Where PyTorch publishes the builds that the general registry doesn't have. */
const torchIndexes: Readonly<Record<TorchBuild, string | null>> = {
  cuda: 'https://download.pytorch.org/whl/cu128',
  rocm: 'https://download.pytorch.org/whl/rocm6.4',
  xpu: 'https://download.pytorch.org/whl/xpu',
  cpu: 'https://download.pytorch.org/whl/cpu',
  mps: null,
};

const gigabyte = 1e9;
/** Unpacked sizes with all they bring, and as much again for what is downloaded meanwhile. */
const torchGigabytes: Readonly<Record<TorchBuild, number>> = { cuda: 12, rocm: 18, xpu: 12, mps: 3, cpu: 3 };
const otherGigabytes = 3;

/** Looks at the machine and says what an install would do. Changes nothing but makes the folder it measures. */
export async function planInstall(request: InstallRequest, folder: string): Promise<InstallPlan> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const isArchive = /\.(zip|tar|tgz|tar\.\w+)$/i.test(request.source);
  const [python, uv, git, accelerator, space] = await Promise.all([
    findPython(request.python),
    request.installer === 'pip' ? undefined : ask('uv', ['--version']),
    ask('git', ['--version']),
    findAccelerator(),
    statfs(folder),
  ]);
  const build = request.torch ?? accelerator.build;
  const disk = {
    needed: (torchGigabytes[build] + otherGigabytes) * gigabyte,
    free: space.bavail * space.bsize,
  };
  const problems = [
    ...(isArchive || git
      ? []
      : ['git is not installed. Install it, or name an archive of the source with --source.']),
    ...pythonProblems(request, python, uv !== undefined),
    ...(disk.free < disk.needed
      ? [
          `About ${gb(disk.needed)} GB are needed and ${gb(disk.free)} GB are free. Free some space, or choose another data folder.`,
        ]
      : []),
    ...(await sourceProblems(request.source, isArchive)),
    ...(await constraintProblems(request.constraint)),
  ];
  return {
    request,
    source: isArchive ? 'archive' : 'git',
    python,
    installer: uv ? 'uv' : request.installer === 'pip' ? 'pip' : 'uv from its wheel',
    torch: {
      build,
      why: request.torch ? 'asked for' : accelerator.seen,
      index: request.torchIndex === undefined ? torchIndexes[build] : request.torchIndex,
    },
    disk,
    problems,
  };
}

export const gb = (bytes: number): string => (bytes / gigabyte).toFixed(bytes < 10 * gigabyte ? 1 : 0);

function pythonProblems(request: InstallRequest, python: PythonFacts | undefined, uv: boolean): string[] {
  if (!python) {
    return [
      request.python
        ? `${request.python} is no Python 3.10 or newer.`
        : 'No Python 3.10 or newer was found. Install one, or name its program with --python.',
    ];
  }
  if (uv || python.venv) return [];
  return [
    `${python.executable} can't make environments: its venv module is not installed (on Debian: python3-venv).`,
  ];
}

/** Addresses are tried by git itself; what lies on this machine can be looked at. */
async function sourceProblems(source: string, isArchive: boolean): Promise<string[]> {
  if (isArchive && /^https?:/.test(source)) {
    return ['An archive must lie on this machine: download it and name the file, or give a git address.'];
  }
  if (!isAbsolute(source)) return [];
  const found = await stat(source).catch(() => undefined);
  return found ? [] : [`There is nothing at ${source}.`];
}

async function constraintProblems(path: string | undefined): Promise<string[]> {
  if (!path) return [];
  return access(resolve(path)).then(
    () => [],
    () => [`The constraint file ${path} can't be read.`],
  );
}
