import { execFile } from 'node:child_process';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { childEnvironment } from '../processes.ts';
import type { LaunchableRecord } from '../registry/record.ts';
import { pythonEnvironment } from './environment.ts';
import { type OfferedOptions, readHelp } from './options.ts';

const kept = z.object({ key: z.string(), flags: z.record(z.string(), z.array(z.string())) });
const helpMs = 120_000;

/** The options that a checkout offers, asked of its own `main.py --help` and kept until its sources change. */
export async function offeredOptions(record: LaunchableRecord, cachePath: string): Promise<OfferedOptions> {
  const key = await sourceKey(record);
  const cached = kept.safeParse(
    await readFile(cachePath, 'utf8')
      .then(JSON.parse)
      .catch(() => undefined),
  );
  if (cached.success && cached.data.key === key) return cached.data;
  const offered = readHelp(await help(record));
  if (Object.keys(offered.flags).length === 0) {
    throw new Error(`${join(record.path, 'main.py')} --help printed no options. Is this a ComfyUI?`);
  }
  await mkdir(dirname(cachePath), { recursive: true, mode: 0o700 });
  await writeFile(cachePath, JSON.stringify({ key, ...offered }));
  return offered;
}

async function help(record: LaunchableRecord): Promise<string> {
  const env = childEnvironment({ ...pythonEnvironment(record.env), COLUMNS: '200', NO_COLOR: '1' });
  try {
    const { stdout } = await promisify(execFile)(record.python, ['main.py', '--help'], {
      cwd: record.path,
      env,
      timeout: helpMs,
      killSignal: 'SIGKILL',
      maxBuffer: 4 * 1024 * 1024,
    });
    return stdout;
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string };
    const last = stderr.trim().split('\n').at(-1);
    throw new Error(
      `${record.python} could not run main.py --help in ${record.path}: ${last || message}. Check that this Python belongs to this ComfyUI.`,
    );
  }
}

/** Changes when the program or the file that defines its options does. */
async function sourceKey(record: LaunchableRecord): Promise<string> {
  const files = ['main.py', join('comfy', 'cli_args.py')];
  const stamps = await Promise.all(
    files.map(async (file) => (await stat(join(record.path, file)).catch(() => undefined))?.mtimeMs ?? 0),
  );
  return [record.path, record.python, ...stamps].join('|');
}
