import { AppError } from '#shared/errors.ts';
import type { TaskStatus } from '#shared/task-states.ts';
import { toTimestamp } from '#shared/wire/common.ts';
import type { QueueState } from '#shared/wire/queue.ts';
import { readSetting, writeSetting } from '../store/repositories/settings.ts';
import { findTask } from '../store/repositories/tasks.ts';
import type { TaskRow } from '../store/schema.ts';
import type { Store, Writer } from '../store/store.ts';
import type { TaskEvents } from './events.ts';
import type { TaskSignals } from './signals.ts';

export interface LinePorts {
  readonly store: Store;
  readonly events: TaskEvents;
  readonly signals: TaskSignals;
  readonly clock: () => number;
}

const inLine: readonly TaskStatus[] = ['pending', 'waiting', 'provisioning'];
const settingOf = (teamId: string): string => `queue_paused_at:${teamId}`;

/** What a team decides about its line: the order of its tasks, and whether any of them starts. */
export class Line {
  readonly #ports: LinePorts;
  /** Asked for every decision, so it is not read from the store each time. 0 = not paused. */
  readonly #pausedAt = new Map<string, number>();

  constructor(ports: LinePorts) {
    this.#ports = ports;
  }

  paused(teamId: string): boolean {
    return this.#since(teamId) > 0;
  }

  state(teamId: string): QueueState {
    const counts = this.#ports.store.read.hot<{ status: TaskStatus; count: number }>(
      'SELECT status, count FROM task_counts WHERE team_id = ?',
      teamId,
    );
    const sum = (statuses: readonly TaskStatus[]) =>
      counts.reduce((all, { status, count }) => (statuses.includes(status) ? all + count : all), 0);
    const since = this.#since(teamId);
    return {
      paused: since > 0,
      paused_at: since > 0 ? toTimestamp(since) : null,
      waiting_count: sum(inLine),
      running_count: sum(['queued', 'running']),
    };
  }

  /** Stops or lets go on a team's line, also over restarts; what an agent has already is not touched. */
  async pause(teamId: string, pause: boolean): Promise<void> {
    const { store, events, signals, clock } = this.#ports;
    if (this.paused(teamId) === pause) return;
    const since = pause ? clock() : 0;
    await store.write((writer) => writeSetting(writer, settingOf(teamId), String(since)));
    this.#pausedAt.set(teamId, since);
    signals.paused(teamId);
    events.changed(teamId, 'queue_changed');
  }

  /** @returns the priority it has now */
  setPriority(teamId: string, id: string, priority: number): Promise<number> {
    return this.#move(teamId, id, () => priority);
  }

  /** Before all other tasks of the team that stand in line. Its priority may rise above those that a run can ask for. */
  moveFirst(teamId: string, id: string): Promise<number> {
    return this.#move(teamId, id, (task, writer) => {
      const [highest] = writer.hot<{ priority: number | null }>(
        `SELECT MAX(priority) AS priority FROM tasks
         WHERE team_id = ? AND status IN ('pending','waiting','provisioning') AND id <> ?`,
        teamId,
        id,
      );
      return Math.max(task.priority, (highest?.priority ?? task.priority - 1) + 1);
    });
  }

  async #move(teamId: string, id: string, to: (task: TaskRow, writer: Writer) => number): Promise<number> {
    const { store, events, signals } = this.#ports;
    const moved = await store.write((writer) => {
      const task = findTask(writer, id);
      if (task?.team_id !== teamId) throw new AppError('not_found', 'There is no such task in this team.');
      if (!inLine.includes(task.status)) {
        throw new AppError(
          'conflict',
          `Only a task that stands in line can be moved; this one is ${task.status}.`,
        );
      }
      const priority = to(task, writer);
      writer.hotRun('UPDATE tasks SET priority = ? WHERE id = ?', priority, id);
      return { ...task, priority };
    });
    signals.moved(moved);
    events.changed(teamId, 'queue_changed');
    return moved.priority;
  }

  #since(teamId: string): number {
    const kept = this.#pausedAt.get(teamId);
    if (kept !== undefined) return kept;
    const since = Number(readSetting(this.#ports.store.read, settingOf(teamId)) ?? 0);
    this.#pausedAt.set(teamId, since);
    return since;
  }
}
