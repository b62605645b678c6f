import { v7 } from 'uuid';
import type { ManifestEntry } from '#shared/link/protocol.ts';
import type { TaskFailure } from '#shared/wire/tasks.ts';
import { enterObject } from '../store/repositories/objects.ts';
import { insertOutput, insertTask, lossesOf, moveTask } from '../store/repositories/tasks.ts';
import type { TaskEventRow, TaskRow } from '../store/schema.ts';
import type { Store, Writer } from '../store/store.ts';
import type { Workflows } from '../workflows/workflows.ts';
import type { TaskEvents } from './events.ts';
import type { TaskSignals } from './signals.ts';

export interface EndingPorts {
  readonly store: Store;
  readonly workflows: Workflows;
  readonly events: TaskEvents;
  readonly signals: TaskSignals;
  readonly clock: () => number;
}

/** What a unit of work leaves to be told after its commit. */
export interface Told {
  readonly events: TaskEventRow[];
  readonly after: (() => void)[];
}

/** A task that lost this many attempts is not given another: it may be what ends its engines. */
const mostLosses = 3;
/** One whose engine crashed in the middle of it so often is not tried again, whatever the cause allows. */
const mostCrashes = 2;

/** What becomes of a task when its attempt has ended without a result. Runs inside the unit that ended the attempt. */
export class Endings {
  readonly #ports: EndingPorts;

  constructor(ports: EndingPorts) {
    this.#ports = ports;
  }

  /** Back in line, but not for ever. */
  againOrFail(writer: Writer, task: TaskRow, reason: string, failure: TaskFailure, told: Told): void {
    const { losses, crashes } = lossesOf(writer, task.id);
    if (losses < mostLosses && crashes < mostCrashes) this.again(writer, task, reason, told);
    else {
      const message = `Given up after ${losses} attempts. ${failure.message}`;
      this.fail(writer, task, { ...failure, message }, told);
    }
  }

  /** Back in line. */
  again(writer: Writer, task: TaskRow, reason: string, told: Told): void {
    const { events, signals } = this.#ports;
    const set = { attempt_id: null, agent_id: null, agent_labels_json: '[]', gpu_type: '', started_at: null };
    if (!moveTask(writer, task.id, { to: 'waiting', set, attemptId: task.attempt_id })) return;
    told.events.push(events.append(writer, task, 'status', { status: 'waiting', reason }));
    told.after.push(() => {
      events.restarted(task.id);
      signals.inLine([{ ...task, ...set, status: 'waiting' }]);
    });
  }

  fail(writer: Writer, task: TaskRow, failure: TaskFailure, told: Told): void {
    const { events, workflows, signals, clock } = this.#ports;
    const set = { completed_at: clock(), error: failure.message, failure_json: JSON.stringify(failure) };
    if (!moveTask(writer, task.id, { to: 'failed', set, attemptId: task.attempt_id })) return;
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
}

/** Enters the outputs of a finished task; their bytes are in the object store already. */
export function keepOutputs(
  writer: Writer,
  task: TaskRow,
  outputs: readonly ManifestEntry[],
  now: number,
): void {
  const nothingSaved = outputs.every(({ temporary }) => temporary);
  for (const [position, output] of outputs.entries())
    keepOutput(writer, task, position, output, now, nothingSaved || !output.temporary);
}

function keepOutput(
  writer: Writer,
  task: TaskRow,
  position: number,
  output: ManifestEntry,
  now: number,
  listed: boolean,
): void {
  enterObject(writer, output, now);
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
    id: v7({ msecs: now, seq: position }),
    workflow_id: task.workflow_id,
    submitter_id: task.submitter_id,
    listed: listed ? 1 : 0,
  });
}
