import { z } from 'zod';

/** What a team keeps: files for tasks, what tasks made, the library, and what was announced but is not here yet. */
export const storageKinds = ['inputs', 'outputs', 'models', 'uploads'] as const;
export type StorageKind = (typeof storageKinds)[number];

const bytes = (description: string, example: number) => z.int().meta({ description, examples: [example] });

const kindUse = z
  .object({
    file_count: z.int().meta({ examples: [12] }),
    total_bytes: bytes('Bytes; a content that several files share counts for each of them.', 48_000_000),
  })
  .meta({ id: 'StorageUse' });

/** GET /storage; ours. */
export const storageReply = z
  .object({
    kinds: z.object({ inputs: kindUse, outputs: kindUse, models: kindUse, uploads: kindUse }).meta({
      description: '`uploads` are announced and not here yet.',
    }),
    used_bytes: bytes('All of it: what the quota is about.', 96_000_000),
    quota_bytes: bytes('-1 = unlimited.', -1),
    disk_free_bytes: bytes('Of the disk that the studio keeps its files on.', 250_000_000_000),
    disk_total_bytes: bytes('Of that disk.', 1_000_000_000_000),
  })
  .meta({ id: 'Storage' });
export type StorageReply = z.output<typeof storageReply>;

const days = z.union([z.literal(-1), z.int().min(1).max(3650)]);

export const retention = z
  .object({
    input_days: days.meta({
      description: 'Days after its last use that an input is kept; -1 = for ever.',
      examples: [1],
    }),
    output_days: days.meta({
      description: 'Days that an output is kept; -1 = for ever.',
      examples: [-1],
    }),
  })
  .meta({ id: 'Retention' });
export type Retention = z.output<typeof retention>;

export const updateRetentionRequest = retention.partial().meta({ id: 'UpdateRetentionRequest' });

export const cleanRequest = z
  .object({
    dry_run: z
      .boolean()
      .default(false)
      .meta({ description: 'true = only say what would go.', examples: [true] }),
  })
  .meta({ id: 'CleanRequest' });

export const cleanReply = z
  .object({
    inputs: z.int().meta({ description: 'Inputs that nobody used for too long.', examples: [4] }),
    outputs: z.int().meta({ description: 'Outputs past their time.', examples: [0] }),
    uploads: z.int().meta({ description: 'Uploads that were begun and given up.', examples: [1] }),
    freed_bytes: bytes('On the disk.', 48_000_000),
  })
  .meta({ id: 'CleanReply' });
export type CleanReply = z.output<typeof cleanReply>;
