import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand, type StepContext } from './command.ts';
import { download } from './download.ts';
import { cloneAt } from './git.ts';
import { type InstallPlan, isAddress } from './plan.ts';
import type { InstallPlaces } from './steps.ts';

/** Fetches the source into a draft folder, which gets its name only when it is whole. */
export async function fetchSource(
  plan: InstallPlan,
  places: InstallPlaces,
  context: StepContext,
): Promise<void> {
  const draft = `${places.source}.draft`;
  await rm(draft, { recursive: true, force: true });
  const { source, commit, copyOf } = plan.request;
  if (plan.source === 'git') await cloneAt(source, commit, draft, context, copyOf?.history);
  else await unpack(plan, places, draft, context);
  await rm(places.source, { recursive: true, force: true });
  await rename(await rootOf(draft), places.source);
  await rm(draft, { recursive: true, force: true });
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
