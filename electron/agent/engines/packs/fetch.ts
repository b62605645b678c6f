import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { HttpClient } from '../../http.ts';
import type { StepContext } from '../install/command.ts';
import { checkoutAt, cloneAt, runGit } from '../install/git.ts';
import { ask } from '../install/machine.ts';
import { git } from '../registry/checkout.ts';
import { download, findInRegistry } from './comfy-registry.ts';
import { type PackPin, writePin } from './pin.ts';
import { unpackProgram } from './python-programs.ts';
import { askPython } from './resolve.ts';
import type { PackSource } from './source.ts';

/** What a draft holds, pinned. */
export interface Fetched {
  /** The repository, or the archive. */
  readonly address: string;
  /** The commit, or the version and hash of the archive. */
  readonly commit: string;
  readonly pin: PackPin | undefined;
  /** Of when and by whom it is. */
  readonly about: string;
  /** What speaks against it; refused unless somebody insists. */
  readonly guarded: readonly string[];
  readonly notes: readonly string[];
}

const mostBytes = 4e9;

/** Without git nothing of a repository can be had. */
export async function needGit(): Promise<void> {
  if (await ask('git', ['--version'])) return;
  throw new Error(
    'git is not installed. Install it, or name the pack by its id in the registry, which needs none.',
  );
}

/** Clones a pack at a commit, with the repositories that it takes in. */
export async function fetchRepository(
  { address }: Extract<PackSource, { kind: 'git' }>,
  commit: string | undefined,
  pack: string,
  context: StepContext,
): Promise<Fetched> {
  await needGit();
  await cloneAt(address, commit, pack, context);
  await takeSubmodules(pack, context);
  return gitDraft(pack, address);
}

/**
 * The newest of a pack, or a named commit, in a draft of its own: the pack is only read. What it has and its origin
 * does not stays reachable.
 */
export async function fetchUpdate(
  installed: string,
  commit: string | undefined,
  pack: string,
  context: StepContext,
): Promise<Fetched> {
  await needGit();
  const address = await git(installed, ['remote', 'get-url', 'origin']);
  if (!address) throw new Error(`${installed} has no origin to update from.`);
  const upstream = await git(installed, ['rev-parse', '--abbrev-ref', '@{upstream}']);
  const branch = /^origin\/(.+)$/.exec(upstream)?.[1] ?? 'HEAD';
  await runGit(['clone', '--no-checkout', '--', installed, pack], context);
  await runGit(['-C', pack, 'remote', 'set-url', 'origin', '--', address], context);
  if (commit) {
    await runGit(['-C', pack, 'fetch', '--tags', '--force', 'origin'], context);
    await checkoutAt(pack, commit, context);
  } else {
    await runGit(['-C', pack, 'fetch', 'origin', branch], context);
    await checkoutAt(pack, 'FETCH_HEAD', context);
  }
  await takeSubmodules(pack, context);
  return gitDraft(pack, address);
}

export async function takeSubmodules(pack: string, context: StepContext): Promise<void> {
  const modules = await readFile(join(pack, '.gitmodules'), 'utf8').catch(() => '');
  if (modules) await runGit(['-C', pack, 'submodule', 'update', '--init', '--recursive'], context);
}

async function gitDraft(pack: string, address: string): Promise<Fetched> {
  const [commit, about, submodules] = await Promise.all([
    git(pack, ['rev-parse', 'HEAD']),
    git(pack, ['log', '-1', '--format=%cs by %an: %s']),
    git(pack, ['submodule', 'status', '--recursive']),
  ]);
  const notes = [
    ...(/^(?:http|git):\/\//i.test(address)
      ? ['It comes over a connection that anybody on the way can change.']
      : []),
    ...submodules
      .split('\n')
      .filter(Boolean)
      .map((line) => `It takes in another repository: ${line.trim()}.`),
  ];
  return { address, commit, pin: undefined, about, guarded: [], notes };
}

/** Fetches the archive of a pack from the registry and unpacks it. */
export async function fetchArchive(
  { id, version }: Extract<PackSource, { kind: 'registry' }>,
  registry: string,
  draft: string,
  python: string,
  http: HttpClient,
  context: StepContext,
): Promise<Fetched> {
  const found = await findInRegistry(http, registry, id, version, context.signal);
  const archive = join(draft, 'archive.zip');
  const answer = join(draft, 'files.json');
  const pack = join(draft, 'pack');
  context.line(`Fetching ${found.address}`);
  const sha256 = await download(http, found.address, archive, context.signal);
  await mkdir(pack);
  const args = [archive, pack, answer, String(mostBytes)];
  const files = z
    .record(z.string(), z.string())
    .parse(await askPython(python, unpackProgram, args, answer, context));
  await rm(archive);
  if ((await readdir(pack)).length === 0) throw new Error(`The archive ${found.address} is empty.`);
  const pin = { id, version: found.version, sha256, registry, repository: found.repository, files };
  await writePin(pack, pin);
  return {
    ...{ address: found.address, commit: '', pin, guarded: found.warnings, notes: found.notes },
    about: [found.created, found.publisher && `by ${found.publisher}`].filter(Boolean).join(' '),
  };
}
