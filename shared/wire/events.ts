import { z } from 'zod';
import { timestamp, uuid } from './common.ts';
import { taskFailure, taskOutput, taskStatus } from './tasks.ts';

/**
 * What `GET /r/tasks/{id}/events` sends (spec 5.2), one JSON object per `data:` line. `status`, `completed`, `failed`
 * and `cancelled` are stored, carry an `id:` and can be resumed with Last-Event-ID; `progress`, `preview` and `log`
 * are live only and carry none. `preview`, `log` and the fields after the documented ones are ours.
 */
const common = { task_id: uuid, timestamp };

export const taskEvents = {
  status: z.object({
    ...common,
    status: taskStatus,
    agent_id: z.string().optional(),
    /** Ours: what executes it, by the agent's name for it. */
    engine: z.string().optional(),
    reason: z.string().optional(),
    queue_position: z.int().optional(),
  }),
  progress: z.object({
    ...common,
    progress: z.number().min(0).max(1),
    current_node: z.string(),
    step_current: z.int(),
    step_total: z.int(),
    current_node_class: z.string().optional(),
    current_node_title: z.string().optional(),
    stage: z.string().optional(),
    message: z.string().optional(),
  }),
  preview: z.object({ ...common, content_type: z.string(), data_base64: z.string() }),
  /** `first_line` counts the lines of the task from 0, so that who joins later or twice can tell what it has. */
  log: z.object({ ...common, lines: z.array(z.string()), first_line: z.int() }),
  completed: z.object({
    ...common,
    status: z.literal('completed'),
    output: z.object({ storage_key: z.string(), image_count: z.int() }).loose().nullable(),
    outputs: z.array(taskOutput),
  }),
  failed: z.object({
    ...common,
    status: z.literal('failed'),
    error: z.string(),
    failure: taskFailure.nullable(),
    retry_task_id: uuid.optional(),
  }),
  cancelled: z.object({ ...common, status: z.literal('cancelled') }),
  error: z.object({ ...common, message: z.string() }),
} as const;

export type TaskEventName = keyof typeof taskEvents;
export type TaskEventData<Name extends TaskEventName = TaskEventName> = z.infer<(typeof taskEvents)[Name]>;
export type TaskEvent = {
  [Name in TaskEventName]: { event: Name; data: TaskEventData<Name> };
}[TaskEventName];

/** What the team-wide stream `GET /api/v1/events` (ours) sends beside task events. */
export const teamEvents = {
  agents_changed: z.object({ timestamp }),
  workflows_changed: z.object({ timestamp }),
  queue_changed: z.object({ timestamp }),
  tasks_changed: z.object({ timestamp }),
  engines_changed: z.object({ timestamp }),
  webhooks_changed: z.object({ timestamp }),
  models_changed: z.object({ timestamp }),
  /** Outputs were starred, deleted or restored; new ones come with their task's `completed`. */
  outputs_changed: z.object({ timestamp }),
} as const;
