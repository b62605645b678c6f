import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';

/** Ends the engine that a killed studio left behind on this data folder, if any. */
export async function endEngineOf(dataDir: string): Promise<void> {
  const text = await readFile(join(dataDir, 'agent', 'engines', 'starter.json'), 'utf8').catch(
    () => undefined,
  );
  if (!text) return;
  const { pid } = JSON.parse(text) as { pid: number };
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/**
 * Is this process running? A zombie (ended, not yet reaped by PID 1) is not. Linux only; elsewhere by signal 0.
 */
export async function isRunning(pid: number): Promise<boolean> {
  if (process.platform === 'linux') {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    const state = stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
    return stat !== '' && state !== 'Z' && state !== 'X';
  }
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Living processes, but ours, that name this text in their arguments, counted from /proc. */
export async function processesOf(text: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const left = await Promise.all(
    pids.map(async (pid) => {
      const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      return command.includes(text) ? [pid] : [];
    }),
  );
  return left.flat();
}

/** Binds the port of an address, to prove that nobody holds it any more; throws when somebody does. */
export function bindPort(url: string): Promise<void> {
  return new Promise((done, failed) => {
    const server = createServer();
    server.once('error', failed);
    server.listen(Number(new URL(url).port), '127.0.0.1', () => server.close(() => done()));
  });
}
