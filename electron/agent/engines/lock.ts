import { randomUUID } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { pause } from '../back-off.ts';
import { errorCode } from '../http.ts';
import { processStartTime } from './processes.ts';

/** While another one clears a dead lock away. */
const waitMs = 10;

/**
 * Takes a lock file and returns what gives it back. One whose holder is gone counts for nothing; while the holder
 * lives, `taken` says in words what goes on; `doing` is what the holder has said of itself.
 *
 * The file gets its name only with its words in it, so that nobody reads a lock that is half written and takes it for a
 * dead one.
 */
export async function takeLock(
  path: string,
  taken: (pid: string, doing: string) => string,
  doing = '',
): Promise<() => Promise<void>> {
  const ours = randomUUID();
  const draft = `${path}.${ours}`;
  // Each taking has words of its own, so that a dead lock is never mistaken for the one that came after it.
  await writeFile(draft, `${await us()} ${ours} ${doing}`, { mode: 0o600 });
  try {
    for (;;) {
      if (await named(draft, path)) return () => rm(path, { force: true });
      const held = await readFile(path, 'utf8').catch(() => '');
      const [, , , ...said] = held.split(' ');
      const pid = await holderOf(held);
      if (pid) throw new Error(taken(pid, said.join(' ')));
      await clearDead(path, held, draft);
    }
  } finally {
    await rm(draft, { force: true });
  }
}

const us = async (): Promise<string> => `${process.pid} ${await processStartTime(process.pid)}`;

/** The process id of a lock's holder, if it lives. */
async function holderOf(held: string): Promise<string | undefined> {
  const [pid, began] = held.split(' ');
  return pid && `${await processStartTime(Number(pid))}` === began ? pid : undefined;
}

/** Gives a file a further name; false when another file has it. */
const named = (file: string, name: string): Promise<boolean> =>
  link(file, name).then(
    () => true,
    (error: unknown) => {
      if (errorCode(error) === 'EEXIST') return false;
      throw error;
    },
  );

/** Takes a dead lock away. Only one may do so at a time, or the slower one would take the quicker one's new lock. */
async function clearDead(path: string, dead: string, draft: string): Promise<void> {
  const clearing = `${path}.clearing`;
  if (!(await named(draft, clearing))) {
    const other = await readFile(clearing, 'utf8').catch(() => undefined);
    if (other !== undefined && !(await holderOf(other))) await rm(clearing, { force: true });
    return pause(waitMs);
  }
  try {
    if ((await readFile(path, 'utf8').catch(() => undefined)) === dead) await rm(path, { force: true });
  } finally {
    await rm(clearing, { force: true });
  }
}
