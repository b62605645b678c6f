import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../http.ts';
import { processStartTime } from '../processes.ts';

/** What may go on in an engine's folder, one at a time. */
export type Doing = 'installed' | 'updated' | 'brought back to a snapshot';

/**
 * One change at a time in an engine's folder; a lock whose holder is gone counts for nothing. It gets its name only
 * with its words in it, so that nobody reads a lock that is half written and takes it for a dead one.
 */
export async function lockEngine(folder: string, id: string, doing: Doing): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'install.lock');
  const draft = `${path}.${randomUUID()}`;
  const ours = `${process.pid} ${(await processStartTime(process.pid)) ?? ''} ${doing}`;
  await writeFile(draft, ours, { mode: 0o600 });
  try {
    for (;;) {
      try {
        await link(draft, path);
        return () => rm(path, { force: true });
      } catch (error) {
        if (errorCode(error) !== 'EEXIST') throw error;
        await clear(path, id);
      }
    }
  } finally {
    await rm(draft, { force: true });
  }
}

/** Takes a dead lock away; throws when its holder lives. */
async function clear(path: string, id: string): Promise<void> {
  const held = await readFile(path, 'utf8').catch(() => '');
  const [pid = '', began, ...doing] = held.split(' ');
  if (pid && (await processStartTime(Number(pid))) === began) {
    throw new Error(`"${id}" is being ${doing.join(' ') || 'installed'} already, by process ${pid}.`);
  }
  // Two that find the same dead lock: what the slower one takes away may be the quicker one's new lock.
  const aside = `${path}.${randomUUID()}`;
  await rename(path, aside).catch(() => undefined);
  const taken = await readFile(aside, 'utf8').catch(() => held);
  if (taken !== held) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}
