import { v7 } from 'uuid';
import { AppError } from '#shared/errors.ts';
import type { TaskStatus } from '#shared/task-states.ts';
import { toTimestamp } from '#shared/wire/common.ts';
import type { QueueState } from '#shared/wire/queue.ts';
import { readSetting, writeSetting } from '../store/repositories/settings.ts';
import { findTask } from '../store/repositories/tasks.ts';
import type { TaskRow } from '../store/schema.ts';
import type { Store, Writer } from '../store/store.ts';
import type { TaskEvents } from './events.ts';
import { placeBetween } from './place.ts';
import type { TaskSignals } from './signals.ts';
import type { Waiting } from './views.ts';

export interface LinePorts {
  readonly store: Store;
  readonly events: TaskEvents;
  readonly signals: TaskSignals;
  readonly clock: () => number;
  /** The scheduler's word on a task in line. */
  readonly waiting: (taskId: string) => Waiting | undefined;
}

type Placed = Pick<TaskRow, 'id'> & { readonly place: string };

/** Where a task goes: directly before or after another one. */
export type Beside = { readonly before: string } | { readonly after: string };

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
    return this.#move(teamId, id, () => ({ priority, place: null }));
  }

  /** Before all other tasks of the team that stand in line. Its priority may rise above those that a run can ask for. */
  moveFirst(teamId: string, id: string): Promise<number> {
    return this.#move(teamId, id, (task, writer) => {
      const [highest] = writer.hot<{ priority: number }>(
        `SELECT priority FROM tasks
         WHERE team_id = ? AND status IN ('pending','waiting','provisioning') AND id <> ?
         ORDER BY priority DESC LIMIT 1`,
        teamId,
        id,
      );
      const above = (highest?.priority ?? task.priority - 1) + 1;
      return { priority: Math.max(task.priority, above), place: null };
    });
  }

  /**
   * Directly beside another task of the team, whose priority it takes. People still take turns: beside somebody else's
   * task it goes to the turn of its own submitter that is nearest.
   */
  moveBeside(teamId: string, id: string, beside: Beside): Promise<number> {
    return this.#move(teamId, id, (task, writer) => {
      const otherId = 'before' in beside ? beside.before : beside.after;
      const other = this.#inLine(writer, teamId, otherId);
      if (other.id === task.id) throw new AppError('bad_request', 'A task can’t be moved beside itself.');
      const all = writer.hot<Placed>(
        `SELECT id, COALESCE(place, id) AS place FROM tasks
         WHERE team_id = ? AND status IN ('pending','waiting','provisioning') AND priority = ? AND submitter_id = ?
         ORDER BY COALESCE(place, id), id`,
        teamId,
        other.priority,
        task.submitter_id,
      );
      const own = all.filter((one) => one.id !== id);
      const exact = own.findIndex((one) => one.id === otherId);
      const after = 'after' in beside;
      const at = exact < 0 ? this.#nearestTurn(all, otherId, after) : after ? exact + 1 : exact;
      // Behind the last one, but before whatever is submitted from now on.
      const place = placeBetween(own[at - 1]?.place ?? '', own[at]?.place ?? v7());
      return { priority: other.priority, place };
    });
  }

  /** Which of somebody's own turns is the nearest one before or after a task of somebody else. */
  #nearestTurn(own: readonly Placed[], otherId: string, after: boolean): number {
    const position = (id: string) => this.#ports.waiting(id)?.position ?? 0;
    const edge = position(otherId);
    let [low, high] = [0, own.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (position(own[middle]?.id ?? '') < edge) low = middle + 1;
      else high = middle;
    }
    return after ? low : Math.max(0, low - 1);
  }

  #inLine(writer: Writer, teamId: string, id: string): TaskRow {
    const task = findTask(writer, id);
    if (task?.team_id !== teamId) throw new AppError('not_found', 'There is no such task in this team.');
    if (inLine.includes(task.status)) return task;
    throw new AppError(
      'conflict',
      `Only a task that stands in line can be moved; this one is ${task.status}.`,
    );
  }

  async #move(
    teamId: string,
    id: string,
    to: (task: TaskRow, writer: Writer) => Pick<TaskRow, 'priority' | 'place'>,
  ): Promise<number> {
    const { store, events, signals } = this.#ports;
    const moved = await store.write((writer) => {
      const task = this.#inLine(writer, teamId, id);
      const { priority, place } = to(task, writer);
      writer.hotRun('UPDATE tasks SET priority = ?, place = ? WHERE id = ?', priority, place, id);
      return { ...task, priority, place };
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
