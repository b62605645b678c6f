import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type CrashReport, crashWords } from '#shared/wire/crash.ts';
import { pause, Stillness } from '../back-off.ts';
import { gpuWorks } from '../machine/gpu-work.ts';
import { crashReportOf } from './launch/crash-causes.ts';
import { oldLog } from './log-tail.ts';
import {
  gone,
  keeperOf,
  ourselves,
  type ProcessRecord,
  readProcessRecord,
  saveProcessRecord,
} from './process-record.ts';
import {
  childEnvironment,
  endGroup,
  groupCpuTicks,
  groupMembers,
  processStartTime,
  signalGroup,
  systemOomKills,
} from './processes.ts';
import { Output } from './server-output.ts';

/** How to start a program. Variables that are `undefined` are kept from it. */
export interface LaunchCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Where it will listen, when that is decided before it starts; it is up once `identify` says so. */
  readonly url?: string;
}

export interface SupervisedProgram {
  /** As people know it, at the start of a sentence. */
  readonly name: string;
  /** The program and its arguments. `token` must come back from `identify`. */
  command(token: string): LaunchCommand | Promise<LaunchCommand>;
  /** The address, if this line of its output tells that it listens; for a command without `url`. */
  readAddress?(line: string): string | undefined;
  /** True when a server at this address is the one with this token. */
  identify(url: string, token: string): Promise<boolean>;
  /** It prints where it stands when it gets SIGABRT, as Python's fault handler does. */
  readonly dumpsOnAbort?: boolean;
  /** Files of this program: the record of its process and its log. */
  readonly recordPath: string;
  readonly logPath: string;
}

const probeMs = 200;
const dumpMs = 3000;
/** Ticks (hundredths of a second) of processor time a second that a server needs only to stay alive. */
const idleTicks = 1;

/** Milliseconds after which a start is given up: one that neither prints nor computes, one that only computes. */
export interface StartPatience {
  readonly readyMs: number;
  readonly silentMs: number;
}

/** One life of a supervised program: a child of ours, or a process that an earlier agent left and we took over. */
export class ServerProcess {
  readonly #program: SupervisedProgram;
  #record: ProcessRecord;
  readonly #output: Output;
  readonly #child: ChildProcess | undefined;
  readonly #expectedUrl: string | undefined;
  #over = false;
  #hung = false;
  #verdict: CrashReport | undefined;
  #looked = { ticks: 0, at: 0 };
  /** Resolves with why it ended. */
  readonly ended: Promise<CrashReport>;

