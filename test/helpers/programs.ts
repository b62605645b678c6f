import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const root = resolve(import.meta.dirname, '../..');
export const cliProgram = resolve(root, 'electron/cli/atelier.ts');
export const builtCliProgram = resolve(root, 'out/main/cli.js');

export interface RunningProgram {
  readonly child: ChildProcess;
  /** What the awaited line held after its prefix. */
  readonly said: string;
  /** Milliseconds from spawn to the awaited line. */
  readonly startMs: number;
  /** Sends a signal and waits for the end; returns the exit code. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
}

/**
 * Starts a real program and waits for a line of its output that starts with `prefix`. Rejects with the program's own
 * words when it ends before.
 */
export async function startProgram(
  command: readonly string[],
  prefix: string,
  options: { env?: NodeJS.ProcessEnv; cwd?: string } = {},
): Promise<RunningProgram> {
  const [program = process.execPath, ...args] = command;
  const started = performance.now();
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => {
    words = (words + chunk.toString()).slice(-4000);
  });
  const end = async (signal: NodeJS.Signals = 'SIGTERM') => {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      child.kill(signal);
      await ended;
    }
    return child.exitCode;
  };
  const lines = createInterface({ input: child.stdout });
  const said = await new Promise<string>((done, failed) => {
    lines.on('line', (line) => {
      if (line.startsWith(prefix)) done(line.slice(prefix.length).trim());
    });
    child.once('exit', (code) => failed(new Error(`${args.join(' ')} ended with ${code}: ${words}`)));
    child.once('error', failed);
  });
  return { child, said, startMs: performance.now() - started, end };
}

/** A studio from the command line, ready to be talked to. */
export const serveStudio = (args: readonly string[], program = cliProgram): Promise<RunningProgram> =>
  startProgram([process.execPath, program, 'serve', ...args], 'Atelier is ready:');

interface Done {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command of the command line to its end. */
export async function runCli(
  args: readonly string[],
  { input, ...options }: { cwd?: string; input?: string } = {},
): Promise<Done> {
  const running = promisify(execFile)(process.execPath, [cliProgram, ...args], options);
  if (input !== undefined) running.child.stdin?.end(input);
  const done = await running.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: Done) => error,
  );
  return { code: done.code, stdout: done.stdout, stderr: done.stderr };
}
