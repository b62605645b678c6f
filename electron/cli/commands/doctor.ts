import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { access, constants, mkdir, statfs } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { dataFolder } from '../../data-folder.ts';
import { type Programs, readArgs } from '../programs.ts';

interface Finding {
  readonly state: 'ok' | 'missing' | 'problem';
  readonly what: string;
  /** What to do; for `missing`, what it would be good for. */
  readonly advice?: string;
}

const run = promisify(execFile);

/** `atelier doctor`: what is installed, what is missing, what to do. Exit 1 only when Atelier can't run. */
export async function doctor(args: string[], programs: Programs): Promise<number> {
  const { values } = readArgs({ args, options: { data: { type: 'string' } } });
  const dataDir = dataFolder(values.data);
  const findings = await Promise.all([
    node(),
    desk(programs),
    database(),
    pictures(),
    folder(dataDir),
    port(7788),
    tool(
      'python3',
      ['--version'],
      'Python',
      'needed to install ComfyUI; the starter engine works without it',
    ),
    tool('git', ['--version'], 'git', 'needed to install ComfyUI and node packs'),
    tool('uv', ['--version'], 'uv', 'makes installing ComfyUI much faster'),
    tool(
      'nvidia-smi',
      ['--query-gpu=name,memory.total,driver_version', '--format=csv,noheader'],
      'NVIDIA GPU',
      'no NVIDIA driver found; models run on the CPU or another GPU',
    ),
    electron(programs),
  ]);
  const signs = { ok: '✓', missing: '·', problem: '✗' } as const;
  for (const { state, what, advice } of findings) {
    process.stdout.write(`${signs[state]} ${what}${advice ? `\n    ${advice}` : ''}\n`);
  }
  const problems = findings.filter(({ state }) => state === 'problem').length;
  process.stdout.write(
    problems === 0 ? '\nAtelier can run here.\n' : `\n${problems} problem(s) to mend first.\n`,
  );
  return problems === 0 ? 0 : 1;
}

function node(): Promise<Finding> {
  const [major = 0] = process.versions.node.split('.').map(Number);
  return Promise.resolve(
    major >= 22
      ? { state: 'ok', what: `Node ${process.versions.node}` }
      : {
          state: 'problem',
          what: `Node ${process.versions.node}`,
          advice: 'Start with "npm run", which uses Node 24.',
        },
  );
}

function desk(programs: Programs): Promise<Finding> {
  return Promise.resolve(
    existsSync(join(programs.deskFolder, 'index.html'))
      ? { state: 'ok', what: 'the desk is built' }
      : { state: 'problem', what: 'the desk is not built', advice: 'Run: npm run build' },
  );
}

async function database(): Promise<Finding> {
  try {
    const { default: Sqlite } = await import('better-sqlite3');
    const memory = new Sqlite(':memory:');
    const row = memory.prepare('SELECT sqlite_version() AS version').get() as { version: string };
    memory.close();
    return { state: 'ok', what: `SQLite ${row.version}` };
  } catch (error) {
    return {
      state: 'problem',
      what: 'SQLite does not load',
      advice: `Run "npm ci" again. (${String(error)})`,
    };
  }
}

async function pictures(): Promise<Finding> {
  try {
    await import('@napi-rs/canvas');
    return { state: 'ok', what: 'picture codecs' };
  } catch (error) {
    return {
      state: 'problem',
      what: 'picture codecs do not load',
      advice: `Run "npm ci" again. (${String(error)})`,
    };
  }
}

async function folder(dataDir: string): Promise<Finding> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    await access(dataDir, constants.W_OK);
    const { bavail, bsize } = await statfs(dataDir);
    const gigabytes = (bavail * bsize) / 1e9;
    const what = `data folder ${dataDir}, ${gigabytes.toFixed(0)} GB free`;
    return gigabytes > 1
      ? { state: 'ok', what }
      : { state: 'problem', what, advice: 'Free some disk space.' };
  } catch (error) {
    return { state: 'problem', what: `data folder ${dataDir} can't be written`, advice: String(error) };
  }
}

function port(number: number): Promise<Finding> {
  return new Promise((done) => {
    const probe = connect({ host: '127.0.0.1', port: number });
    probe.once('connect', () => {
      probe.destroy();
      done({
        state: 'missing',
        what: `port ${number} is in use`,
        advice: 'Another Atelier? Else choose one with --port.',
      });
    });
    probe.once('error', () => done({ state: 'ok', what: `port ${number} is free` }));
  });
}

async function tool(command: string, args: string[], what: string, without: string): Promise<Finding> {
  try {
    const { stdout } = await run(command, args, { timeout: 5000 });
    return { state: 'ok', what: `${what}: ${stdout.trim().split('\n')[0] ?? ''}` };
  } catch {
    return { state: 'missing', what: `${what}: not found`, advice: without };
  }
}

function electron(programs: Programs): Promise<Finding> {
  const binary = existsSync(join(programs.root, 'node_modules/electron/path.txt'));
  return Promise.resolve(
    binary
      ? { state: 'ok', what: 'Electron' }
      : {
          state: 'missing',
          what: 'Electron: not installed',
          advice: 'Needed for the app window only: npx install-electron',
        },
  );
}