  private constructor(
    program: SupervisedProgram,
    record: ProcessRecord,
    output: Output,
    ended: Promise<Exit>,
    launched: { child?: ChildProcess; url?: string | undefined } = {},
  ) {
    this.#program = program;
    this.#record = record;
    this.#output = output;
    this.#child = launched.child;
    this.#expectedUrl = launched.url;
    const oomKillsBefore = systemOomKills();
    this.ended = ended.then(async ({ code, signal }) => {
      this.#over = true;
      if (this.#verdict) return this.#verdict;
      const [before, after] = [await oomKillsBefore, await systemOomKills()];
      const oomKill = before === undefined || after === undefined ? undefined : after > before;
      return crashReportOf(program.name, { code, signal, lines: output.lines, hung: this.#hung, oomKill });
    });
  }

  get pid(): number {
    return this.#record.pid;
  }

  /** Starts the program in a process group of its own. Throws, in words, when that can't be done. */
  static async launch(program: SupervisedProgram, line: (text: string) => void): Promise<ServerProcess> {
    await mkdir(dirname(program.recordPath), { recursive: true });
    await mkdir(dirname(program.logPath), { recursive: true });
    const token = randomUUID();
    const { file, args, cwd, env, url } = await program.command(token);
    const output = new Output(program.logPath, line);
    // How the life before ended may be asked for later.
    await rename(program.logPath, oldLog(program.logPath)).catch(() => undefined);
    const sink = await open(program.logPath, 'a', 0o600);
    try {
      const child = spawn(file, args, {
        detached: process.platform !== 'win32',
        windowsHide: true,
        stdio: ['ignore', sink.fd, sink.fd],
        env: childEnvironment(env),
        ...(cwd && { cwd }),
      });
      const ended = endOf(child, output);
      if (child.pid === undefined) throw new LaunchRefused(notRunnable((await ended).words ?? '', file));
      const startTime = (await processStartTime(child.pid)) ?? '';
      const record = { pid: child.pid, start_time: startTime, token, url: null, keeper: await ourselves() };
      const server = new ServerProcess(program, record, output, ended, { child, url });
      await server.#watched();
      return server;
    } finally {
      await sink.close();
    }
  }

  /** On disk and its log followed; when that can't be done (a full disk) nobody would find it again, so it ends. */
  async #watched(): Promise<void> {
    try {
      await saveProcessRecord(this.#program.recordPath, this.#record);
      await this.#output.tail.start('start');
    } catch (error) {
      await this.end(0);
      throw error;
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
    const left = await readProcessRecord(program.recordPath);
    if (!left || (await gone(left))) return undefined;
    const keeper = await keeperOf(left);
    if (keeper) {
      throw new LaunchRefused({
        cause: 'in_use',
        what: `Another Atelier (process ${keeper}) runs it.`,
        fix: 'End that one first.',
      });
    }
    const record = { ...left, keeper: await ourselves() };
    if (!record.url || !(await program.identify(record.url, record.token).catch(() => false))) {
      await endGroup(record.pid, () => gone(record), timings.stopMs);
      return undefined;
    }
    await saveProcessRecord(program.recordPath, record);
    const output = new Output(program.logPath, line);
    await output.tail.start('end');
    const watch = async (): Promise<Exit> => {
      while (!(await gone(record))) await pause(timings.watchMs);
      await output.tail.catchUp();
      return { code: null, signal: null };
    };
    return new ServerProcess(program, record, output, watch());
  }

  /**
   * Its address, once it answers there; `undefined` when it ended or lost our patience. A start that goes on printing is
   * waited for, however long it takes.
   */
  async address(patience: StartPatience, signal: AbortSignal): Promise<string | undefined> {
    if (this.#record.url) return this.#record.url;
    const [work, print] = [new Stillness(), new Stillness()];
    while (!signal.aborted && !this.#over) {
      const url = await this.#found();
      if (url) {
        this.#record = { ...this.#record, url };
        await saveProcessRecord(this.#program.recordPath, this.#record);
        return url;
      }
      const printed = String(this.#output.count);
      const still = work.of(`${printed} ${await groupCpuTicks(this.pid)}`) > patience.readyMs;
      if (still || print.of(printed) > patience.silentMs) return undefined;
      await pause(this.#expectedUrl ? probeMs : 20, signal);
      await this.#output.tail.catchUp();
    }
    return undefined;
  }

  async #found(): Promise<string | undefined> {
    const url = this.#expectedUrl;
    if (!url) {
      return this.#output.lines.map((line) => this.#program.readAddress?.(line)).find(Boolean);
    }
    return (await this.#program.identify(url, this.#record.token).catch(() => false)) ? url : undefined;
  }

  /** Has its group computed since it was last asked? Where that can't be known it is believed to have. */
  async worked(): Promise<boolean> {
    const ticks = await groupCpuTicks(this.pid);
    if (ticks === undefined) return true;
    const before = this.#looked;
    this.#looked = { ticks, at: performance.now() };
    const seconds = (this.#looked.at - before.at) / 1000;
    return ticks - before.ticks > seconds * idleTicks || gpuWorks(await groupMembers(this.pid));
  }

  /**
   * Ends it because it does nothing any more, after asking where it stands, or for a `verdict` that is known already;
   * `ended` tells when it is gone.
   */
  async giveUp(verdict?: CrashReport): Promise<void> {
    // One that has just ended by itself has its own reason.
    if (this.#over) return;
    this.#hung = true;
    this.#verdict = verdict;
    if (!verdict && this.#program.dumpsOnAbort && process.platform !== 'win32') {
      try {
        process.kill(this.pid, 'SIGABRT');
      } catch {
        // It has just ended by itself.
      }
      await Promise.race([this.ended, pause(dumpMs)]);
    }
    signalGroup(this.pid, 'SIGKILL');
  }

  /** Leaves it running by itself, for a later Atelier to take over. */
  async release(): Promise<void> {
    this.#record = { ...this.#record, keeper: null };
    await saveProcessRecord(this.#program.recordPath, this.#record);
    await this.#output.tail.stop();
    this.#child?.unref();
  }

  /** Ends it and whatever is left of its group, also when the leader has ended by itself. */
  async end(stopMs: number): Promise<void> {
    await endGroup(this.pid, async () => this.#over, stopMs);
    await this.#output.tail.stop();
    await rm(this.#program.recordPath, { force: true });
  }
}

interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** It never ran. */
  readonly words?: string;
}

function endOf(child: ChildProcess, output: Output): Promise<Exit> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: null, signal: null, words: error.message }));
    child.once('exit', (code, signal) => {
      void output.tail.catchUp().then(() => resolve({ code, signal }));
    });
  });
}

/** It could not even be started, and what to do about it is known. */
export class LaunchRefused extends Error {
  readonly report: CrashReport;

  constructor(report: CrashReport) {
    super(crashWords(report));
    this.report = report;
  }
}

const notRunnable = (words: string, file: string): CrashReport => ({
  cause: 'not_found',
  what: `${file} could not be run: ${words}.`,
  fix: 'Check that it still exists and may be executed.',
});
