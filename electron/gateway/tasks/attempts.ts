import { v7 } from 'uuid';
import type { ManifestEntry } from '#shared/link/protocol.ts';
import type { TaskFailure } from '#shared/wire/tasks.ts';
import type { ObjectStore } from '../files/object-store.ts';
import {
  endAttempt,
  findTask,
  highestFence,
  insertAttempt,
  insertOutput,
  insertTask,
  moveTask,
  openAttempt,
  setAttemptState,
} from '../store/repositories/tasks.ts';
import type { TaskEventRow, TaskRow } from '../store/schema.ts';
import type { Store, Writer } from '../store/store.ts';
import type { Workflows } from '../workflows/workflows.ts';
import type { TaskEvents } from './events.ts';
import type { TaskSignals } from './signals.ts';

/** An attempt as messages name it. */
export interface AttemptRef {
  readonly id: string;
  readonly fence: number;
}

/** The agent an attempt is opened on. */
export interface AttemptAgent {
  readonly key: string;
  readonly agentId: string;
  readonly labels: readonly string[];
  readonly gpuType: string;
}

export interface OpenedAttempt extends AttemptRef {
  readonly task: TaskRow;
  readonly agent: AttemptAgent;
}

export interface AttemptPorts {
  readonly store: Store;
  readonly workflows: Workflows;
  readonly objects: ObjectStore;
  readonly events: TaskEvents;
  readonly signals: TaskSignals;
  readonly clock: () => number;
  readonly leaseMs: number;
}

/** A task that lost this many attempts is not given another: it may be what ends its engines. */
const mostAttempts = 3;

/** What a unit of work leaves to be told after its commit. */
interface Told {
  readonly events: TaskEventRow[];
  readonly after: (() => void)[];
}

/**
 * The lives of attempts. Every method is one unit of work that changes the attempt, its task and the event together, and
 * does nothing when the attempt is not the one that counts (another fence, ended, the task gone on).
 */
export class Attempts {
  readonly #ports: AttemptPorts;
  #fence: number;

  constructor(ports: AttemptPorts) {
    this.#ports = ports;
    this.#fence = highestFence(ports.store.read);
  }

