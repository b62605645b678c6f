import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Holder {
  readonly pid: number;
  /** Tells a process from a later one with the same number; null where the system does not say. */
  readonly started: string | null;
}

/**
 * One gateway a data folder. The lock names its holder, so that a second gateway can say who has it, and one that a
 * killed gateway left behind is taken over.
 *
 * @returns gives the lock back
 */
export function lockFolder(dataDir: string): () => void {
  const path = join(dataDir, 'gateway.lock');
  const own: Holder = { pid: process.pid, started: startOf(process.pid) };
  for (let tries = 0; tries < 3; tries += 1) {
    try {
      writeFileSync(path, JSON.stringify(own), { flag: 'wx', mode: 0o600 });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const holder = readHolder(path);
      if (holder && isAlive(holder)) {
        throw new Error(
          `Another Atelier (process ${holder.pid}) is using ${dataDir}. Stop it, or choose another folder with --data.`,
        );
      }
      rmSync(path, { force: true });
    }
  }
  throw new Error(`The lock ${path} can't be taken; remove it if no Atelier is running.`);
}

function readHolder(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

function isAlive({ pid, started }: Holder): boolean {
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const stat = statOf(pid);
  // A zombie has ended; nobody has collected it yet.
  return stat === undefined || (stat.state !== 'Z' && (started === null || stat.started === started));
}

const startOf = (pid: number): string | null => statOf(pid)?.started ?? null;

/** State and start time of a process, where the system has /proc. */
function statOf(pid: number): { state: string; started: string } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', started: fields[19] ?? '' };
  } catch {
    return undefined;
  }
}
