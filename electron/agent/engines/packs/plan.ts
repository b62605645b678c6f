import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { HttpClient } from '../../http.ts';
import type { StepContext } from '../install/command.ts';
import type { LaunchableRecord } from '../registry/record.ts';
import type { EngineRegistry } from '../registry/registry.ts';
import { registryAddress } from './comfy-registry.ts';
import { lies, newDraft } from './draft.ts';
import { type Fetched, fetchArchive, fetchRepository, fetchUpdate } from './fetch.ts';
import { guardedChanges } from './guard.ts';
import { findPack, type InstalledPack, installedPacks, packPath } from './installed.ts';
import { changedFiles, readPin } from './pin.ts';
import { lookProgram } from './python-programs.ts';
import { isPlain, requirementLines } from './requirements.ts';
import { askPython, type PackageChange, resolveRequirements } from './resolve.ts';
import { nameOf, nameProblem, type PackSource, readSource, sameAddress } from './source.ts';

export interface PackRequest {
  /** A git address, the absolute path of a repository, `owner/name`, or an id of the registry with or without `@version`. */
  readonly source: string;
  /** A commit, tag or branch; the newest when left out. */
  readonly commit?: string | undefined;
  /** The name of its folder. */
  readonly name?: string | undefined;
  /** Goes on in spite of what is refused otherwise, and lets packages be built. */
  readonly insist?: boolean | undefined;
  /** Runs the pack's own install.py, which is never done unasked. */
  readonly runInstallScript?: boolean | undefined;
  /** The registry's address. */
  readonly registry?: string | undefined;
}

export interface PackPlan {
  readonly request: PackRequest;
  readonly name: string;
  readonly fetched: Fetched;
  /** How it lies there today, when it is an update. */
  readonly before: InstalledPack | undefined;
  /** Already as wanted. */
  readonly same: boolean;
  /** Where the whole pack lies until somebody agrees. */
  readonly draft: string;
  readonly requirements: {
    readonly file: 'requirements.txt' | 'pyproject.toml' | undefined;
    readonly lines: readonly string[];
    /** Lines beyond plain names of packages; they are not looked at unless somebody insists. */
    readonly odd: readonly string[];
  };
  readonly changes: readonly PackageChange[];
  readonly lock: readonly string[] | undefined;
  /** It has an install.py. */
  readonly installScript: boolean;
  /** What it would break or what speaks against it, in words; refused unless somebody insists. */
  readonly guarded: readonly string[];
  readonly notes: readonly string[];
  /** Forgets it and what was fetched for it. */
  discard(): Promise<void>;
}

/** What a plan is made with. */
export interface PlanTools {
  readonly http: HttpClient;
  readonly signal: AbortSignal;
  line(text: string): void;
}

/**
 * Fetches a pack into a draft and says what installing it would do. The engine and its environment stay as they are,
 * and nothing of the pack is run.
 */
export async function planPackInstall(
  request: PackRequest,
  record: LaunchableRecord,
  registry: EngineRegistry,
  tools: PlanTools,
): Promise<PackPlan> {
  const source = readSource(request.source);
  const name = request.name ?? nameOf(source);
  const problem = nameProblem(name) || (await taken(name, request.source, record));
  if (problem) throw new Error(problem);
  const pinned = source.kind === 'registry' ? versioned(source, request.commit) : source;
  return drafted(request, record, registry, tools, undefined, name, (draft, context) =>
    pinned.kind === 'git'
      ? fetchRepository(pinned, request.commit, join(draft, 'pack'), context)
      : fetchArchive(pinned, registryOf(request), draft, record.python, tools.http, context),
  );
}

type RegistrySource = Extract<PackSource, { kind: 'registry' }>;

/** The registry's pack at the version of an earlier plan, which tells it as its commit. */
function versioned(source: RegistrySource, commit: string | undefined): RegistrySource {
  if (commit === undefined) return source;
  if (/^\d+(?:\.\w+)+/.test(commit) && (source.version ?? commit) === commit)
    return { ...source, version: commit };
  throw new Error(`The registry has versions, not commits: name "${source.id}@VERSION", or its repository.`);
}

/** The same for a pack that is there: to its newest state, or to a named commit or version. */
export async function planPackUpdate(
  request: Omit<PackRequest, 'source' | 'name'> & { readonly name: string },
  record: LaunchableRecord,
  registry: EngineRegistry,
  tools: PlanTools,
): Promise<PackPlan> {
  const before = await findPack(record, request.name);
  const path = packPath(record, before);
  if (before.link) throw new Error(`"${before.name}" is a link to a folder elsewhere; update it there.`);
  const pin = before.version === undefined ? undefined : await readPin(path);
  if (before.commit === '' && !pin) {
    throw new Error(
      `"${before.name}" is no git repository and was not installed from the registry by Atelier, so its origin is not known. Remove it and install it anew.`,
    );
  }
  const source = pin ? pin.id : before.remote;
  return drafted({ ...request, source }, record, registry, tools, before, before.name, (draft, context) =>
    pin
      ? fetchArchive(
          { kind: 'registry', id: pin.id, version: request.commit },
          request.registry ?? pin.registry,
          ...[draft, record.python, tools.http, context],
        )
      : fetchUpdate(path, request.commit, join(draft, 'pack'), context),
  );
}

