import { z } from 'zod';
import { taskStatuses } from '../task-states.ts';
import {
  dispatchTarget,
  pageMeta,
  paginationQuery,
  targetPool,
  timestamp,
  toolType,
  uuid,
} from './common.ts';

export const taskStatus = z.enum(taskStatuses).meta({ id: 'TaskStatus' });

/** POST /r/workflows/…/run (spec 3.9). `priority` is ours: higher runs first, 0 by default. */
export const runRequest = z
  .object({
    parameters: z
      .record(z.string(), z.unknown())
      .refine((all) => Object.keys(all).length <= 100, 'at most 100 parameters')
      .default({})
      .meta({
        description:
          'Values by the keys of the workflow’s parameters; at most 100. What is left out takes its default. A file ' +
          'parameter takes the `file_key` of an upload.',
        examples: [{ prompt: 'sunset over ocean', width: 1024 }],
      }),
    dispatch_target: dispatchTarget
      .optional()
      .meta({ description: 'The workflow’s `default_dispatch_target` when left out.' }),
    target_pool: targetPool.default('team').meta({
      description: '`community` also takes agents of other teams that opted in.',
    }),
    submitter_region: z
      .string()
      .max(64)
      .meta({ description: 'Agents of the same region are preferred.', examples: ['us-east'] })
      .transform((text) => text.trim().toLowerCase())
      .default(''),
    tool_type: toolType.optional().meta({ description: 'When given, it must be the workflow’s.' }),
    priority: z.int().min(-100).max(100).default(0).meta({ description: 'Higher runs first; ours.' }),
  })
  .meta({ id: 'RunRequest' });
export type RunRequest = z.infer<typeof runRequest>;

export const runReply = z.object({ task_id: uuid }).meta({ id: 'RunReply' });

/** The cause of a failed attempt. `code` is ours; `retryable` says whether the same task may succeed elsewhere. */
export const taskFailure = z
  .object({
    code: z.enum([
      'engine_rejected',
      'engine_error',
      'engine_crashed',
      'engine_unreachable',
      'out_of_memory',
      'timeout',
      'agent_lost',
      'input_failed',
      'output_failed',
      'cancelled',
    ]),
    message: z.string().max(20_000),
    retryable: z.boolean(),
    node_id: z.string().optional(),
    node_type: z.string().optional(),
    /** What else is known; a `crashReport` (crash.ts) when the engine crashed, hung or ran out of something. */
    details: z.unknown().optional(),
    log_tail: z.array(z.string()).max(200).optional(),
  })
  .meta({ id: 'TaskFailure' });
export type TaskFailure = z.infer<typeof taskFailure>;

export const outputKinds = ['image', 'video', 'audio', 'text', 'file'] as const;
export type OutputKind = (typeof outputKinds)[number];

/** One file that a task produced, as the result shows it. */
export const taskOutput = z
  .object({
    name: z.string(),
    node_id: z.string(),
    kind: z.enum(outputKinds),
    content_type: z.string(),
    size: z.int(),
    sha256: z.string(),
    temporary: z.boolean().meta({ description: 'A preview that the engine keeps in its temp folder.' }),
    storage_key: z.string(),
    url: z.string(),
    width: z.int().optional(),
    height: z.int().optional(),
  })
  .meta({ id: 'TaskOutput' });
export type TaskOutput = z.infer<typeof taskOutput>;

/** Task object of list and detail (spec 3.10); everything from `workflow_slug` on is ours. */
export const taskDetail = z
  .object({
    id: uuid,
    workflow_id: uuid,
    task_status: taskStatus,
    task_error: z.string().meta({ description: 'What went wrong, in words; empty when nothing did.' }),
    retry_count: z.int().meta({ description: 'Which retry this task is; 0 for the first.' }),
    created_at: timestamp,
    started_at: timestamp.nullable(),
    completed_at: timestamp.nullable(),
    agent_id: z.string().nullable(),
    agent_labels: z.array(z.string()),
    gateway_id: z.string(),
    gpu_type: z.string().meta({ examples: ['NVIDIA GeForce RTX 4090'] }),
    dispatch_target: dispatchTarget,
    target_pool: targetPool,
    tool_type: toolType,
    workflow_slug: z.string(),
    workflow_name: z.string(),
    workflow_version: z.int(),
    parameters: z.record(z.string(), z.unknown()),
    priority: z.int(),
    progress: z.number().min(0).max(1),
    waiting_reason: z.string().meta({ description: 'Why it has not started, in words; empty once it runs.' }),
    queue_position: z.int().nullable().meta({ description: '1 = next in line; null when not in line.' }),
    attempt_count: z.int(),
    retry_of: uuid.nullable(),
    submitted_by: z.string(),
    preview_url: z
      .string()
      .nullable()
      .meta({ description: 'Signed address of the first picture, once there is one.' }),
  })
  .meta({ id: 'Task' });
export type TaskDetail = z.infer<typeof taskDetail>;

export const taskListQuery = paginationQuery.extend({
  status: taskStatus.optional(),
  workflow_id: uuid.optional(),
  agent_id: z.string().max(255).optional(),
  submitted_by: z.string().max(64).optional().meta({ description: 'Ours: a user, or a key by its id.' }),
  target_pool: targetPool.optional(),
  created_after: timestamp.optional().meta({ description: 'This moment or later.' }),
  created_before: timestamp.optional().meta({ description: 'This moment or earlier.' }),
  text: z
    .string()
    .trim()
    .max(200)
    .optional()
    .meta({
      description:
        'Ours: found in the name of the workflow, a parameter’s value, an error or the id, whatever its case; searches ' +
        'the newest 50,000 tasks.',
    }),
});

export const taskList = z
  .object({ task_list: z.array(taskDetail), page_meta: pageMeta })
  .meta({ id: 'TaskList' });

/** GET /r/tasks/{id}/result (spec 3.10). `outputs` is ours: every file; `task_output` is the documented summary. */
export const taskResult = z
  .object({
    id: uuid,
    task_status: taskStatus,
    task_output: z.object({ storage_key: z.string(), image_count: z.int() }).loose().nullable(),
    download_url: z
      .string()
      .nullable()
      .meta({ description: 'Signed address of the main file; good for an hour, needs no key.' }),
    download_urls: z.record(z.string(), z.string()).meta({
      description: 'Signed addresses by file name; a second file of one name is `name (2).png`.',
    }),
    task_error: z.string(),
    outputs: z.array(taskOutput),
    failure: taskFailure.nullable(),
  })
  .meta({ id: 'TaskResult' });
export type TaskResult = z.infer<typeof taskResult>;
