import { z } from 'zod';
import { timestamp } from './common.ts';

/** GET /r/tasks/{id}/log; all of it is ours. */
export const logFormats = ['json', 'text', 'jsonl'] as const;
export const leastLevels = ['info', 'warning', 'error'] as const;

export const taskLogQuery = z.object({
  format: z.enum(logFormats).default('json').meta({
    description:
      '`text`: the lines as they were said; `jsonl`: one JSON object to a line; both without limit.',
  }),
  level: z.enum(leastLevels).default('info').meta({ description: 'This level or a graver one.' }),
  search: z.string().max(200).optional().meta({ description: 'Found in the line, whatever its case.' }),
  after: z.coerce
    .number()
    .int()
    .min(0)
    .max(2_147_483_647)
    .optional()
    .meta({ description: 'From this line number on: `next` of the reply before.' }),
});
export type TaskLogQuery = z.infer<typeof taskLogQuery>;

export const taskLogLine = z
  .object({
    line: z.int().meta({ description: 'Its number, from 0, over all attempts of the task.' }),
    at: timestamp.meta({ description: 'When it came in; lines of one moment came together.' }),
    level: z.enum(leastLevels),
    attempt: z.int().meta({ description: 'Which attempt said it, from 1.' }),
    text: z.string(),
  })
  .meta({ id: 'TaskLogLine' });
export type TaskLogLine = z.infer<typeof taskLogLine>;

export const taskLog = z
  .object({
    lines: z.array(taskLogLine),
    next: z.int().meta({ description: 'The number that the next line will have.' }),
    dropped_lines: z.int().meta({
      description:
        'So many of the oldest lines are gone: a task keeps its last 5,000 lines, or 1 MB of them.',
    }),
  })
  .meta({ id: 'TaskLog' });
export type TaskLog = z.infer<typeof taskLog>;
