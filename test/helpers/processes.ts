import { readFile } from 'node:fs/promises';
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
