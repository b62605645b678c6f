import { randomUUID } from 'node:crypto';
import { cp, lstat, mkdir, readdir, realpath, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode } from '../../http.ts';

const placing = '.atelier-pack-draft-';

/** A place for a pack that nobody has agreed to yet: in our own data folder, where ComfyUI never looks. */
export async function newDraft(folder: string): Promise<string> {
  const drafts = join(folder, 'pack-drafts');
  await mkdir(drafts, { recursive: true, mode: 0o700 });
  for (const name of await readdir(drafts)) {
    if (!lives(Number(name.split('-')[0]))) await rm(join(drafts, name), { recursive: true, force: true });
  }
  const draft = join(drafts, `${process.pid}-${randomUUID()}`);
  await mkdir(draft, { mode: 0o700 });
  return draft;
}

/** Drafts of an Atelier that was killed are swept away by the next one. */
function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/** Moves a folder to a name that is free, at one stroke: whoever looks sees all of it or nothing. */
export async function moveInto(from: string, to: string): Promise<void> {
  if (await lies(to)) throw new Error(`There is already something at ${to}.`);
  // Beside the folder that ComfyUI reads, on the same disk.
  const beside = dirname(await realpath(dirname(to)));
  for (const name of await readdir(beside)) {
    if (name.startsWith(placing)) await rm(join(beside, name), { recursive: true, force: true });
  }
  try {
    await rename(from, to);
  } catch (error) {
    if (errorCode(error) !== 'EXDEV') throw error;
    const copy = join(beside, `${placing}${randomUUID()}`);
    try {
      await cp(from, copy, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
      await rename(copy, to);
    } finally {
      await rm(copy, { recursive: true, force: true });
    }
    await rm(from, { recursive: true, force: true });
  }
}

export const lies = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );
