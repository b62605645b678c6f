import { z } from 'zod';
import { uuid } from './common.ts';
import { runRequest } from './tasks.ts';

/** More tasks than this in one request are a mistake more often than a wish. */
export const mostInBatch = 1000;

const range = z.object({ from: z.number(), to: z.number(), step: z.number() });
const values = z.record(z.string(), z.unknown());

/** POST /r/workflows/…/run-batch (ours). */
export const batchRequest = runRequest
  .extend({
    runs: z
      .array(values)
      .min(1)
      .max(mostInBatch)
      .optional()
      .meta({
        description: 'One task each; its values go over those of `parameters`.',
        examples: [[{ prompt: 'dawn' }, { prompt: 'dusk' }]],
      }),
    sweep: z
      .record(z.string(), z.union([z.array(z.unknown()).min(1).max(mostInBatch), range]))
      .optional()
      .meta({
        description: 'Every combination of these: a list or a range (both ends included) per parameter.',
        examples: [{ sampler: ['euler', 'dpmpp_2m'], width: { from: 512, to: 1024, step: 256 } }],
      }),
    dry_run: z
      .boolean()
      .default(false)
      .meta({ description: 'Check everything and tell the count; run nothing.' }),
  })
  .refine(({ runs, sweep }) => (runs === undefined) !== (sweep === undefined), 'give either runs or sweep')
  .meta({ id: 'BatchRequest' });
export type BatchRequest = z.infer<typeof batchRequest>;

export const batchReply = z
  .object({
    task_count: z.int(),
    task_ids: z.array(uuid).meta({ description: 'In order; none of a dry run.' }),
  })
  .meta({ id: 'BatchReply' });
