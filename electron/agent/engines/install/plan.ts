import { access, mkdir, stat, statfs } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';
import { ask, findAccelerator, findPython, type PythonFacts } from './machine.ts';
import type { InstallRequest, TorchBuild } from './request.ts';
import { torchSource } from './torch-builds.ts';

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

const gigabyte = 1e9;
/** Unpacked sizes with all they bring, and as much again for what is downloaded meanwhile. */
const torchGigabytes: Readonly<Record<TorchBuild, number>> = { cuda: 12, rocm: 18, xpu: 12, mps: 3, cpu: 3 };
const otherGigabytes = 3;

/**
 * Looks at the machine and says what an install would do. Changes nothing but makes the folder it measures. `needed`
 * bytes are measured where there is something to measure.
 */
export async function planInstall(
  request: InstallRequest,
  folder: string,
  needed?: number,
): Promise<InstallPlan> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const isArchive = isArchiveSource(request.source);
  const [python, uv, git, accelerator, space] = await Promise.all([
    findPython(request.python),
    request.installer === 'pip' ? undefined : ask('uv', ['--version']),
    ask('git', ['--version']),
    findAccelerator(),
    statfs(folder),
  ]);
  const build = request.torch ?? accelerator.build;
  const torch = torchSource(build, accelerator.nvidia);
  const disk = {
    needed: needed ?? (torchGigabytes[build] + otherGigabytes) * gigabyte,
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
    ...(await sourceProblems(request, isArchive)),
    ...(await constraintProblems(request.constraint)),
  ];
  return {
    request,
    source: isArchive ? 'archive' : 'git',
    python,
    installer: uv ? 'uv' : request.installer === 'pip' ? 'pip' : 'uv from its wheel',
    torch: {
      build,
      why: [request.torch ? 'asked for' : accelerator.seen, request.torchIndex === undefined && torch.why]
        .filter(Boolean)
        .join('; '),
      index: request.torchIndex === undefined ? torch.index : request.torchIndex,
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

export const isAddress = (source: string): boolean => /^https?:/i.test(source) && URL.canParse(source);

export const isArchiveSource = (source: string): boolean =>
  /\.(zip|tar|tgz|tar\.\w+)$/i.test(isAddress(source) ? new URL(source).pathname : source);

/** Addresses are tried when it comes to it; what lies on this machine can be looked at. */
async function sourceProblems({ source, sha256 }: InstallRequest, isArchive: boolean): Promise<string[]> {
  if (sha256 && !isArchive) return ['--sha256 is for archives; a git source is named by its --commit.'];
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
