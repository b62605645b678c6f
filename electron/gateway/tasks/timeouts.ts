import type { TaskRow } from '../store/schema.ts';
import type { Workflows } from '../workflows/workflows.ts';
import type { Tasks } from './tasks.ts';

/** setTimeout counts to 2³¹ ms at most; longer limits are looked at again then. */
const longestTimer = 2 ** 31 - 1;

/** The clock of each running task, from its acceptance. */
export class TaskTimeouts {
  readonly #tasks: Tasks;
  readonly #workflows: Workflows;
  readonly #maxSeconds: number;
  readonly #clock: () => number;
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(tasks: Tasks, workflows: Workflows, maxSeconds: number, clock: () => number) {
    this.#tasks = tasks;
    this.#workflows = workflows;
    this.#maxSeconds = maxSeconds;
    this.#clock = clock;
    tasks.signals.listen({
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
    const seconds = this.#workflows.version(task.snapshot_id).snapshot.task_timeout || this.#maxSeconds;
    const left = (task.started_at ?? this.#clock()) + seconds * 1000 - this.#clock();
    const timer = setTimeout(
      () => {
        if (left > longestTimer) this.watch(task);
        else void this.#tasks.attempts.timedOut(task.id, seconds);
      },
      Math.max(0, Math.min(left, longestTimer)),
    );
    timer.unref();
    this.#timers.set(task.id, timer);
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
