import { randomUUID } from 'node:crypto';
import { cp, lstat, mkdir, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode } from '../../http.ts';

/** A draft that nobody has touched for so long belongs to an Atelier that was killed. */
const forgottenMs = 24 * 3600 * 1000;
const placing = '.atelier-pack-draft-';

/** A place for a pack that nobody has agreed to yet: in our own data folder, where ComfyUI never looks. */
export async function newDraft(folder: string): Promise<string> {
  const drafts = join(folder, 'pack-drafts');
  await mkdir(drafts, { recursive: true, mode: 0o700 });
  for (const name of await readdir(drafts)) {
    const path = join(drafts, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > forgottenMs) await rm(path, { recursive: true, force: true });
  }
  const draft = join(drafts, randomUUID());
  await mkdir(draft, { mode: 0o700 });
  return draft;
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
