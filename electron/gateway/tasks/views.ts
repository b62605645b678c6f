import { toTimestamp } from '#shared/wire/common.ts';
import type { TaskEvent } from '#shared/wire/events.ts';
import type { TaskDetail, TaskFailure, TaskOutput, TaskResult } from '#shared/wire/tasks.ts';
import type { Files } from '../files/files.ts';
import { outputsOf } from '../store/repositories/tasks.ts';
import type { OutputRow, TaskRow } from '../store/schema.ts';
import type { Reader, Store } from '../store/store.ts';
import type { Workflows } from '../workflows/workflows.ts';
import type { TaskEvents } from './events.ts';

/** Why a task that has not started waits, and its place in line (1 = next). */
export interface Waiting {
  readonly reason: string;
  readonly position: number | null;
}

export interface ViewPorts {
  readonly store: Store;
  readonly workflows: Workflows;
  readonly files: Files;
  readonly gatewayId: string;
  /** The scheduler's word on a task in line. */
  readonly waiting: (taskId: string) => Waiting | undefined;
}

/** Rows as the API shows them. */
export class TaskViews {
  readonly #ports: ViewPorts;

  constructor(ports: ViewPorts) {
    this.#ports = ports;
  }

  detail(task: TaskRow, events: TaskEvents): TaskDetail {
    const { snapshot } = this.#ports.workflows.version(task.snapshot_id);
    const open = task.status === 'pending' || task.status === 'waiting' || task.status === 'provisioning';
    const waiting = open ? this.#ports.waiting(task.id) : undefined;
    const optional = (at: number | null) => (at === null ? null : toTimestamp(at));
    return {
      id: task.id,
      workflow_id: task.workflow_id,
      task_status: task.status,
      task_error: task.error,
      retry_count: task.retry_count,
      created_at: toTimestamp(task.created_at),
      started_at: optional(task.started_at),
      completed_at: optional(task.completed_at),
      agent_id: task.agent_id,
      agent_labels: JSON.parse(task.agent_labels_json) as string[],
      gateway_id: this.#ports.gatewayId,
      gpu_type: task.gpu_type,
      dispatch_target: task.dispatch_target,
      target_pool: task.target_pool,
      tool_type: task.tool_type,
      workflow_slug: this.#slug(task.workflow_id),
      workflow_name: snapshot.display_name,
      workflow_version: snapshot.version,
      parameters: JSON.parse(task.parameters_json) as Record<string, unknown>,
      priority: task.priority,
      progress: task.status === 'completed' ? 1 : events.fraction(task.id),
      waiting_reason: waiting?.reason ?? '',
      queue_position: waiting?.position ?? null,
      attempt_count: task.attempt_count,
      retry_of: task.retry_of,
      submitted_by: task.submitter_id,
      preview_url: task.status === 'completed' ? this.#cover(task.id) : null,
    };
  }

  /** `origin` makes the addresses absolute, as the documentation shows them. */
  result(task: TaskRow, origin: string): TaskResult {
    const outputs = this.outputs(task.id).map((output) => ({ ...output, url: origin + output.url }));
    const done = task.status === 'completed';
    const first = mainOutput(outputs);
    return {
      id: task.id,
      task_status: task.status,
      task_output: done ? summary(outputs) : null,
      download_url: done ? (first?.url ?? null) : null,
      download_urls: done ? byName(outputs) : {},
      task_error: task.error,
      outputs: done ? outputs : [],
      failure: task.failure_json === null ? null : (JSON.parse(task.failure_json) as TaskFailure),
    };
  }

  /** Every file of a task, with signed paths. */
  outputs(taskId: string, reader: Reader = this.#ports.store.read): TaskOutput[] {
    return outputsOf(reader, taskId).map((row) => this.#output(row));
  }

  /** What a finished task made, in short; inside a unit of work with its writer. */
  summary(reader: Reader, taskId: string) {
    return summary(this.outputs(taskId, reader));
  }

  /** A stored event as it is told: a completed one lists its files with addresses that are good now. */
  complete(event: TaskEvent): TaskEvent {
    if (event.event !== 'completed') return event;
    const outputs = this.outputs(event.data.task_id);
    return { event: 'completed', data: { ...event.data, output: summary(outputs), outputs } };
  }

  #output(row: OutputRow): TaskOutput {
    return {
      name: row.name,
      node_id: row.node_id,
      kind: row.kind,
      content_type: row.content_type,
      size: row.size,
      sha256: row.sha256,
      temporary: row.temporary === 1,
      storage_key: row.storage_key,
      url: this.#ports.files.outputPath(row.storage_key),
      ...(row.width === null ? {} : { width: row.width }),
      ...(row.height === null ? {} : { height: row.height }),
    };
  }

  #cover(taskId: string): string | null {
    const picture = mainOutput(this.outputs(taskId).filter(({ kind }) => kind === 'image'));
    return picture?.url ?? null;
  }

  #slug(workflowId: string): string {
    const { read } = this.#ports.store;
    const [row] = read.hot<{ slug: string }>(
      'SELECT COALESCE(former_slug, slug) AS slug FROM workflows WHERE id = ?',
      workflowId,
    );
    return row?.slug ?? '';
  }
}

/** Addresses by file name; of two files of one name the second is told apart by a number: `x.png`, `x (2).png`. */
function byName(outputs: readonly TaskOutput[]): Record<string, string> {
  const names = new Set(outputs.map(({ name }) => name));
  const urls = new Map<string, string>();
  for (const { name, url } of outputs) {
    const dot = name.lastIndexOf('.');
    const [stem, ending] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
    let free = name;
    for (let n = 2; urls.has(free) || (free !== name && names.has(free)); n += 1)
      free = `${stem} (${n})${ending}`;
    urls.set(free, url);
  }
  return Object.fromEntries(urls);
}

/** What the result is: a saved file before a preview, a picture before a text. */
function mainOutput<Output extends Pick<TaskOutput, 'temporary' | 'kind'>>(outputs: readonly Output[]) {
  const rank = ({ temporary, kind }: Output) =>
    (temporary ? 10 : 0) + (kind === 'text' ? 2 : kind === 'file' ? 1 : 0);
  return outputs.toSorted((a, b) => rank(a) - rank(b))[0];
}

/** The documented summary: the main file and how many pictures there are. */
function summary(outputs: readonly TaskOutput[]) {
  const main = mainOutput(outputs);
  const image_count = outputs.filter(({ kind, temporary }) => kind === 'image' && !temporary).length;
  return { storage_key: main?.storage_key ?? '', image_count };
}
