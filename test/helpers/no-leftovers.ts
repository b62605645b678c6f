import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Gives the whole run one temporary folder of its own, and fails the run when a test left a process or a folder
 * behind. Our programs carry their data folder in their arguments, so whoever still names it is a leftover.
 */
export default function setup(): () => Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'atelier-tests-'));
  const before = process.env.TMPDIR;
  process.env.TMPDIR = folder;
  return async () => {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    const processes = await leftProcesses(folder);
    const folders = readdirSync(folder).filter((name) => /^atelier/.test(name));
    rmSync(folder, { recursive: true, force: true });
    if (processes.length > 0) throw new Error(`processes left behind: ${processes.join('; ')}`);
    if (folders.length > 0)
      throw new Error(`folders left behind in the temporary folder: ${folders.join(', ')}`);
  };
}

/** Linux only: elsewhere nothing is known. A process on its way out gets some seconds. */
async function leftProcesses(folder: string): Promise<string[]> {
  if (process.platform !== 'linux') return [];
  for (let wait = 0; ; wait += 1) {
    const left = readdirSync('/proc').filter(
      (name) => /^\d+$/.test(name) && commandOf(name).includes(folder),
    );
    if (left.length === 0 || wait === 20) return left.map((pid) => `${pid} ${commandOf(pid)}`);
    await new Promise((done) => setTimeout(done, 250));
  }
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ');
  } catch {
    return '';
  }
}