  /** Opens attempts for tasks that are still in line; the others are left out of the result. */
  open(wanted: readonly { taskId: string; agent: AttemptAgent }[]): Promise<OpenedAttempt[]> {
    const now = this.#ports.clock();
    return this.#unit((writer, told) =>
      wanted.flatMap(({ taskId, agent }) => {
        const attempt = { id: v7(), fence: ++this.#fence };
        const moved = moveTask(writer, taskId, {
          to: 'queued',
          set: {
            attempt_id: attempt.id,
            agent_id: agent.agentId,
            agent_labels_json: JSON.stringify(agent.labels),
            gpu_type: agent.gpuType,
          },
        });
        if (!moved) return [];
        writer.hotRun('UPDATE tasks SET attempt_count = attempt_count + 1 WHERE id = ?', taskId);
        insertAttempt(writer, {
          ...attempt,
          task_id: taskId,
          agent_id: agent.key,
          state: 'assigned',
          outcome: null,
          lease_expires_at: now + this.#ports.leaseMs,
          created_at: now,
          accepted_at: null,
          ended_at: null,
        });
        const task = findTask(writer, taskId);
        if (!task) return [];
        const data = { status: 'queued', agent_id: agent.agentId } as const;
        told.events.push(this.#ports.events.append(writer, task, 'status', data));
        return [{ ...attempt, task, agent }];
      }),
    );
  }

  /** It is on the agent's disk. */
  received(ref: AttemptRef): Promise<void> {
    return this.#ports.store.write((writer) => {
      if (openAttempt(writer, ref.id, ref.fence)?.state === 'assigned')
        setAttemptState(writer, ref.id, 'staged', null);
    });
  }

  /** The engine executes it: the timeout clock runs from now. */
  accepted(ref: AttemptRef): Promise<void> {
    return this.#current(ref, (writer, task, told) => {
      const now = this.#ports.clock();
      setAttemptState(writer, ref.id, 'running', now);
      if (!moveTask(writer, task.id, { to: 'running', set: { started_at: now }, attemptId: ref.id })) return;
      const data = { status: 'running', agent_id: task.agent_id ?? '' } as const;
      told.events.push(this.#ports.events.append(writer, task, 'status', data));
      told.after.push(() => this.#ports.signals.started({ ...task, status: 'running', started_at: now }));
    });
  }

  /** It is done: outputs, status and event are one unit. Outputs whose bytes are not here make it a failure. */
  async completed(ref: AttemptRef, outputs: readonly ManifestEntry[]): Promise<void> {
    const here = await Promise.all(outputs.map(({ sha256 }) => this.#ports.objects.has(sha256)));
    const missing = outputs.find((_, index) => !here[index]);
    if (missing) {
      return this.failed(ref, {
        code: 'output_failed',
        message: `The agent named the output "${missing.name}" but did not upload it.`,
        retryable: true,
      });
    }
    return this.#current(ref, (writer, task, told) => {
      const now = this.#ports.clock();
      endAttempt(writer, ref.id, 'completed', now);
      const set = { completed_at: now, started_at: task.started_at ?? now };
      if (!moveTask(writer, task.id, { to: 'completed', set, attemptId: ref.id })) return;
      for (const [position, output] of outputs.entries())
        this.#keepOutput(writer, task, position, output, now);
      const data = { status: 'completed', output: null, outputs: [] } as const;
      told.events.push(this.#ports.events.append(writer, task, 'completed', { ...data, outputs: [] }));
      told.after.push(() => this.#ports.signals.ended(task, 'completed'));
    });
  }

  #keepOutput(writer: Writer, task: TaskRow, position: number, output: ManifestEntry, now: number): void {
    writer.hotRun(
      'INSERT INTO objects (sha256, size, created_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
      output.sha256,
      output.size,
      now,
    );
    insertOutput(writer, {
      storage_key: `tasks/${task.id}/${position}/${output.name}`,
      task_id: task.id,
      team_id: task.team_id,
      position,
      node_id: output.node_id,
      name: output.name,
      kind: output.kind,
      content_type: output.content_type,
      size: output.size,
      sha256: output.sha256,
      temporary: output.temporary ? 1 : 0,
      width: output.width ?? null,
      height: output.height ?? null,
      created_at: now,
    });
  }

  /** The attempt failed: another one where that may help, else the task has failed (and may be retried as a new one). */
  failed(ref: AttemptRef, failure: TaskFailure): Promise<void> {
    return this.#current(ref, (writer, task, told) => {
      endAttempt(writer, ref.id, 'failed', this.#ports.clock());
      if (failure.retryable && task.attempt_count < mostAttempts)
        this.#requeue(writer, task, ref, failure.message, told);
      else this.#fail(writer, task, failure, told, ref.id);
    });
  }

  /** The agent can't take it: back in line. */
  declined(ref: AttemptRef, reason: string): Promise<void> {
    return this.#again(ref, 'declined', `The agent could not take it: ${reason}`);
  }

  /** The agent is gone, or never answered: back in line. */
  lost(ref: AttemptRef, reason: string): Promise<void> {
    return this.#again(ref, 'lost', reason);
  }

  #again(ref: AttemptRef, outcome: string, reason: string): Promise<void> {
    return this.#current(ref, (writer, task, told) => {
      endAttempt(writer, ref.id, outcome, this.#ports.clock());
      if (task.attempt_count < mostAttempts) this.#requeue(writer, task, ref, reason, told);
      else {
        const message = `Given up after ${task.attempt_count} attempts. ${reason}`;
        this.#fail(writer, task, { code: 'agent_lost', message, retryable: false }, told, ref.id);
      }
    });
  }

  /** The run took longer than the workflow allows. */
  timedOut(taskId: string, seconds: number): Promise<void> {
    return this.#unit((writer, told) => {
      const task = findTask(writer, taskId);
      if (task?.status !== 'running' || task.attempt_id === null) return;
      endAttempt(writer, task.attempt_id, 'timeout', this.#ports.clock());
      const message = `The run took longer than its limit of ${seconds} s. Raise the workflow's time limit, or make the run smaller.`;
      const attemptId = task.attempt_id;
      this.#fail(writer, task, { code: 'timeout', message, retryable: false }, told, attemptId);
      told.after.push(() => this.#ports.signals.abandoned(attemptId, message));
    });
  }

  /** Cancels a task that is not over; `false` when it was. */
  cancel(taskId: string): Promise<boolean> {
    return this.#unit((writer, told) => {
      const task = findTask(writer, taskId);
      const now = this.#ports.clock();
      if (!task || !moveTask(writer, taskId, { to: 'cancelled', set: { completed_at: now } })) return false;
      told.events.push(this.#ports.events.append(writer, task, 'cancelled', { status: 'cancelled' }));
      const { attempt_id } = task;
      if (attempt_id !== null) {
        endAttempt(writer, attempt_id, 'cancelled', now);
        told.after.push(() => this.#ports.signals.abandoned(attempt_id, 'The task was cancelled.'));
      }
      told.after.push(() => this.#ports.signals.ended(task, 'cancelled'));
      return true;
    });
  }

  #requeue(writer: Writer, task: TaskRow, ref: AttemptRef, reason: string, told: Told): void {
    const set = { attempt_id: null, agent_id: null, agent_labels_json: '[]', gpu_type: '', started_at: null };
    if (!moveTask(writer, task.id, { to: 'waiting', set, attemptId: ref.id })) return;
    told.events.push(this.#ports.events.append(writer, task, 'status', { status: 'waiting', reason }));
    told.after.push(() => this.#ports.signals.inLine([{ ...task, ...set, status: 'waiting' }]));
  }

  #fail(writer: Writer, task: TaskRow, failure: TaskFailure, told: Told, attemptId: string): void {
    const { events, workflows, signals, clock } = this.#ports;
    const set = { completed_at: clock(), error: failure.message, failure_json: JSON.stringify(failure) };
    if (!moveTask(writer, task.id, { to: 'failed', set, attemptId })) return;
    const { max_retries } = workflows.version(task.snapshot_id).snapshot;
    const retry = task.retry_count < max_retries ? this.#retry(writer, task, told) : undefined;
    const data = { status: 'failed', error: failure.message, failure } as const;
    told.events.push(
      events.append(writer, task, 'failed', retry === undefined ? data : { ...data, retry_task_id: retry }),
    );
    told.after.push(() => signals.ended(task, 'failed'));
  }

  /** A failure counts against `max_retries`: the retry is a new task (Cyberun spec 5.3). */
  #retry(writer: Writer, failed: TaskRow, told: Told): string {
    const task: TaskRow = {
      ...failed,
      id: v7(),
      status: 'pending',
      retry_count: failed.retry_count + 1,
      retry_of: failed.id,
      attempt_id: null,
      attempt_count: 0,
      agent_id: null,
      agent_labels_json: '[]',
      gpu_type: '',
      started_at: null,
      created_at: this.#ports.clock(),
    };
    insertTask(writer, task);
    told.events.push(this.#ports.events.append(writer, task, 'status', { status: 'pending' }));
    told.after.push(() => this.#ports.signals.inLine([task]));
    return task.id;
  }

  /** A unit about the attempt that counts; anything stale changes nothing. */
  #current(ref: AttemptRef, work: (writer: Writer, task: TaskRow, told: Told) => void): Promise<void> {
    return this.#unit((writer, told) => {
      const attempt = openAttempt(writer, ref.id, ref.fence);
      const task = attempt && findTask(writer, attempt.task_id);
      if (task?.attempt_id === ref.id) work(writer, task, told);
    });
  }

  async #unit<Result>(work: (writer: Writer, told: Told) => Result): Promise<Result> {
    const told: Told = { events: [], after: [] };
    const result = await this.#ports.store.write((writer) => work(writer, told));
    this.#ports.events.tell(told.events);
    for (const tell of told.after) tell();
    return result;
  }
}
