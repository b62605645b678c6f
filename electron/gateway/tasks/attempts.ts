import { v7 } from 'uuid';
import type { ManifestEntry } from '#shared/link/protocol.ts';
import { crashReport } from '#shared/wire/crash.ts';
import type { TaskFailure } from '#shared/wire/tasks.ts';
import type { ObjectStore } from '../files/object-store.ts';
import {
  endAttempt,
  findTask,
  highestFence,
  insertAttempt,
  moveTask,
  openAttempt,
  setAttemptState,
} from '../store/repositories/tasks.ts';
import type { TaskRow } from '../store/schema.ts';
import type { WriteOptions, Writer } from '../store/store.ts';
import { type EndingPorts, Endings, keepOutputs, type Told } from './endings.ts';

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

export interface WantedAttempt {
  readonly taskId: string;
  readonly agent: AttemptAgent;
  /** Why this agent, in words. */
  readonly reason: string;
}

export interface OpenedAttempt extends AttemptRef {
  readonly task: TaskRow;
  readonly agent: AttemptAgent;
}

export interface AttemptPorts extends EndingPorts {
  readonly objects: ObjectStore;
  readonly leaseMs: number;
}

/** What an agent tells on the way may share the commit of what comes next: the agent repeats it until it is safe. */
const unhurried: WriteOptions = { withinMs: 20 };

/**
 * The lives of attempts. Every method is one unit of work that changes the attempt, its task and the event together, and
 * does nothing when the attempt is not the one that counts (another fence, ended, the task gone on).
 */
export class Attempts {
  readonly #ports: AttemptPorts;
  readonly #endings: Endings;
  #fence: number;

  constructor(ports: AttemptPorts) {
    this.#ports = ports;
    this.#endings = new Endings(ports);
    this.#fence = highestFence(ports.store.read);
  }

  /** Opens attempts for tasks that are still in line; the others are left out of the result. */
  open(wanted: readonly WantedAttempt[]): Promise<OpenedAttempt[]> {
    return this.#unit((writer, told) => wanted.flatMap((one) => this.#open(writer, one, told) ?? []));
  }

  #open(writer: Writer, { taskId, agent, reason }: WantedAttempt, told: Told): OpenedAttempt | undefined {
    const now = this.#ports.clock();
    const attempt = { id: v7(), fence: ++this.#fence };
    const set = {
      attempt_id: attempt.id,
      agent_id: agent.agentId,
      agent_labels_json: JSON.stringify(agent.labels),
      gpu_type: agent.gpuType,
    };
    if (!moveTask(writer, taskId, { to: 'queued', set })) return undefined;
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
    if (!task) return undefined;
    const data = { status: 'queued', agent_id: agent.agentId, reason } as const;
    told.events.push(this.#ports.events.append(writer, task, 'status', data));
    return { ...attempt, task, agent };
  }

  /** It is on the agent's disk. */
  received(ref: AttemptRef): Promise<void> {
    return this.#ports.store.write((writer) => {
      if (openAttempt(writer, ref.id, ref.fence)?.state === 'assigned')
        setAttemptState(writer, ref.id, 'staged', null);
    }, unhurried);
  }

  /** The engine executes it: the timeout clock runs from now. */
  accepted(ref: AttemptRef, engine?: string): Promise<void> {
    const begin = (writer: Writer, task: TaskRow, told: Told): void => {
      const now = this.#ports.clock();
      setAttemptState(writer, ref.id, 'running', now);
      if (!moveTask(writer, task.id, { to: 'running', set: { started_at: now }, attemptId: ref.id })) return;
      const running = { status: 'running', agent_id: task.agent_id ?? '' } as const;
      const data = engine === undefined ? running : { ...running, engine };
      told.events.push(this.#ports.events.append(writer, task, 'status', data));
      told.after.push(() => this.#ports.signals.started({ ...task, status: 'running', started_at: now }));
    };
    return this.#current(ref, begin, unhurried);
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
      keepOutputs(writer, task, outputs, now);
      // Its files are filled in when it is told: their addresses expire.
      const event = { status: 'completed' as const, output: null, outputs: [] };
      told.events.push(this.#ports.events.append(writer, task, 'completed', event));
      told.after.push(() => this.#ports.signals.ended(task, 'completed'));
    });
  }

  /** The attempt failed: another one where that may help, else the task has failed (and may be retried as a new one). */
  failed(ref: AttemptRef, failure: TaskFailure): Promise<void> {
    const crashed = crashReport.safeParse(failure.details).success;
    return this.#current(ref, (writer, task, told) => {
      endAttempt(writer, ref.id, crashed ? 'crashed' : 'failed', this.#ports.clock());
      const reason = crashed ? `${failure.message} It is tried once more.` : failure.message;
      if (failure.retryable) this.#endings.againOrFail(writer, task, reason, failure, told);
      else this.#endings.fail(writer, task, failure, told);
    });
  }

  /** The agent can't take it, or was stopped: back in line, and it does not count as a lost attempt. */
  declined(ref: AttemptRef, reason: string): Promise<void> {
    return this.#back(ref, 'declined', `The agent could not take it: ${reason}`);
  }

  /** It never left the gateway: back in line, and it does not count as a lost attempt. */
  unsent(ref: AttemptRef, reason: string): Promise<void> {
    return this.#back(ref, 'unsent', reason);
  }

  #back(ref: AttemptRef, outcome: 'declined' | 'unsent', reason: string): Promise<void> {
    return this.#current(ref, (writer, task, told) => {
      endAttempt(writer, ref.id, outcome, this.#ports.clock());
      this.#endings.again(writer, task, reason, told);
    });
  }

  /** The agent is gone, or never answered: back in line, three times at most. `why` is given the name that people see. */
  lost(ref: AttemptRef, why: string | ((agent: string) => string)): Promise<void> {
    return this.#current(ref, (writer, task, told) => {
      endAttempt(writer, ref.id, 'lost', this.#ports.clock());
      const reason = typeof why === 'string' ? why : why(task.agent_id ?? '');
      const failure = { code: 'agent_lost', message: reason, retryable: false } as const;
      this.#endings.againOrFail(writer, task, reason, failure, told);
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
      this.#endings.fail(writer, task, { code: 'timeout', message, retryable: false }, told);
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

  /** A unit about the attempt that counts; anything stale changes nothing. */
  #current(
    ref: AttemptRef,
    work: (writer: Writer, task: TaskRow, told: Told) => void,
    options?: WriteOptions,
  ): Promise<void> {
    return this.#unit((writer, told) => {
      const attempt = openAttempt(writer, ref.id, ref.fence);
      const task = attempt && findTask(writer, attempt.task_id);
      if (task?.attempt_id === ref.id) work(writer, task, told);
    }, options);
  }

  async #unit<Result>(work: (writer: Writer, told: Told) => Result, options?: WriteOptions): Promise<Result> {
    const told: Told = { events: [], after: [] };
    const result = await this.#ports.store.write((writer) => work(writer, told), options);
    this.#ports.events.tell(told.events);
    for (const tell of told.after) tell();
    return result;
  }
}
