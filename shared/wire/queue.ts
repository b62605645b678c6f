import { z } from 'zod';
import { timestamp, uuid } from './common.ts';

/** The line of a team's tasks; all of it is ours. */
export const queueState = z
  .object({
    paused: z.boolean().meta({ description: 'No waiting task is started; what runs goes on.' }),
    paused_at: timestamp.nullable(),
    waiting_count: z.int().meta({ description: 'Tasks that stand in line.' }),
    running_count: z.int().meta({ description: 'Tasks that an agent has.' }),
  })
  .meta({ id: 'QueueState' });
export type QueueState = z.infer<typeof queueState>;

export const priorityRequest = z
  .object({
    priority: z
      .int()
      .min(-100)
      .max(100)
      .meta({ description: 'Higher runs first.', examples: [10] }),
  })
  .meta({ id: 'PriorityRequest' });

export const priorityReply = z.object({ id: uuid, priority: z.int() }).meta({ id: 'PriorityReply' });

/** Where to: directly before or after another task that stands in line. */
export const moveRequest = z
  .object({ before: uuid.optional(), after: uuid.optional() })
  .refine(
    ({ before, after }) => (before === undefined) !== (after === undefined),
    'give either before or after',
  )
  .meta({ id: 'MoveRequest' });

/** Which tasks to cancel: those named, or all open ones, of one workflow or of the team. */
export const cancelManyRequest = z
  .object({
    task_ids: z.array(uuid).min(1).max(1000).optional(),
    workflow_id: uuid.optional().meta({ description: 'All open tasks of this workflow.' }),
    all: z.literal(true).optional().meta({ description: 'All open tasks of the team.' }),
  })
  .refine(
    (request) => Object.values(request).filter((value) => value !== undefined).length === 1,
    'give exactly one of task_ids, workflow_id and all',
  )
  .meta({ id: 'CancelManyRequest' });
export type CancelManyRequest = z.infer<typeof cancelManyRequest>;

export const cancelManyReply = z
  .object({
    cancelled_count: z.int().meta({ description: 'Those that were over already are not counted.' }),
    not_found: z.array(uuid).meta({ description: 'Ids of `task_ids` that are no task of this team.' }),
  })
  .meta({ id: 'CancelManyReply' });
