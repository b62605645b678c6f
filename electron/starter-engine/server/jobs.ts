import type { PromptEngine } from '../execution/engine.ts';
import type { HistoryEntry, PromptTuple } from '../execution/history.ts';
import { isObject } from '../execution/prompt.ts';

export const jobStatuses = ['pending', 'in_progress', 'completed', 'failed', 'cancelled'] as const;
export type JobStatus = (typeof jobStatuses)[number];

/** One prompt as `/api/jobs` lists it (comfyui-protocol.md section 8); times in milliseconds since 1970. */
export interface Job {
  readonly id: string;
  readonly status: JobStatus;
  readonly priority: number;
  readonly create_time: number;
  readonly execution_start_time?: number;
  readonly execution_end_time?: number;
  readonly execution_error?: Record<string, unknown>;
  readonly outputs_count: number;
  readonly previewable_outputs_count?: number;
  readonly preview_output?: Record<string, unknown>;
  readonly workflow_id?: string;
}

interface Source {
  readonly tuple: PromptTuple;
  readonly waiting?: 'pending' | 'in_progress';
  readonly entry?: HistoryEntry;
}

/** All prompts the engine knows: running, waiting, then finished. */
export function sources({ queue, history }: PromptEngine): Source[] {
  const running: Source[] = queue.running ? [{ tuple: queue.running.tuple, waiting: 'in_progress' }] : [];
  const pending = queue.pending.map(({ tuple }): Source => ({ tuple, waiting: 'pending' }));
  const over = history.entries().map(([, entry]): Source => ({ tuple: entry.prompt, entry }));
  return [...running, ...pending, ...over];
}

const messageOf = (entry: HistoryEntry | undefined, ...events: string[]) =>
  entry?.status.messages.find(([event]) => events.includes(event))?.[1];

export function jobOf({ tuple, waiting, entry }: Source): Job {
  const [priority, id, , extra] = tuple;
  const outputs = entry ? filesOf(entry) : [];
  const start = messageOf(entry, 'execution_start')?.timestamp;
  const end = messageOf(entry, 'execution_success', 'execution_error', 'execution_interrupted')?.timestamp;
  const error = messageOf(entry, 'execution_error');
  const preview = outputs.find(({ type }) => type === 'output') ?? outputs[0];
  const workflow = isObject(extra.extra_pnginfo) ? extra.extra_pnginfo.workflow : undefined;
  return {
    id,
    status: waiting ?? statusOf(entry),
    priority,
    create_time: Number(extra.create_time),
    ...(typeof start === 'number' && { execution_start_time: start }),
    ...(typeof end === 'number' && { execution_end_time: end }),
    ...(error && { execution_error: error }),
    outputs_count: outputs.length,
    ...(entry && { previewable_outputs_count: outputs.length }),
    ...(preview && { preview_output: preview }),
    ...(isObject(workflow) && typeof workflow.id === 'string' && { workflow_id: workflow.id }),
  };
}

function statusOf(entry: HistoryEntry | undefined): JobStatus {
  if (entry?.status.status_str === 'success') return 'completed';
  return messageOf(entry, 'execution_interrupted') ? 'cancelled' : 'failed';
}

/** Files and texts of the outputs, each with its node. */
function filesOf({ outputs }: HistoryEntry): Record<string, unknown>[] {
  return Object.entries(outputs).flatMap(([nodeId, ui]) =>
    Object.entries(isObject(ui) ? ui : {}).flatMap(([mediaType, items]) =>
      (Array.isArray(items) ? items : []).flatMap((item: unknown) => {
        if (isObject(item)) return [{ ...item, nodeId, mediaType }];
        return mediaType === 'text' && typeof item === 'string'
          ? [{ content: item.slice(0, 1024), nodeId, mediaType }]
          : [];
      }),
    ),
  );
}

export interface JobQuery {
  readonly statuses: readonly JobStatus[] | undefined;
  readonly workflowId: string | undefined;
  readonly sortBy: 'created_at' | 'execution_duration';
  readonly descending: boolean;
  readonly limit: number | undefined;
  readonly offset: number;
}

/** One page of the list with what a client needs for the next. */
export function listJobs(all: readonly Job[], query: JobQuery): Record<string, unknown> {
  const { statuses, workflowId, offset, limit } = query;
  const key = (job: Job): number =>
    query.sortBy === 'created_at'
      ? job.create_time
      : (job.execution_end_time ?? 0) - (job.execution_start_time ?? 0);
  const chosen = all
    .filter(
      (job) => (statuses?.includes(job.status) ?? true) && (!workflowId || job.workflow_id === workflowId),
    )
    .sort((a, b) => (query.descending ? key(b) - key(a) : key(a) - key(b)));
  const jobs = chosen.slice(offset, limit === undefined ? undefined : offset + limit);
  const total = chosen.length;
  const pagination = { offset, limit: limit ?? null, total, has_more: offset + jobs.length < total };
  return { jobs, pagination };
}
