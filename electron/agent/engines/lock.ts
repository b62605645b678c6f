import { readFile, rm, writeFile } from 'node:fs/promises';
import { errorCode } from '../http.ts';
import { processStartTime } from './processes.ts';

/**
 * Takes a lock file and returns what gives it back. One whose holder is gone counts for nothing; while the holder
 * lives, `taken` says in words what goes on.
 */
export async function takeLock(path: string, taken: (pid: string) => string): Promise<() => Promise<void>> {
  const ours = `${process.pid} ${await processStartTime(process.pid)}`;
  for (;;) {
    try {
      await writeFile(path, ours, { flag: 'wx', mode: 0o600 });
      return () => rm(path, { force: true });
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
      const [pid = '', began] = (await readFile(path, 'utf8').catch(() => '')).split(' ');
      if (pid && (await processStartTime(Number(pid))) === began) throw new Error(taken(pid));
      await rm(path, { force: true });
    }
  }
}
