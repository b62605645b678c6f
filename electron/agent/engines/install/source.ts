import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand, type StepContext } from './command.ts';
import { download } from './download.ts';
import { type InstallPlan, isAddress } from './plan.ts';
import type { InstallPlaces } from './steps.ts';

/** Git must fail where it would ask for a password. */
export const quietGit = { GIT_TERMINAL_PROMPT: '0' };

/** Fetches the source into a draft folder, which gets its name only when it is whole. */
export async function fetchSource(
  plan: InstallPlan,
  places: InstallPlaces,
  context: StepContext,
): Promise<void> {
  const draft = `${places.source}.draft`;
  await rm(draft, { recursive: true, force: true });
  if (plan.source === 'git') await clone(plan, draft, context);
  else await unpack(plan, places, draft, context);
  await rm(places.source, { recursive: true, force: true });
  await rename(await rootOf(draft), places.source);
  await rm(draft, { recursive: true, force: true });
}

async function clone({ request }: InstallPlan, draft: string, context: StepContext): Promise<void> {
  const { source, commit, copyOf } = request;
  const git = (...args: string[]): Promise<void> => runCommand({ file: 'git', args, env: quietGit }, context);
  // What is here already need not come over the network; dissociated, it may go later.
  const known = copyOf?.history ? ['--reference-if-able', copyOf.history, '--dissociate'] : [];
  await git('clone', '--no-checkout', ...known, source, draft);
  // `--detach` takes branches of the remote by name too.
  const checkout = (target: string): Promise<void> => git('-C', draft, 'checkout', '--detach', target, '--');
  await checkout(commit ?? 'HEAD').catch((error: Error) =>
    commit && /no such commit|invalid reference/i.test(error.message)
      ? checkout(`origin/${commit}`)
      : Promise.reject(error),
  );
  // A checkout that could not write every file may still end well.
  await git('-C', draft, 'diff', '--quiet', 'HEAD', '--').catch((error: Error) => {
    throw context.signal.aborted
      ? error
      : new Error(
          `The source did not come whole: files of the commit are missing or cut off, as when the disk is full. Free some space, then run the same command again: it goes on from here. (${error.message})`,
        );
  });
}

const unpackProgram = [
  'import shutil, sys, tarfile',
  'options = {"filter": "data"} if hasattr(tarfile, "data_filter") and not sys.argv[1].endswith(".zip") else {}',
  'shutil.unpack_archive(sys.argv[1], sys.argv[2], **options)',
].join('\n');

async function unpack(
  plan: InstallPlan,
  places: InstallPlaces,
  draft: string,
  context: StepContext,
): Promise<void> {
  const { source, sha256 } = plan.request;
  const folder = join(places.folder, 'download');
  const archive = isAddress(source) ? await download({ url: source, folder, sha256 }, context) : source;
  await mkdir(draft, { recursive: true });
  const file = plan.python?.executable ?? '';
  await runCommand({ file, args: ['-c', unpackProgram, archive, draft] }, context);
  await rm(folder, { recursive: true, force: true });
}

/** Archives hold one folder with everything in it, as a rule. */
async function rootOf(draft: string): Promise<string> {
  const names = await readdir(draft);
  if (names.includes('main.py')) return draft;
  for (const name of names) {
    if ((await readdir(join(draft, name)).catch((): string[] => [])).includes('main.py'))
      return join(draft, name);
  }
  throw new Error('The source is no ComfyUI: it has no main.py.');
}
