import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { rm, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { saveProcessRecord } from '../process-record.ts';
import { childEnvironment, processStartTime, signalGroup } from '../processes.ts';

export interface StepCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface StepContext {
  readonly logPath: string;
  readonly signal: AbortSignal;
  /** Where the process at work is noted, so that one that outlives us is found and ended. */
  readonly recordPath?: string;
  line(text: string): void;
}

const keptLines = 40;

/** Runs a tool to its end in a group of its own, its output into the log. Throws in words when it fails. */
export async function runCommand(command: StepCommand, context: StepContext): Promise<void> {
  context.signal.throwIfAborted();
  const log = createWriteStream(context.logPath, { flags: 'a', mode: 0o600 });
  // A full disk loses lines of the log; why the tool then fails is told by the tool.
  log.on('error', () => undefined);
  const lines: string[] = [];
  const { file, args, cwd, env } = command;
  log.write(`$ ${file} ${args.join(' ')}\n`);
  const child = spawn(file, args, {
    detached: process.platform !== 'win32',
    windowsHide: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: childEnvironment(env),
    ...(cwd && { cwd }),
  });
  const abort = (): void => {
    if (child.pid) signalGroup(child.pid, 'SIGKILL');
  };
  context.signal.addEventListener('abort', abort, { once: true });
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (text) => {
      log.write(`${text}\n`);
      if (lines.push(text) > keptLines) lines.shift();
      if (text.trim()) context.line(text.trim().slice(0, 300));
    });
  }
  const ended = new Promise<number | null>((done, failed) => {
    child.once('error', failed);
    child.once('close', done);
  });
  try {
    // Noted while it is waited for: a failure to start must not go unheard meanwhile.
    const [code] = await Promise.all([ended, note(child.pid, context.recordPath)]);
    context.signal.throwIfAborted();
    if (code !== 0) throw new Error(failureWords(file, code, lines, await isFull(context.logPath)));
  } catch (error) {
    throw context.signal.aborted ? new Error('It was interrupted.') : error;
  } finally {
    context.signal.removeEventListener('abort', abort);
    if (context.recordPath) await rm(context.recordPath, { force: true });
    await new Promise<void>((done) => log.end(done));
  }
}

/** Some tools keep to themselves why a tool of theirs failed; a disk with next to nothing free is the reason then. */
const fullBytes = 20e6;

async function isFull(path: string): Promise<boolean> {
  const space = await statfs(dirname(path)).catch(() => undefined);
  return space !== undefined && space.bavail * space.bsize < fullBytes;
}

/** Who is killed hard leaves the tool running, in its group of its own; whoever goes on must end it first. */
async function note(pid: number | undefined, path: string | undefined): Promise<void> {
  if (!path || pid === undefined) return;
  const start_time = await processStartTime(pid);
  if (start_time) await saveProcessRecord(path, { pid, start_time, token: '', url: null });
}

const diskFull = 'The disk is full. Free some space, then run the same command again: it goes on from here.';

const reasons: readonly (readonly [RegExp, string])[] = [
  [/No space left on device|Errno 28|disk full|out of diskspace|unable to write file/i, diskFull],
  [
    /Could not resolve host|name resolution|Max retries exceeded|Connection (?:refused|reset|timed out|aborted)|Read timed out|unable to access|dns error|error sending request/i,
    'The network or the server did not answer. Try again later with the same command: it goes on from here.',
  ],
  [
    // Older pips take a download that broke off for a whole one, and then can't open it.
    /Wheel '.*' located at .* is invalid|IncompleteRead|Connection broken|not enough bytes|early EOF|unexpected disconnect/i,
    'A download did not come whole, as when the network breaks off. Try again with the same command: it goes on from here.',
  ],
  [
    /No matching distribution|no solution found|ResolutionImpossible|conflicting dependencies/i,
    'A package can not be had in the version asked for, for this Python. Another Python (--python), another --commit or a --constraint may help.',
  ],
  [
    /did not match any file\(s\)|unknown revision|bad object|not a (?:valid object|tree)|pathspec|invalid reference/i,
    'The source has no such commit, tag or branch.',
  ],
  [
    /repository .* (?:does not exist|not found)|does not appear to be a git repository/i,
    'There is no git repository at that address.',
  ],
  [/Permission denied|EACCES|Access is denied/i, 'A file or folder may not be written. Check who owns it.'],
];

/** What went wrong, why, and what to do. */
export function failureWords(
  file: string,
  code: number | null,
  lines: readonly string[],
  full = false,
): string {
  const text = lines.join('\n');
  const why = full ? diskFull : reasons.find(([words]) => words.test(text))?.[1];
  const last = lines
    .filter((line) => line.trim())
    .slice(-3)
    .map((line) => line.trim())
    .join(' / ');
  const tool = file.split(/[\\/]/).at(-1);
  return `${tool} ended with ${code ?? 'a signal'}. ${why ?? 'See install.log.'}${last ? ` It said: ${last}` : ''}`;
}
