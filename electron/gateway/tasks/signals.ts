import type { TerminalStatus } from '#shared/task-states.ts';
import type { TaskRow } from '../store/schema.ts';

interface Listeners {
  /** Tasks stand in line: new ones, and ones that came back. */
  readonly inLine: (tasks: readonly TaskRow[]) => void;
  /** Its place in line is another now. */
  readonly moved: (task: TaskRow) => void;
  /** A team's line was paused or goes on. */
  readonly paused: (teamId: string) => void;
  /** The engine executes it. */
  readonly started: (task: TaskRow) => void;
  readonly ended: (task: TaskRow, status: TerminalStatus) => void;
  /** An attempt is open at its agent no more, but the agent doesn't know it yet. */
  readonly abandoned: (attemptId: string, reason: string) => void;
}

/** How tasks let others know: told after the commit. Tasks don't know who listens. */
export class TaskSignals implements Listeners {
  readonly #listeners: Partial<Listeners>[] = [];

  listen(listeners: Partial<Listeners>): void {
    this.#listeners.push(listeners);
  }

  inLine(tasks: readonly TaskRow[]): void {
    for (const one of this.#listeners) one.inLine?.(tasks);
  }

  moved(task: TaskRow): void {
    for (const one of this.#listeners) one.moved?.(task);
  }

  paused(teamId: string): void {
    for (const one of this.#listeners) one.paused?.(teamId);
  }

  started(task: TaskRow): void {
    for (const one of this.#listeners) one.started?.(task);
  }

  ended(task: TaskRow, status: TerminalStatus): void {
    for (const one of this.#listeners) one.ended?.(task, status);
  }

  abandoned(attemptId: string, reason: string): void {
    for (const one of this.#listeners) one.abandoned?.(attemptId, reason);
  }
}
