import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

/** Programs of this checkout that still run, as `pid command`. Linux only: elsewhere nothing is known. */
function running(): Map<number, string> {
  const found = new Map<number, string>();
  if (process.platform !== 'linux') return found;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0').join(' ');
      if (/(electron|out)\/.*(starter-engine|cli)/.test(command) && command.includes(root)) {
        found.set(Number(name), command);
      }
    } catch {
      // It ended while we looked.
    }
  }
  return found;
}

/** Fails the run when a test left one of our programs behind. */
export default function setup(): () => Promise<void> {
  const before = running();
  return async () => {
    // A program that was told to stop a moment ago may still be on its way out.
    for (let wait = 0; wait < 20; wait += 1) {
      const left = [...running()].filter(([pid]) => !before.has(pid));
      if (left.length === 0) return;
      if (wait === 19)
        throw new Error(`left behind: ${left.map(([pid, command]) => `${pid} ${command}`).join('; ')}`);
      await new Promise((done) => setTimeout(done, 250));
    }
  };
}
