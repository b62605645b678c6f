import { z } from 'zod';
import { timestamp, uuid } from './common.ts';
import { taskStatus } from './tasks.ts';

/** Statistics of tasks and agents; all of it is ours. */
export const statisticsQuery = z.object({
  from: timestamp
    .optional()
    .meta({ description: 'This moment or later; 30 days before `to` when left out.' }),
  to: timestamp
    .optional()
    .meta({ description: 'Before this moment; now when left out. At most 366 days after `from`.' }),
  time_zone: z
    .string()
    .max(64)
    .default('UTC')
    .meta({ description: 'Where days begin, by its IANA name.', examples: ['Europe/Berlin'] }),
});
export type StatisticsQuery = z.output<typeof statisticsQuery>;

const seconds = z.number().nullable();
const spread = z
  .object({
    count: z.int(),
    median: seconds.meta({ description: 'Seconds; null when there is none.' }),
    p95: seconds.meta({ description: 'Seconds: 95 of 100 took no longer.' }),
  })
  .meta({ id: 'Spread' });
export type Spread = z.infer<typeof spread>;

const ends = {
  completed_count: z.int(),
  failed_count: z.int(),
  cancelled_count: z.int(),
};

export const taskStatistics = z
  .object({
    from: timestamp,
    to: timestamp,
    total_count: z.int().meta({ description: 'Tasks that were submitted in the window.' }),
    by_status: z.partialRecord(taskStatus, z.int()).meta({ description: 'Where they stand now.' }),
    run_time: spread.meta({
      description: 'Of completed ones, from the start to the end of the attempt that counted.',
    }),
    waiting_time: spread.meta({ description: 'From submission to that start, of all that began.' }),
    per_day: z.array(z.object({ day: z.iso.date(), ...ends })).meta({
      description:
        'By the day of submission, every day of the window; those that are not over are not in it.',
    }),
    per_workflow: z.array(
      z.object({ workflow_id: uuid, workflow_name: z.string(), ...ends, run_time: spread }),
    ),
    per_agent: z
      .array(z.object({ agent_id: z.string(), ...ends, run_time: spread }))
      .meta({ description: 'By the agent of the last attempt.' }),
  })
  .meta({ id: 'TaskStatistics' });
export type TaskStatistics = z.infer<typeof taskStatistics>;

export const agentStatistics = z
  .object({
    agent_id: z.string(),
    from: timestamp,
    to: timestamp,
    first_seen_at: timestamp,
    attempt_count: z.int().meta({ description: 'Attempts that ended in the window.' }),
    by_outcome: z.record(z.string(), z.int()).meta({
      description: 'How they ended: completed, failed, crashed, cancelled, declined, unsent, lost, timeout.',
      examples: [{ completed: 40, failed: 2 }],
    }),
    run_time: spread.meta({ description: 'Of completed ones.' }),
    busy_seconds: z.number().meta({ description: 'Time that the engine worked, all attempts together.' }),
    last_ended_at: timestamp.nullable(),
  })
  .meta({ id: 'AgentStatistics' });
export type AgentStatistics = z.infer<typeof agentStatistics>;
