import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { takeLock } from '../lock.ts';

/** What may go on in an engine's folder, one at a time. */
export type Doing = 'installed' | 'updated' | 'brought back to a snapshot';

/** One change at a time of an engine as a whole. */
export async function lockEngine(folder: string, id: string, doing: Doing): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const taken = (pid: string, what: string): string =>
    `"${id}" is being ${what || 'installed'} already, by process ${pid}.`;
  return takeLock(join(folder, 'install.lock'), taken, doing);
}

/** The same for its node packs, which have a lock of their own. */
export const lockPacks = (folder: string, id: string): Promise<() => Promise<void>> =>
  takeLock(
    join(folder, 'packs.lock'),
    (pid) => `The node packs of "${id}" are being changed already, by process ${pid}.`,
  );
