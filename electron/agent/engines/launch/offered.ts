import { execFile } from 'node:child_process';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { CrashReport } from '#shared/wire/crash.ts';
import { errorCode } from '../../http.ts';
import { childEnvironment } from '../processes.ts';
import type { LaunchableRecord } from '../registry/record.ts';
import { LaunchRefused } from '../server-process.ts';
import { causeOfError } from './crash-causes.ts';
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
    throw new LaunchRefused(helpTrouble(record, error as Error & { stderr?: string }));
  }
}

function helpTrouble({ python, path }: LaunchableRecord, error: Error & { stderr?: string }): CrashReport {
  if (errorCode(error) === 'ENOENT') {
    const what = `The Python ${python} or the folder ${path} is not there any more.`;
    return { cause: 'not_found', what, fix: 'Put it back, or adopt or install the engine anew.' };
  }
  const last = error.stderr?.trim().split('\n').at(-1) || error.message;
  const what = `${python} could not run main.py --help in ${path}: ${last.replace(/\.$/, '')}.`;
  const known = causeOfError(last, error.stderr ?? '');
  return known
    ? { ...known, what }
    : { cause: 'unknown', what, fix: 'Check that this Python belongs to this ComfyUI.' };
}

/** Changes when the program or the file that defines its options does. */
async function sourceKey(record: LaunchableRecord): Promise<string> {
  const files = ['main.py', join('comfy', 'cli_args.py')];
  const stamps = await Promise.all(
    files.map(async (file) => (await stat(join(record.path, file)).catch(() => undefined))?.mtimeMs ?? 0),
  );
  return [record.path, record.python, ...stamps].join('|');
}
