import { runCommand, type StepContext } from './command.ts';

/** Git must fail where it would ask for a password. */
export const quietGit = { GIT_TERMINAL_PROMPT: '0' };

export const runGit = (args: readonly string[], context: StepContext): Promise<void> =>
  runCommand({ file: 'git', args, env: quietGit }, context);

/**
 * Clones a repository into a folder that does not exist yet, at a commit, tag or branch; the newest when left out. What a
 * repository on this machine has already need not come over the network; dissociated, that one may go later.
 */
export async function cloneAt(
  source: string,
  commit: string | undefined,
  folder: string,
  context: StepContext,
  history?: string,
): Promise<void> {
  const known = history ? ['--reference-if-able', history, '--dissociate'] : [];
  await runGit(['clone', '--no-checkout', ...known, '--', source, folder], context);
  await checkoutAt(folder, commit ?? 'HEAD', context);
  // A checkout that could not write every file may still end well.
  await runGit(['-C', folder, 'diff', '--quiet', 'HEAD', '--'], context).catch((error: Error) => {
    throw context.signal.aborted
      ? error
      : new Error(
          `The source did not come whole: files of the commit are missing or cut off, as when the disk is full. Free some space, then run the same command again: it goes on from here. (${error.message})`,
        );
  });
}

export async function checkoutAt(folder: string, commit: string, context: StepContext): Promise<void> {
  const checkout = (target: string): Promise<void> =>
    runGit(['-C', folder, 'checkout', '--detach', target, '--'], context);
  // `--detach` does not look for a branch of the remote by itself.
  await checkout(commit).catch((error: Error) =>
    commit !== 'HEAD' && /no such commit|invalid reference/i.test(error.message)
      ? checkout(`origin/${commit}`)
      : Promise.reject(error),
  );
}
