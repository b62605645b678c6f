import { mkdir } from 'node:fs/promises';
import type { StepContext } from '../install/command.ts';
import { runGit } from '../install/git.ts';
import { git, versionIn } from '../registry/checkout.ts';
import type { SourceVersion } from '../registry/record.ts';

/** Where an update would lead, read from the history alone: nothing is checked out. */
export interface Target {
  readonly to: SourceVersion;
  /** Commits on the way there, and commits of now that it does not have; `undefined` where now has no commit. */
  readonly commits: { readonly ahead: number; readonly behind: number } | undefined;
  /** Releases on the way, the newest last. */
  readonly tags: readonly string[];
  /** The text of its requirements. */
  readonly requirements: string;
}

/**
 * Brings a bare repository of ours up to the source and looks there for what is wanted, or for the newest. The engine's
 * own folder is read, never written.
 */
export async function lookAhead(
  now: { readonly path: string; readonly commit: string },
  source: string,
  wanted: string | undefined,
  repository: string,
  context: StepContext,
): Promise<Target> {
  await mkdir(repository, { recursive: true, mode: 0o700 });
  const run = (...args: string[]): Promise<void> => runGit(['-C', repository, ...args], context);
  await run('init', '--quiet', '--bare');
  // It spares the network most of the history. A shallow checkout has none to give.
  if (now.commit) await run('fetch', '--quiet', now.path, 'HEAD').catch(() => undefined);
  const refs = ['+HEAD:refs/newest', '+refs/heads/*:refs/remotes/source/*', '+refs/tags/*:refs/tags/*'];
  await run('fetch', '--quiet', '--prune', source, ...refs);
  const commit = await find(repository, wanted);
  const file = (name: string): Promise<string> => git(repository, ['show', `${commit}:${name}`]);
  const [version, requirements, between] = await Promise.all([
    file('comfyui_version.py'),
    file('requirements.txt'),
    way(repository, now.commit, commit),
  ]);
  return { to: { version: versionIn(version), commit }, requirements, ...between };
}

/** A tag, with or without its v, a branch, or the beginning of a commit. */
async function find(repository: string, wanted: string | undefined): Promise<string> {
  const names = wanted
    ? [`refs/tags/${wanted}`, `refs/tags/v${wanted}`, `refs/remotes/source/${wanted}`, wanted]
    : ['refs/newest'];
  for (const name of names) {
    const commit = await git(repository, ['rev-parse', '--verify', '--quiet', `${name}^{commit}`]);
    if (commit) return commit;
  }
  throw new Error(
    `The source has no commit, tag or branch "${wanted ?? 'HEAD'}". Look at its releases, or leave --commit out for the newest.`,
  );
}

async function way(repository: string, from: string, to: string): Promise<Pick<Target, 'commits' | 'tags'>> {
  const known = from && (await git(repository, ['cat-file', '-t', from])) === 'commit';
  if (!known) return { commits: undefined, tags: [] };
  const count = (range: string): Promise<string> => git(repository, ['rev-list', '--count', range]);
  const [ahead, behind, tags] = await Promise.all([
    count(`${from}..${to}`),
    count(`${to}..${from}`),
    git(repository, ['tag', '--merged', to, '--no-merged', from, '--sort=version:refname']),
  ]);
  return {
    commits: { ahead: Number(ahead), behind: Number(behind) },
    tags: tags.split('\n').filter(Boolean),
  };
}
