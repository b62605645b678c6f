import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startProgram } from './programs.ts';

const program = resolve(import.meta.dirname, '../../electron/starter-engine/main.ts');

export interface RunningEngine {
  readonly url: string;
  readonly pid: number;
  /** Its base directory: `input`, `output` and `temp` lie in it. */
  readonly folder: string;
  stop(): Promise<void>;
}

/** The starter engine as a program of its own on a free port and a folder of its own. */
export async function startEngine(args: readonly string[] = []): Promise<RunningEngine> {
  const folder = await mkdtemp(join(tmpdir(), 'atelier-engine-'));
  const engine = await startProgram(
    [process.execPath, program, '--port', '0', '--base-directory', folder, ...args],
    'To see the GUI go to:',
  );
  return {
    url: engine.said,
    pid: engine.child.pid ?? 0,
    folder,
    async stop() {
      await engine.end();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
