import { z } from 'zod';
import { uuid } from './common.ts';

/** Pairing a device (Cyberun spec 3.7). */
export const pairStartReply = z
  .object({
    device_code: z.string().meta({ description: 'The device’s own secret: it polls with it.' }),
    user_code: z.string().meta({ examples: ['AB7K-PNQ3'] }),
    verification_uri: z.string().meta({
      description: 'Where a signed-in person confirms the code.',
      examples: ['http://127.0.0.1:7788/desktop/pair?user_code=AB7K-PNQ3'],
    }),
    expires_in: z.int().meta({ description: 'Seconds.', examples: [300] }),
    interval: z.int().meta({ description: 'Seconds to wait between two polls.', examples: [2] }),
  })
  .meta({ id: 'PairStartResponse' });

export const pairConfirmRequest = z
  .object({
    user_code: z
      .string()
      .min(1)
      .max(32)
      .meta({ description: 'In any case, with or without dashes and spaces.', examples: ['ab7k pnq3'] }),
    device_name: z
      .string()
      .trim()
      .max(100)
      .optional()
      .meta({ description: '“Desktop (paired YYYY-MM-DD)” when left out.' }),
  })
  .meta({ id: 'PairConfirmRequest' });

export const pairPollRequest = z
  .object({ device_code: z.string().min(1).max(200) })
  .meta({ id: 'PairPollRequest' });

export const pairPollReply = z
  .object({
    status: z.enum(['pending', 'approved']),
    raw_key: z.string().optional().meta({ description: 'The device key (`dk-`), in this reply only.' }),
    agent_raw_key: z
      .string()
      .optional()
      .meta({ description: 'An agent key (`ak-`) for this machine; it ends with the device key.' }),
    team_id: uuid.optional(),
  })
  .meta({ id: 'PairPollResponse', description: '`agent_raw_key` and `team_id` are ours.' });
export type PairPollReply = z.infer<typeof pairPollReply>;
