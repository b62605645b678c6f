import { z } from 'zod';
import { engineId, launchOptions } from './engines.ts';

/** The three ways to an engine: attach, adopt, install. Ours entirely; sizes in bytes. */

/** A ComfyUI that was found on the machine; only proposed. */
export const foundEngine = z
  .object({
    path: z.string(),
    python: z.string().nullable().meta({ description: 'The Python beside it; null = name one.' }),
    base: z.string().nullable().meta({ description: 'Where its node packs and outputs lie, if elsewhere.' }),
    origin: z.string().meta({ examples: ['git checkout'] }),
    version: z.string(),
    known_as: z.string().nullable().meta({ description: 'The engine that already uses this folder.' }),
  })
  .meta({ id: 'FoundEngine' });
export type FoundEngine = z.infer<typeof foundEngine>;

const environment = z
  .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string().max(10_000))
  .meta({ description: 'Added to the filtered environment. Values are never told again.' });

export const torchBuilds = ['cuda', 'rocm', 'xpu', 'mps', 'cpu'] as const;

/** What to install; all but the name may be left out. */
export const installWish = z
  .object({
    kind: z.literal('install'),
    engine_id: engineId.optional().meta({ description: 'A free name is chosen when left out.' }),
    source: z
      .string()
      .min(1)
      .max(2000)
      .optional()
      .meta({ description: 'A git address, a local repository, or an archive (path or address).' }),
    commit: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .meta({ description: 'Commit, tag or branch; newest when left out.' }),
    torch: z
      .enum(torchBuilds)
      .optional()
      .meta({ description: 'Found out by looking at the machine when left out.' }),
    torch_index: z
      .string()
      .max(2000)
      .nullable()
      .optional()
      .meta({ description: 'Where PyTorch comes from; null = where other packages come from.' }),
    torch_packages: z.array(z.string().min(1).max(200)).max(20).optional(),
    python: z.string().min(1).max(1000).optional(),
    skip: z.array(z.string().max(200)).max(100).optional(),
    with: z.array(z.string().max(200)).max(100).optional(),
    options: launchOptions.optional(),
    env: environment.optional(),
  })
  .meta({ id: 'InstallWish' });
export type InstallWish = z.infer<typeof installWish>;

export const attachWish = z
  .object({
    kind: z.literal('attach'),
    engine_id: engineId.optional(),
    url: z.url({ protocol: /^https?$/ }),
    headers: z
      .record(z.string().regex(/^[A-Za-z0-9-]+$/), z.string().max(10_000))
      .optional()
      .meta({ description: 'Sent with every request. Never told again.' }),
  })
  .meta({ id: 'AttachWish' });

export const adoptWish = z
  .object({
    kind: z.literal('adopt'),
    engine_id: engineId.optional(),
    path: z.string().min(1).max(2000),
    python: z.string().min(1).max(2000).optional(),
    base: z.string().min(1).max(2000).optional(),
    options: launchOptions.optional(),
    env: environment.optional(),
  })
  .meta({ id: 'AdoptWish' });

export const addEngineRequest = z
  .discriminatedUnion('kind', [attachWish, adoptWish, installWish])
  .meta({ id: 'AddEngine' });
export type AddEngineRequest = z.infer<typeof addEngineRequest>;

/** What an install would do; nothing has been done. */
export const installPlanReply = z
  .object({
    engine_id: engineId,
    folder: z.string(),
    source: z.string(),
    source_kind: z.enum(['git', 'archive']),
    commit: z.string().nullable().meta({ description: 'Null = the newest.' }),
    python: z.object({ version: z.string(), executable: z.string() }).nullable(),
    installer: z.string(),
    torch: z.object({
      build: z.enum(torchBuilds),
      why: z.string(),
      index: z.string().nullable(),
      packages: z.array(z.string()),
    }),
    disk_needed: z.number(),
    disk_free: z.number(),
    minutes: z.number().meta({ description: 'A guess for a line of 100 Mbit/s.' }),
    done_before: z.array(z.string()).meta({ description: 'Steps of an earlier try that still hold.' }),
    problems: z.array(z.string()).meta({ description: 'What stands in the way, each with what to do.' }),
  })
  .meta({ id: 'InstallPlan' });
export type InstallPlanReply = z.infer<typeof installPlanReply>;

export const foundList = z.object({ found: z.array(foundEngine) }).meta({ id: 'FoundEngineList' });
