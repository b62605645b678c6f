import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Logger } from 'pino';
import { z } from 'zod';
import { BackOff, pause } from '../back-off.ts';
import { LogTail } from './log-tail.ts';
import { childEnvironment, endGroup, exitWords, processStartTime } from './processes.ts';
import type { ServerListener, ServerSource } from './server-source.ts';

/**
 * Runs a server as a child process, in a process group of its own, and keeps it up.
 *
 * Modes and legal moves (the only setter is `#become`):
 *   idle     → starting                         start()
 *   starting → ready | waiting | given-up       it answers | it ended | it ended too often
 *   ready    → waiting | given-up               it ended | it ended too often
 *   waiting  → starting                         the pause before a restart is over
 *   any      → stopping → idle                  stop()
 *
 * `starting` may take over a process that an earlier agent, killed hard, left behind: it is recognised by process id,
 * start time and the token that it repeats, and is ended if it does not answer.
 */
export type Mode = 'idle' | 'starting' | 'ready' | 'waiting' | 'given-up' | 'stopping';

const legal: Readonly<Record<Mode, readonly Mode[]>> = {
  idle: ['starting', 'stopping'],
  starting: ['ready', 'waiting', 'given-up', 'stopping'],
  ready: ['waiting', 'given-up', 'stopping'],
  waiting: ['starting', 'stopping'],
  'given-up': ['stopping'],
  stopping: ['idle'],
};

export interface SupervisorTimings {
  readonly readyMs: number;
  readonly stopMs: number;
  readonly firstRestartMs: number;
  readonly mostRestartMs: number;
  /** So many ends within `loopMs` and it is given up. */
  readonly loopLimit: number;
  readonly loopMs: number;
  /** How often an adopted process, which is not our child, is looked at. */
  readonly watchMs: number;
}

export const supervisorTimings: SupervisorTimings = {
  readyMs: 600_000,
  stopMs: 5000,
  firstRestartMs: 200,
  mostRestartMs: 30_000,
  loopLimit: 5,
  loopMs: 300_000,
  watchMs: 500,
};

export interface SupervisedProgram {
  /** As people know it, at the start of a sentence. */
  readonly name: string;
  /** The program and its arguments. `token` must come back from `identify`. */
  command(token: string): { file: string; args: string[]; cwd?: string; env?: Record<string, string> };
  /** The address, if this line of its output tells that it listens. */
  readAddress(line: string): string | undefined;
  /** True when a server at this address is the one with this token. */
  identify(url: string, token: string): Promise<boolean>;
  /** Files of this supervisor: the record of the process and its log. */
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

/** A process under our eyes: our child, or one we took over. */
interface Running {
  readonly record: ProcessRecord;
  /** Resolves with the words of its end. */
  readonly ended: Promise<string>;
}

const keptLines = 20;

export class Supervisor implements ServerSource {
  readonly #program: SupervisedProgram;
  readonly #timings: SupervisorTimings;
  readonly #log: Logger;
  readonly #lines: string[] = [];
  #mode: Mode = 'idle';
  #listener: ServerListener | undefined;
  #stopped = new AbortController();
  #running: Running | undefined;
  #loop: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;

  constructor(program: SupervisedProgram, log: Logger, timings: SupervisorTimings = supervisorTimings) {
    this.#program = program;
    this.#log = log;
    this.#timings = timings;
  }

  get mode(): Mode {
    return this.#mode;
  }

