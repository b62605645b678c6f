import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StepContext } from '../install/command.ts';
import { unmetIn } from '../install/copy.ts';
import { installStateOf } from '../install/installer.ts';
import { ask, pipPatienceMs } from '../install/machine.ts';
import { type InstallPlan, isArchiveSource, planInstall } from '../install/plan.ts';
import {
  type InstallRequest,
  installRequest,
  type StepName,
  stillDone,
  type TorchBuild,
} from '../install/request.ts';
import { isTorch } from '../install/steps.ts';
import { indexOfLabel } from '../install/torch-builds.ts';
import { type InstalledPack, installedPacks } from '../packs/installed.ts';
import { git, versionOf } from '../registry/checkout.ts';
import type { LaunchableRecord, SourceVersion } from '../registry/record.ts';
import { candidateName, type EngineRegistry } from '../registry/registry.ts';
import { lookAhead, type Target } from './history.ts';
import { packagesSize, sizeOf } from './measure.ts';

/** What may be said about an update; the rest is as the engine is. `commit` takes a tag or a branch too. */
export type UpdateChanges = Partial<
  Pick<
    InstallRequest,
    'source' | 'commit' | 'sha256' | 'python' | 'installer' | 'constraint' | 'skip' | 'with' | 'pipArgs'
  >
>;

export interface UpdatePlan {
  readonly engine: LaunchableRecord;
  readonly from: SourceVersion;
  /** Empty fields where only the unpacked archive will tell. */
  readonly to: SourceVersion;
  readonly commits: Target['commits'];
  /** Releases on the way, the newest last. */
  readonly tags: readonly string[];
  /** Lines of the requirements that come and go; `undefined` where only the unpacked archive will tell. */
  readonly requirements:
    | { readonly added: readonly string[]; readonly removed: readonly string[] }
    | undefined;
  /** How many packages of now are carried over, and which node packs. */
  readonly packages: number;
  readonly packs: readonly InstalledPack[];
  /** The install that makes the copy, with what stands in its way. */
  readonly install: InstallPlan;
  /** Steps of an earlier try that hold. */
  readonly done: readonly StepName[];
  /** It is at this commit already. */
  readonly nothingNew: boolean;
}

/** Looks what an update would change. Changes nothing but our own copy of the history. */
export async function planUpdate(
  engine: LaunchableRecord,
  changes: UpdateChanges,
  registry: EngineRegistry,
  { signal, line }: Pick<StepContext, 'signal' | 'line'>,
): Promise<UpdatePlan> {
  const { folder } = registry.files(engine.id);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const now = await presentOf(engine);
  const earlier = await installStateOf(registry.files(candidateName(engine.id)).folder);
  const base = await requestFor(engine, now, registry);
  const { source, commit } = { ...base, ...kept(earlier?.request, changes), ...changes };
  const history = join(folder, 'history.git');
  const context: StepContext = { logPath: join(folder, 'update.log'), signal, line };
  const target = isArchiveSource(source)
    ? undefined
    : await lookAhead({ path: engine.path, commit: now.source.commit }, source, commit, history, context);
  // Parsed, so that it reads the same as the one that an earlier try has written down.
  const request = installRequest.parse({
    ...{ ...base, ...kept(earlier?.request, changes), ...changes, source },
    commit: target?.to.commit ?? commit,
    copyOf: {
      ...{ engine: engine.id, path: engine.path, base: baseOf(engine), packs: now.packs },
      version: earlier?.request.copyOf?.version ?? (await freeVersion(folder)),
      packages: now.packages.filter((one) => !isTorch(one)),
      unmet: now.unmet,
      ...(target && { history }),
    },
  });
  const install = await planInstall(request, registry.folder, await neededBytes(engine, now.packs));
  return {
    ...{ engine, from: now.source, packs: now.packs.filter(({ enabled }) => enabled) },
    to: target?.to ?? { version: '', commit: '' },
    ...{ commits: target?.commits, tags: target?.tags ?? [] },
    requirements: target && compareLines(now.requirements, target.requirements),
    packages: now.packages.length,
    install: { ...install, problems: [...install.problems, ...packageProblems(engine, now.packages)] },
    done: earlier ? stillDone(earlier.request, earlier.done, request) : [],
    nothingNew: target?.to.commit === now.source.commit,
  };
}

/** Where the engine's node packs, models, inputs and outputs lie. */
export const baseOf = (record: LaunchableRecord): string => record.base ?? record.path;

interface Present {
  readonly source: SourceVersion;
  readonly packages: readonly string[];
  readonly packs: InstalledPack[];
  readonly unmet: string[];
  readonly requirements: string;
}

