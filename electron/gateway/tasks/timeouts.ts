import type { Logger } from 'pino';
import type { TaskRow } from '../store/schema.ts';
import type { Workflows } from '../workflows/workflows.ts';
import type { Tasks } from './tasks.ts';

/** setTimeout counts to 2³¹ ms at most; longer limits are looked at again then. */
const longestTimer = 2 ** 31 - 1;

/** A store that can't write is asked again after this. */
const retryMs = 1000;

export interface TimeoutPorts {
  readonly tasks: Tasks;
  readonly workflows: Workflows;
  /** For workflows that set no limit of their own. */
  readonly maxSeconds: number;
  readonly clock: () => number;
  readonly log: Logger;
}

/** The clock of each running task, from its acceptance. */
export class TaskTimeouts {
  readonly #ports: TimeoutPorts;
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(ports: TimeoutPorts) {
    this.#ports = ports;
    ports.tasks.signals.listen({
      started: (task) => this.watch(task),
      ended: (task) => this.#forget(task.id),
      inLine: (all) => {
        for (const task of all) this.#forget(task.id);
      },
    });
  }

  /** Starts the clock of a task that runs; after a restart of the gateway it goes on from where it was. */
  watch(task: TaskRow): void {
    this.#forget(task.id);
    const { workflows, maxSeconds, clock } = this.#ports;
    const seconds = workflows.version(task.snapshot_id).snapshot.task_timeout || maxSeconds;
    const left = (task.started_at ?? clock()) + seconds * 1000 - clock();
    this.#wait(task.id, left, () => {
      if (left > longestTimer) this.watch(task);
      else this.#end(task.id, seconds);
    });
  }

  #end(taskId: string, seconds: number): void {
    this.#ports.tasks.attempts.timedOut(taskId, seconds).catch((error: unknown) => {
      this.#ports.log.error({ err: error, task: taskId }, 'a task could not be timed out');
      this.#wait(taskId, retryMs, () => this.#end(taskId, seconds));
    });
  }

  #wait(taskId: string, ms: number, due: () => void): void {
    const timer = setTimeout(due, Math.max(0, Math.min(ms, longestTimer)));
    timer.unref();
    this.#timers.set(taskId, timer);
  }

  stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #forget(taskId: string): void {
    clearTimeout(this.#timers.get(taskId));
    this.#timers.delete(taskId);
  }
}
