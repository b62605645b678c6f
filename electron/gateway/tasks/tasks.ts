import { v7 } from 'uuid';
import type { z } from 'zod';
import { AppError } from '#shared/errors.ts';
import { isTerminal } from '#shared/task-states.ts';
import type { BatchRequest } from '#shared/wire/batch.ts';
import type { CancelManyRequest } from '#shared/wire/queue.ts';
import type { RunRequest, TaskDetail, TaskResult, taskListQuery } from '#shared/wire/tasks.ts';
import { listTasks } from '../store/repositories/task-list.ts';
import { findTask, insertTask, moveTask, openTasks, openTasksOf } from '../store/repositories/tasks.ts';
import type { TaskRow } from '../store/schema.ts';
import type { Store } from '../store/store.ts';
import type { Workflow } from '../workflows/workflows.ts';
import type { Attempts } from './attempts.ts';
import { expandBatch } from './batch.ts';
import type { TaskEvents } from './events.ts';
import { Line } from './line.ts';
import type { TaskLogs } from './logs.ts';
import { type CheckPorts, type NewRun, RunChecks, type Submitter } from './run-checks.ts';
import type { TaskSignals } from './signals.ts';
import { Statistics } from './statistics.ts';
import type { TaskViews, Waiting } from './views.ts';

export interface TaskPorts extends CheckPorts {
  readonly store: Store;
  readonly events: TaskEvents;
  readonly signals: TaskSignals;
  readonly attempts: Attempts;
  readonly views: TaskViews;
  readonly logs: TaskLogs;
  /** The scheduler's word on a task in line. */
  readonly waiting: (taskId: string) => Waiting | undefined;
  readonly clock: () => number;
}

const cancelledAtOnce = 200;

/** Tasks: submitted, looked at, cancelled. What happens to them on agents is in `attempts.ts`. */
export class Tasks {
  readonly attempts: Attempts;
  readonly signals: TaskSignals;
  readonly line: Line;
  readonly logs: TaskLogs;
  readonly statistics: Statistics;
  readonly #ports: TaskPorts;
  readonly #checks: RunChecks;

  constructor(ports: TaskPorts) {
    this.#ports = ports;
    this.#checks = new RunChecks(ports);
    this.attempts = ports.attempts;
    this.signals = ports.signals;
    this.line = new Line(ports);
    this.logs = ports.logs;
    this.statistics = new Statistics(ports);
    this.signals.listen({ ended: ({ id }) => this.logs.forget(id) });
  }

  /**
   * Accepts a run: every value checked, the task and its first event on disk when this resolves.
   *
   * @returns the task's id
   * @throws AppError `invalid_parameter`, `workflow_disabled`, `bad_request`; nothing is stored then
   */
  async submit(caller: Submitter, workflow: Workflow, run: RunRequest): Promise<string> {
    const [id = ''] = await this.#accept([this.#checks.run(caller, workflow, run)]);
    return id;
  }