async function presentOf(engine: LaunchableRecord): Promise<Present> {
  const [source, packages, packs, unmet, requirements] = await Promise.all([
    versionOf(engine.path),
    packagesOf(engine.python),
    installedPacks(engine),
    unmetIn(engine.python),
    readFile(join(engine.path, 'requirements.txt'), 'utf8').catch(() => ''),
  ]);
  return { source, packages, packs, unmet, requirements };
}

/** `pip freeze`, or uv's where the environment has no pip. */
async function packagesOf(python: string): Promise<string[]> {
  const said =
    (await ask(python, ['-m', 'pip', 'freeze', '--all', '--disable-pip-version-check'], pipPatienceMs)) ??
    (await ask('uv', ['pip', 'freeze', '--python', python], pipPatienceMs));
  return said ? said.split(/\r?\n/).filter(Boolean) : [];
}

const packageProblems = ({ id, python }: LaunchableRecord, packages: readonly string[]): string[] =>
  packages.length > 0
    ? []
    : [
        `The packages of "${id}" can't be read, so they can't be carried over: ${python} has no pip. Give it one (${python} -m ensurepip), or install uv.`,
      ];

/** What an earlier try was asked for holds on, unless something else is said now. */
function kept(earlier: InstallRequest | undefined, changes: UpdateChanges): UpdateChanges {
  if (!earlier) return {};
  const { source, commit, sha256, python, installer, constraint, skip, with: more, pipArgs } = earlier;
  const moved = changes.source !== undefined && changes.source !== source;
  return {
    ...{ installer, skip, with: more, pipArgs },
    ...(python && { python }),
    ...(constraint && { constraint }),
    ...(moved ? {} : { source, ...(commit && { commit }), ...(sha256 && { sha256 }) }),
  };
}

/** The request that would make the engine as it is: as it was installed, or as it shows. */
async function requestFor(
  engine: LaunchableRecord,
  { packages }: Present,
  registry: EngineRegistry,
): Promise<InstallRequest> {
  const own = (await installStateOf(registry.files(engine.id).folder))?.request;
  const torch = packages.filter(isTorch);
  const index = indexOfLabel(torch[0] ?? '');
  const {
    commit: _commit,
    sha256: _sha256,
    copyOf: _copyOf,
    ...rest
  } = own ?? {
    ...installRequest.parse({ id: engine.id }),
    source: (await git(engine.path, ['remote', 'get-url', 'origin'])) || undefined,
  };
  return installRequest.parse({
    ...rest,
    ...{ id: candidateName(engine.id), python: engine.python, options: engine.options, env: engine.env },
    // The very PyTorch of now: changing it is another matter than a new ComfyUI.
    torchPackages: torch,
    torch: own?.torch ?? buildOf(index),
    torchIndex: own?.torchIndex === undefined ? index : own.torchIndex,
  });
}

function buildOf(index: string | null): TorchBuild | undefined {
  const label = index?.split('/').at(-1) ?? '';
  if (label.startsWith('cu')) return 'cuda';
  if (label.startsWith('rocm')) return 'rocm';
  return label === 'cpu' || label === 'xpu' ? label : undefined;
}

/** The first version of an engine lies in its folder itself. */
async function freeVersion(folder: string): Promise<string> {
  const names = await readdir(join(folder, 'versions')).catch((): string[] => []);
  return String(Math.max(1, ...names.map(Number).filter(Number.isInteger)) + 1);
}

async function neededBytes(engine: LaunchableRecord, packs: readonly InstalledPack[]): Promise<number> {
  const folders = packs
    .filter(({ enabled }) => enabled)
    .map(({ name }) => join(baseOf(engine), 'custom_nodes', name));
  // Of the source only the history counts; what else lies in an adopted folder is not copied.
  const [packages, history, ...copied] = await Promise.all([
    packagesSize(engine.python),
    sizeOf(join(engine.path, '.git')),
    ...folders.map(sizeOf),
  ]);
  return packages + history + copied.reduce((sum, size) => sum + size, 0) + sourceBytes;
}

/** ComfyUI's files without their history. */
const sourceBytes = 50e6;

function compareLines(now: string, then: string): UpdatePlan['requirements'] {
  const [present, wanted] = [meant(now), meant(then)];
  return {
    added: wanted.filter((line) => !present.includes(line)),
    removed: present.filter((line) => !wanted.includes(line)),
  };
}

const meant = (text: string): string[] =>
  text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line && !line.startsWith('#'));