const registryOf = ({ registry }: PackRequest): string => registry ?? registryAddress;

async function taken(name: string, source: string, record: LaunchableRecord): Promise<string> {
  for (const pack of await installedPacks(record)) {
    const same = pack.name.toLowerCase() === name.toLowerCase();
    if (!same && !sameAddress(pack.remote, source)) continue;
    const what = same
      ? `A node pack "${pack.name}" is there already`
      : `This pack is there already as "${pack.name}"`;
    return `${what}${pack.enabled ? '' : ', disabled'}. Update it, or remove it first.`;
  }
  return '';
}

async function drafted(
  request: PackRequest,
  record: LaunchableRecord,
  registry: EngineRegistry,
  { signal, line }: PlanTools,
  before: InstalledPack | undefined,
  name: string,
  fetch: (draft: string, context: StepContext) => Promise<Fetched>,
): Promise<PackPlan> {
  const { folder } = registry.files(record.id);
  const draft = await newDraft(folder);
  const discard = (): Promise<void> => rm(draft, { recursive: true, force: true });
  const context: StepContext = { logPath: join(folder, 'packs.log'), signal, line };
  try {
    const fetched = await fetch(draft, context);
    const pack = join(draft, 'pack');
    const found = await examine(pack, draft, request, record, folder, context);
    const byHand = before ? await handWork(before, record) : [];
    const same = before !== undefined && (await isSame(before, fetched, record));
    const guarded = [...fetched.guarded, ...byHand, ...found.guarded];
    return {
      ...found,
      ...{ request, name, fetched, before, same, draft, guarded, discard },
      notes: [...fetched.notes, ...found.notes],
    };
  } catch (error) {
    await discard();
    throw error;
  }
}

async function isSame(before: InstalledPack, fetched: Fetched, record: LaunchableRecord): Promise<boolean> {
  if (!fetched.pin) return before.commit === fetched.commit;
  return (await readPin(packPath(record, before)))?.sha256 === fetched.pin.sha256;
}

async function handWork(before: InstalledPack, record: LaunchableRecord): Promise<string[]> {
  const pin = before.version === undefined ? undefined : await readPin(packPath(record, before));
  const files = pin ? await changedFiles(packPath(record, before), pin) : [];
  if (!before.changed && files.length === 0) return [];
  return [
    `Files of "${before.name}" were changed by hand${files.length > 0 ? ` (${files.slice(0, 3).join(', ')})` : ''}; an update puts them aside.`,
  ];
}

const looked = z.object({
  pip: z.string().nullable(),
  readable: z.boolean(),
  project: z.object({ version: z.string().default(''), dependencies: z.array(z.string()).default([]) }),
});

type Examined = Pick<PackPlan, 'requirements' | 'changes' | 'lock' | 'installScript' | 'guarded' | 'notes'>;

/** Reads what a pack asks for, and asks pip what that would change. */
async function examine(
  pack: string,
  draft: string,
  { insist = false }: PackRequest,
  record: LaunchableRecord,
  folder: string,
  context: StepContext,
): Promise<Examined> {
  const answer = join(draft, 'look.json');
  const { pip, readable, project } = looked.parse(
    await askPython(record.python, lookProgram, [pack, answer], answer, context),
  );
  const own = join(pack, 'requirements.txt');
  const text = await readFile(own, 'utf8').catch(() => undefined);
  const file =
    text !== undefined ? 'requirements.txt' : project.dependencies.length > 0 ? 'pyproject.toml' : undefined;
  const lines = text === undefined ? project.dependencies : requirementLines(text);
  const odd = lines.filter((line) => !isPlain(line));
  const wanted = insist ? lines : lines.filter(isPlain);
  const asked = join(draft, 'requirements.txt');
  await writeFile(asked, wanted.join('\n'));
  if (wanted.length > 0) needPip(pip, record);
  // Lines beyond plain names may point to files beside them.
  const from = insist && file === 'requirements.txt' ? own : asked;
  const { changes, lock } =
    wanted.length > 0
      ? await resolveRequirements(from, insist, record, folder, context)
      : { changes: [], lock: [] };
  const [installScript, prestart] = await Promise.all(
    ['install.py', 'prestartup_script.py'].map((name) => lies(join(pack, name))),
  );
  return {
    ...{ requirements: { file, lines, odd }, changes, lock, installScript: installScript === true },
    guarded: [
      ...odd.map((line) => `It asks for more than a package of the index: ${line.slice(0, 200)}`),
      ...guardedChanges(changes),
    ],
    notes: [
      ...(readable ? [] : ['Its pyproject.toml makes no sense and is passed over.']),
      ...(prestart ? ['It has a prestartup_script.py, which ComfyUI runs at every start.'] : []),
    ],
  };
}

function needPip(pip: string | null, record: LaunchableRecord): void {
  const [major = 0, minor = 0] = (pip ?? '').split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 2)) return;
  throw new Error(
    pip
      ? `The engine's pip ${pip} can't say beforehand what it would do. Renew it: "${record.python}" -m pip install --upgrade pip`
      : `The engine's Python has no pip, so what the pack needs can't be found out. Add it: "${record.python}" -m ensurepip`,
  );
}
