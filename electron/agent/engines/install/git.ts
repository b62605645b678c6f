import { runCommand, type StepContext } from './command.ts';

/** Git must fail where it would ask for a password. */
export const quietGit = { GIT_TERMINAL_PROMPT: '0' };

export const runGit = (args: readonly string[], context: StepContext): Promise<void> =>
  runCommand({ file: 'git', args, env: quietGit }, context);

/** Clones a repository into a folder that does not exist yet, at a commit, tag or branch; the newest when left out. */
export async function cloneAt(
  source: string,
  commit: string | undefined,
  folder: string,
  context: StepContext,
): Promise<void> {
  await runGit(['clone', '--no-checkout', '--', source, folder], context);
  await checkoutAt(folder, commit ?? 'HEAD', context);
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