  /** Accepts many runs, all or none; a dry run only checks them and tells how many there are. */
  async submitBatch(
    caller: Submitter,
    workflow: Workflow,
    batch: BatchRequest,
  ): Promise<{ task_count: number; task_ids: string[] }> {
    const runs = expandBatch(batch).map((parameters, index) => {
      try {
        return this.#checks.run(caller, workflow, { ...batch, parameters });
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        throw new AppError(error.code, `Run ${index + 1}: ${error.message}`, {
          ...error.details,
          run: index + 1,
        });
      }
    });
    return { task_count: runs.length, task_ids: batch.dry_run ? [] : await this.#accept(runs) };
  }

  /**
   * Runs a task that is over once more, by hand: the same version and values as a new task. Its automatic retries
   * begin anew.
   *
   * @throws AppError `conflict` while it is open, `workflow_disabled`, `not_found`, `invalid_parameter` when an input is gone
   */
  async retry(caller: Submitter, id: string): Promise<string> {
    const task = this.find(caller.teamId, id);
    if (!isTerminal(task.status)) {
      throw new AppError('conflict', `This task is ${task.status}; only one that is over can be retried.`);
    }
    const { workflows } = this.#ports;
    if (workflows.get(caller.teamId, task.workflow_id).row.status === 'disabled') {
      throw new AppError('workflow_disabled');
    }
    const values = JSON.parse(task.parameters_json) as Record<string, unknown>;
    this.#checks.files(caller.teamId, workflows.version(task.snapshot_id), values);
    const [retry = ''] = await this.#accept([
      { ...task, submitter_id: caller.submitterId, retry_of: task.id },
    ]);
    return retry;
  }

  /** All in one unit of work, so that they are on disk together or not at all. */
  async #accept(runs: readonly NewRun[]): Promise<string[]> {
    const { store, files, events, signals, clock } = this.#ports;
    const tasks = runs.map(
      (run): TaskRow => ({
        ...run,
        id: v7(),
        status: 'pending',
        retry_count: 0,
        attempt_id: null,
        attempt_count: 0,
        place: null,
        agent_id: null,
        agent_labels_json: '[]',
        gpu_type: '',
        error: '',
        failure_json: null,
        created_at: clock(),
        started_at: null,
        completed_at: null,
      }),
    );
    const told = await store.write((writer) =>
      tasks.map((task) => {
        files.requireRoom(writer, task.team_id);
        files.use(writer, this.#checks.inputsOf(task));
        insertTask(writer, task);
        return events.append(writer, task, 'status', { status: 'pending' });
      }),
    );
    events.tell(told);
    signals.inLine(tasks);
    return tasks.map(({ id }) => id);
  }

  /** Tasks that can't start now: told why. One that has been given to an agent meanwhile is left alone. */
  async wait(waiting: readonly { task: TaskRow; reason: string }[]): Promise<void> {
    const { store, events } = this.#ports;
    const rows = await store.write((writer) =>
      waiting.flatMap(({ task, reason }) =>
        moveTask(writer, task.id, { to: 'waiting', from: 'pending' })
          ? [events.append(writer, task, 'status', { status: 'waiting', reason })]
          : [],
      ),
    );
    events.tell(rows);
  }

  /** Everything that is not over, oldest first. */
  open(): TaskRow[] {
    return openTasks(this.#ports.store.read);
  }

  find(teamId: string, id: string): TaskRow {
    const task = findTask(this.#ports.store.read, id);
    if (task?.team_id !== teamId) throw new AppError('not_found', 'There is no such task in this team.');
    return task;
  }

  detail(teamId: string, id: string): TaskDetail {
    return this.#ports.views.detail(this.find(teamId, id), this.#ports.events);
  }

  result(teamId: string, id: string, origin: string): TaskResult {
    return this.#ports.views.result(this.find(teamId, id), origin);
  }

  list(teamId: string, query: z.output<typeof taskListQuery>): { tasks: TaskDetail[]; total: number } {
    const time = (text: string | undefined) => (text === undefined ? undefined : Date.parse(text));
    const { rows, total } = listTasks(
      this.#ports.store,
      {
        teamId,
        status: query.status,
        workflowId: query.workflow_id,
        agentId: query.agent_id,
        submitterId: query.submitted_by,
        pool: query.target_pool,
        createdAfter: time(query.created_after),
        createdBefore: time(query.created_before),
        text: query.text,
      },
      query.per_page,
      (query.current_page - 1) * query.per_page,
    );
    return { tasks: rows.map((row) => this.#ports.views.detail(row, this.#ports.events)), total };
  }

  /** The views of tasks by their ids, in the order of the ids; those that are gone are left out. */
  views(ids: readonly string[]): TaskDetail[] {
    const { store, views, events } = this.#ports;
    const rows = ids.flatMap((id) => findTask(store.read, id) ?? []);
    return rows.map((row) => views.detail(row, events));
  }

  /**
   * Deletes a task that is over, with its events, log and outputs. Their bytes stay in the object store without anybody
   * who names them, for whoever clears up there.
   *
   * @param submitterId only if this one submitted it
   */
  async delete(teamId: string, id: string, submitterId?: string): Promise<void> {
    await this.#ports.store.write((writer) => {
      const task = findTask(writer, id);
      if (task?.team_id !== teamId) throw new AppError('not_found', 'There is no such task in this team.');
      if (submitterId !== undefined && task.submitter_id !== submitterId) {
        throw new AppError('forbidden', 'Somebody else submitted this task; an admin can delete it.');
      }
      if (!isTerminal(task.status)) {
        throw new AppError('conflict', `This task is ${task.status}; cancel it first, then delete it.`);
      }
      writer.hotRun('DELETE FROM tasks WHERE id = ?', id);
    });
    this.#ports.events.changed(teamId, 'tasks_changed');
  }

  /** Ends everything of a team that is not over. */
  async cancelAll(teamId: string): Promise<void> {
    const open = this.open().filter((task) => task.team_id === teamId);
    await Promise.all(open.map(({ id }) => this.attempts.cancel(id)));
  }

  /** Ends a task wherever it is; one that is over stays as it is. */
  async cancel(teamId: string, id: string): Promise<void> {
    this.find(teamId, id);
    await this.attempts.cancel(id);
  }

  /** Cancels those named, or all that are open. */
  async cancelMany(
    teamId: string,
    request: CancelManyRequest,
  ): Promise<{ cancelled_count: number; not_found: string[] }> {
    const { read } = this.#ports.store;
    const named = [...new Set(request.task_ids)];
    const ids = request.task_ids
      ? named.filter((id) => findTask(read, id)?.team_id === teamId)
      : openTasksOf(read, teamId, request.workflow_id);
    let cancelled_count = 0;
    // By portions, each one commit, so that a very long line doesn't hold up everybody else.
    for (let at = 0; at < ids.length; at += cancelledAtOnce) {
      const done = await Promise.all(
        ids.slice(at, at + cancelledAtOnce).map((id) => this.attempts.cancel(id)),
      );
      cancelled_count += done.filter(Boolean).length;
    }
    return { cancelled_count, not_found: named.filter((id) => !ids.includes(id)) };
  }
}
