import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { pause } from '../back-off.ts';
import { LogTail } from './log-tail.ts';
import { childEnvironment, endGroup, exitWords, processStartTime, signalGroup } from './processes.ts';

export interface SupervisedProgram {
  /** As people know it, at the start of a sentence. */
  readonly name: string;
  /** The program and its arguments. `token` must come back from `identify`. */
  command(token: string): { file: string; args: string[]; cwd?: string; env?: Record<string, string> };
  /** The address, if this line of its output tells that it listens. */
  readAddress(line: string): string | undefined;
  /** True when a server at this address is the one with this token. */
  identify(url: string, token: string): Promise<boolean>;
  /** Files of this program: the record of its process and its log. */
  readonly recordPath: string;
  readonly logPath: string;
}

const processRecord = z.object({
  pid: z.int().positive(),
  start_time: z.string(),
  token: z.string(),
  url: z.string().nullable(),
});
type ProcessRecord = z.infer<typeof processRecord>;

const keptLines = 20;

/** One life of a supervised program: a child of ours, or a process that an earlier agent left and we took over. */
export class ServerProcess {
  readonly #program: SupervisedProgram;
  readonly #record: ProcessRecord;
  readonly #output: Output;
  /** Resolves with the words of its end. */
  readonly ended: Promise<string>;

  private constructor(
    program: SupervisedProgram,
    record: ProcessRecord,
    output: Output,
    ended: Promise<string>,
  ) {
    this.#program = program;
    this.#record = record;
    this.#output = output;
    this.ended = ended;
  }

  get pid(): number {
    return this.#record.pid;
  }

  /** Starts the program in a process group of its own. Throws, in words, when that can't be done. */
  static async launch(program: SupervisedProgram, line: (text: string) => void): Promise<ServerProcess> {
    await mkdir(dirname(program.recordPath), { recursive: true });
    await mkdir(dirname(program.logPath), { recursive: true });
    const token = randomUUID();
    const { file, args, cwd, env } = program.command(token);
    const output = new Output(program.logPath, line);
    const sink = await open(program.logPath, 'a', 0o600);
    try {
      await sink.truncate();
      const child = spawn(file, args, {
        detached: process.platform !== 'win32',
        windowsHide: true,
        stdio: ['ignore', sink.fd, sink.fd],
        env: childEnvironment(env),
        ...(cwd && { cwd }),
      });
      const ended = endOf(program.name, child, output);
      if (child.pid === undefined) throw new Error(await ended);
      const startTime = (await processStartTime(child.pid)) ?? '';
      const record = { pid: child.pid, start_time: startTime, token, url: null };
      await save(program, record);
      await output.tail.start('start');
      return new ServerProcess(program, record, output, ended);
    } finally {
      await sink.close();
    }
  }

  /**
   * Takes over what an earlier agent, killed hard, left behind: recognised by process id, start time and the token that
   * it repeats. One that doesn't answer is ended. `undefined` when there is nothing to take over.
   */
  static async adopt(
    program: SupervisedProgram,
    line: (text: string) => void,
    timings: { watchMs: number; stopMs: number },
  ): Promise<ServerProcess | undefined> {
    const record = await recorded(program);
    if (!record || (await gone(record))) return undefined;
    if (!record.url || !(await program.identify(record.url, record.token).catch(() => false))) {
      await endGroup(record.pid, () => gone(record), timings.stopMs);
      return undefined;
    }
    const output = new Output(program.logPath, line);
    await output.tail.start('end');
    const watch = async (): Promise<string> => {
      while (!(await gone(record))) await pause(timings.watchMs);
      return exitWords(program.name, null, null, output.lines);
    };
    return new ServerProcess(program, record, output, watch());
  }

  /** Its address, once it has told it; `undefined` when it has not within `patienceMs`. */
  async address(patienceMs: number, signal: AbortSignal): Promise<string | undefined> {
    if (this.#record.url) return this.#record.url;
    const until = Date.now() + patienceMs;
    while (Date.now() < until && !signal.aborted) {
      const url = this.#output.lines.map((line) => this.#program.readAddress(line)).find(Boolean);
      if (url) {
        await save(this.#program, { ...this.#record, url });
        return url;
      }
      await pause(20, signal);
      await this.#output.tail.catchUp();
    }
    return undefined;
  }

  /** Ends it without asking; `ended` tells when it is gone. */
  kill(): void {
    signalGroup(this.pid, 'SIGKILL');
  }

  /** Ends it and whatever is left of its group, also when the leader has ended by itself. */
  async end(stopMs: number): Promise<void> {
    let over = false;
    void this.ended.then(() => {
      over = true;
    });
    await pause(0);
    await endGroup(this.pid, async () => over, stopMs);
    await this.#output.tail.stop();
    await rm(this.#program.recordPath, { force: true });
  }
}

/** What the program prints, with its last lines at hand. */
class Output {
  readonly lines: string[] = [];
  readonly tail: LogTail;

  constructor(path: string, line: (text: string) => void) {
    this.tail = new LogTail(path, (text) => {
      if (this.lines.push(text) > keptLines) this.lines.shift();
      line(text);
    });
  }
}

function endOf(name: string, child: ChildProcess, output: Output): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => {
      void output.tail.catchUp().then(() => resolve(exitWords(name, code, signal, output.lines)));
    });
  });
}

const gone = async (record: ProcessRecord): Promise<boolean> =>
  (await processStartTime(record.pid)) !== record.start_time;

async function recorded(program: SupervisedProgram): Promise<ProcessRecord | undefined> {
  const text = await readFile(program.recordPath, 'utf8').catch(() => '{}');
  try {
    return processRecord.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

const save = (program: SupervisedProgram, record: ProcessRecord): Promise<void> =>
  writeFile(program.recordPath, JSON.stringify(record), { mode: 0o600 });
