import type { Logger } from 'pino';
import type { CrashReport } from '#shared/wire/crash.ts';
import { BackOff, pause } from '../back-off.ts';
import { LaunchRefused, ServerProcess, type SupervisedProgram } from './server-process.ts';
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
 * `starting` takes over a process that an earlier agent, killed hard, left behind, if it still answers.
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
  /** A start that neither prints nor computes for so long is given up. */
  readonly readyMs: number;
  /** A start that computes but prints nothing for so long is given up. */
  readonly silentMs: number;
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
  silentMs: 1_800_000,
  stopMs: 5000,
  firstRestartMs: 200,
  mostRestartMs: 30_000,
  loopLimit: 5,
  loopMs: 300_000,
  watchMs: 500,
};

export class Supervisor implements ServerSource {
  readonly ours = true;
  readonly #program: SupervisedProgram;
  readonly #timings: SupervisorTimings;
  readonly #log: Logger;
  #mode: Mode = 'idle';
  #listener: ServerListener | undefined;
  #stopped = new AbortController();
  #process: ServerProcess | undefined;
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
    this.#loop = this.#keepUp();
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#shutDown();
    return this.#stopping;
  }

  giveUp(verdict?: CrashReport): void {
    if (!this.#process) return;
    const { pid } = this.#process;
    this.#log.error({ pid, verdict }, 'ending an engine that does not answer or goes no further');
    void this.#process.giveUp(verdict);
  }

  async worked(): Promise<boolean> {
    return (await this.#process?.worked()) ?? true;
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
      const report = await this.#oneLife();
      if (this.#stopped.signal.aborted) return;
      const now = Date.now();
      ends.push(now);
      const recent = ends.filter((at) => now - at < loopMs).length;
      if (recent >= loopLimit) {
        this.#become('given-up');
        const often = recent > 1 ? `It ended ${recent} times in a row, so it` : 'It';
        const advice = `${often} is not started again by itself. Start it by hand once that is mended.`;
        return this.#listener?.down({ ...report, what: `${report.what} ${advice}` }, true);
      }
      if (recent === 1) backOff.reset();
      this.#become('waiting');
      this.#listener?.down(report, false);
      await pause(backOff.next(), this.#stopped.signal);
    }
  }

  /** From start or takeover to the end of the process; resolves with why it ended. */
  async #oneLife(): Promise<CrashReport> {
    const line = (text: string): void => this.#listener?.line(text);
    try {
      const adopted = await ServerProcess.adopt(this.#program, line, this.#timings);
      if (adopted) this.#log.info({ pid: adopted.pid }, 'took over the engine that an earlier run left');
      if (!adopted) this.#stopped.signal.throwIfAborted();
      const server = adopted ?? (await ServerProcess.launch(this.#program, line));
      this.#process = server;
      try {
        return await Promise.race([this.#serve(server), server.ended, this.#stop()]);
      } finally {
        await server.end(this.#timings.stopMs);
      }
    } catch (error) {
      return this.#notStarted(error as Error);
    } finally {
      this.#process = undefined;
    }
  }

  /** Waits for the address, tells it, and for the end of the process; or says that it did not come up. */
  async #serve(server: ServerProcess): Promise<CrashReport> {
    const url = await server.address(this.#timings, this.#stopped.signal);
    // Its address may come in the very moment of the stop; a listener told now would connect to it for ever.
    if (this.#stopped.signal.aborted) return this.#wasStopped();
    if (!url) {
      await server.giveUp();
      return server.ended;
    }
    this.#become('ready');
    this.#log.info({ url, pid: server.pid }, 'the engine is up');
    this.#listener?.up(url);
    return server.ended;
  }

  #stop(): Promise<CrashReport> {
    const { signal } = this.#stopped;
    return new Promise((resolve) => {
      const stopped = (): void => resolve(this.#wasStopped());
      if (signal.aborted) stopped();
      else signal.addEventListener('abort', stopped, { once: true });
    });
  }

  /** Nobody hears it: the loop ends. */
  #wasStopped(): CrashReport {
    return { cause: 'killed', what: `${this.#program.name} was stopped.`, fix: 'Start it again.' };
  }

  #notStarted(error: Error): CrashReport {
    const report = error instanceof LaunchRefused ? error.report : launchTrouble(error);
    return { ...report, what: `${this.#program.name} could not be started. ${report.what}` };
  }

  #become(mode: Mode): void {
    if (this.#mode === 'stopping' && mode !== 'idle') return;
    if (!legal[this.#mode].includes(mode))
      throw new Error(`supervisor: no move from ${this.#mode} to ${mode}`);
    this.#mode = mode;
  }
}

function launchTrouble(error: Error): CrashReport {
  const full = (error as NodeJS.ErrnoException).code === 'ENOSPC';
  return full
    ? { cause: 'disk_full', what: 'The disk is full.', fix: 'Free some space; then it starts by itself.' }
    : { cause: 'unknown', what: `${error.message}.`, fix: 'Look at the end of its log.' };
}