  async start(listener: ServerListener): Promise<void> {
    if (this.#loop) return;
    this.#listener = listener;
    this.#stopped = new AbortController();
    this.#stopping = undefined;
    await mkdir(dirname(this.#program.recordPath), { recursive: true });
    await mkdir(dirname(this.#program.logPath), { recursive: true });
    this.#loop = this.#keepUp();
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#shutDown();
    return this.#stopping;
  }

  unresponsive(): void {
    if (!this.#running) return;
    this.#log.error({ pid: this.#running.record.pid }, 'ending an engine that does not answer any more');
    void this.#end(this.#running);
  }

  async #shutDown(): Promise<void> {
    if (!this.#loop) return;
    this.#become('stopping');
    this.#stopped.abort();
    await this.#loop;
    this.#loop = undefined;
    this.#become('idle');
  }

  async #keepUp(): Promise<void> {
    const { firstRestartMs, mostRestartMs, loopLimit, loopMs } = this.#timings;
    const backOff = new BackOff(firstRestartMs, mostRestartMs);
    const ends: number[] = [];
    while (!this.#stopped.signal.aborted) {
      this.#become('starting');
      const words = await this.#oneLife();
      if (this.#stopped.signal.aborted) return;
      const now = Date.now();
      ends.push(now);
      const recent = ends.filter((at) => now - at < loopMs).length;
      if (recent >= loopLimit) {
        this.#become('given-up');
        const advice = `It ended ${recent} times in a row, so it is not started again until Atelier is restarted.`;
        return this.#listener?.down(`${words} ${advice}`, true);
      }
      if (recent === 1) backOff.reset();
      this.#become('waiting');
      this.#listener?.down(words, false);
      await pause(backOff.next(), this.#stopped.signal);
    }
  }

  /** From start or takeover to the end of the process; resolves with the words of its end. */
  async #oneLife(): Promise<string> {
    this.#lines.length = 0;
    const tail = new LogTail(this.#program.logPath, (line) => this.#take(line));
    try {
      const running = (await this.#adopt(tail)) ?? (await this.#launch(tail));
      this.#running = running;
      const words = await Promise.race([this.#serve(running, tail), running.ended, this.#stop()]);
      await this.#end(running);
      return words;
    } catch (error) {
      return `${this.#program.name} could not be started: ${(error as Error).message}.`;
    } finally {
      this.#running = undefined;
      await tail.stop();
    }
  }

  #stop(): Promise<string> {
    const { signal } = this.#stopped;
    const words = `${this.#program.name} was stopped.`;
    return new Promise((resolve) => {
      if (signal.aborted) resolve(words);
      else signal.addEventListener('abort', () => resolve(words), { once: true });
    });
  }

  /** Waits for the address, tells it, then waits for ever; resolves only when it did not come up in time. */
  async #serve(running: Running, tail: LogTail): Promise<string> {
    const url = running.record.url ?? (await this.#address(tail));
    if (!url) return `${this.#program.name} did not come up in time.`;
    await this.#save({ ...running.record, url });
    this.#become('ready');
    this.#log.info({ url, pid: running.record.pid }, 'the engine is up');
    this.#listener?.up(url);
    return running.ended;
  }

  async #address(tail: LogTail): Promise<string | undefined> {
    const until = Date.now() + this.#timings.readyMs;
    while (Date.now() < until && !this.#stopped.signal.aborted) {
      for (const line of this.#lines) {
        const url = this.#program.readAddress(line);
        if (url) return url;
      }
      await pause(20, this.#stopped.signal);
      await tail.catchUp();
    }
    return undefined;
  }

  async #launch(tail: LogTail): Promise<Running> {
    this.#stopped.signal.throwIfAborted();
    const token = randomUUID();
    const { file, args, cwd, env } = this.#program.command(token);
    const output = await open(this.#program.logPath, 'a', 0o600);
    try {
      await output.truncate();
      const child = spawn(file, args, {
        detached: process.platform !== 'win32',
        windowsHide: true,
        stdio: ['ignore', output.fd, output.fd],
        env: childEnvironment(env),
        ...(cwd && { cwd }),
      });
      const ended = this.#endOf(child, tail);
      if (child.pid === undefined) throw new Error(await ended);
      const startTime = (await processStartTime(child.pid)) ?? '';
      const record = { pid: child.pid, start_time: startTime, token, url: null };
      await this.#save(record);
      await tail.start('start');
      return { record, ended };
    } finally {
      await output.close();
    }
  }

  #endOf(child: ChildProcess, tail: LogTail): Promise<string> {
    return new Promise((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) => {
        void tail.catchUp().then(() => resolve(exitWords(this.#program.name, code, signal, this.#lines)));
      });
    });
  }

  /** Takes over what an earlier agent left running, or ends it. */
  async #adopt(tail: LogTail): Promise<Running | undefined> {
    const record = await this.#recorded();
    if (!record || (await processStartTime(record.pid)) !== record.start_time) return undefined;
    if (record.url && (await this.#program.identify(record.url, record.token).catch(() => false))) {
      this.#log.info({ pid: record.pid }, 'took over the engine that an earlier run left');
      await tail.start('end');
      return { record, ended: this.#watch(record) };
    }
    this.#log.warn({ pid: record.pid }, 'ending an engine that an earlier run left and that does not answer');
    await endGroup(record.pid, () => this.#gone(record), this.#timings.stopMs);
    return undefined;
  }

  async #watch(record: ProcessRecord): Promise<string> {
    while (!(await this.#gone(record))) await pause(this.#timings.watchMs);
    return exitWords(this.#program.name, null, null, this.#lines);
  }

  async #gone(record: ProcessRecord): Promise<boolean> {
    return (await processStartTime(record.pid)) !== record.start_time;
  }

  /** Whatever is left of its group goes, also when the leader ended by itself. */
  async #end(running: Running): Promise<void> {
    let ended = false;
    void running.ended.then(() => {
      ended = true;
    });
    await pause(0);
    await endGroup(running.record.pid, async () => ended, this.#timings.stopMs);
    await rm(this.#program.recordPath, { force: true });
  }

  async #recorded(): Promise<ProcessRecord | undefined> {
    const text = await readFile(this.#program.recordPath, 'utf8').catch(() => '{}');
    try {
      return processRecord.safeParse(JSON.parse(text)).data;
    } catch {
      return undefined;
    }
  }

  #save(record: ProcessRecord): Promise<void> {
    return writeFile(this.#program.recordPath, JSON.stringify(record), { mode: 0o600 });
  }

  #take(line: string): void {
    if (this.#lines.push(line) > keptLines) this.#lines.shift();
    this.#listener?.line(line);
  }

  #become(mode: Mode): void {
    if (this.#mode === 'stopping' && mode !== 'idle') return;
    if (!legal[this.#mode].includes(mode))
      throw new Error(`supervisor: no move from ${this.#mode} to ${mode}`);
    this.#mode = mode;
  }
}
