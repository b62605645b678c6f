import { z } from 'zod';
import { timestamp } from './common.ts';

/** What a studio says of itself; all of it is ours. */
export const studioFacts = z
  .object({
    gateway_id: z.string().meta({ description: 'Names this studio, the same for ever.' }),
    version: z.string(),
    started_at: timestamp,
    addresses: z.array(z.string()).meta({
      description: 'Where it answers, the machine’s own address first.',
      examples: [['http://127.0.0.1:7788']],
    }),
    open_to_network: z.boolean().meta({ description: 'Other machines reach it, not only its own.' }),
    platform: z.string().meta({ examples: ['linux x64'] }),
    disk: z
      .object({ free: z.number(), total: z.number() })
      .nullable()
      .meta({ description: 'Bytes of the disk with the data folder; null where the system does not tell.' }),
    data_folder: z
      .string()
      .nullable()
      .meta({ description: 'Told to the person whose studio it is; null for all others.' }),
  })
  .meta({ id: 'StudioFacts' });
export type StudioFacts = z.infer<typeof studioFacts>;
