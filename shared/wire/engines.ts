import { z } from 'zod';
import { timestamp } from './common.ts';

/**
 * The engines of an agent's machine, as the agent reports them and the desk manages them. Ours entirely: the agent link
 * (`shared/link/protocol.ts`) and the API (`/agents/{agent_id}/engines…`) carry the same shapes.
 * Sizes in bytes unless a name says otherwise.
 */

export const engineId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'lower-case letters, digits and hyphens, 63 at most')
  .meta({ description: 'The engine’s name on its agent.', examples: ['comfyui'] });

export const engineKinds = ['starter', 'attach', 'adopt', 'install'] as const;
export const engineKind = z.enum(engineKinds).meta({
  description:
    '`starter`: built in; `attach`: run by others; `adopt`: a folder of others that Atelier launches; ' +
    '`install`: made by Atelier.',
});
export type EngineKind = z.infer<typeof engineKind>;

/** How a ComfyUI is launched, as a form can show it. What is left out is ComfyUI's own choice. */
export const launchOptions = z
  .object({
    vram: z.enum(['gpu-only', 'highvram', 'normalvram', 'lowvram', 'novram', 'cpu']).optional(),
    preview: z.enum(['none', 'auto', 'latent2rgb', 'taesd']).default('auto'),
    attention: z.enum(['split-cross', 'quad-cross', 'pytorch-cross', 'sage', 'flash']).optional(),
    precision: z.enum(['force-fp32', 'force-fp16']).optional(),
    device: z
      .int()
      .nonnegative()
      .optional()
      .meta({ description: 'The only GPU it sees, by number: one engine per GPU.' }),
    reserve_vram: z
      .number()
      .nonnegative()
      .optional()
      .meta({ description: 'GB that stay free for other programs.' }),
    idle_free_s: z
      .int()
      .nonnegative()
      .max(604_800)
      .default(0)
      .meta({ description: 'Seconds without work after which its models are unloaded; 0 = never.' }),
    hang_s: z
      .union([z.literal(0), z.int().min(60).max(86_400)])
      .default(900)
      .meta({
        description:
          'Seconds after which a run that neither tells anything nor computes counts as hung and is ended: from a ' +
          'minute to a day; 0 = never.',
      }),
    extra: z
      .array(z.string().max(1000))
      .max(100)
      .default([])
      .meta({ description: 'As one would type them after `main.py`.', examples: [['--fast']] }),
  })
  .meta({ id: 'LaunchOptions' });
export type LaunchOptions = z.infer<typeof launchOptions>;

/** How far a ComfyUI's start has come, in this order. */
export const launchStages = ['python', 'torch', 'node packs', 'server', 'ready'] as const;

/** A node pack as the last start took it. */
export const importedPack = z.object({
  name: z.string().meta({ description: 'Its folder or file.' }),
  seconds: z.number(),
  failed: z.boolean(),
  error: z.string().optional().meta({ description: 'The last line of what stopped it.' }),
});
export type ImportedPack = z.infer<typeof importedPack>;

export const launchReport = z
  .object({
    stage: z.enum(launchStages),
    python: z.string(),
    torch: z.string(),
    device: z.string(),
    version: z.string(),
    packs: z.array(importedPack),
  })
  .meta({ id: 'LaunchReport' });
export type LaunchReport = z.infer<typeof launchReport>;

export const jobKinds = ['install', 'update', 'restore', 'pack'] as const;
export const engineJob = z
  .object({
    kind: z.enum(jobKinds),
    title: z.string().meta({ description: 'What it does, for people.', examples: ['Installing ComfyUI'] }),
    state: z.enum(['running', 'failed', 'done']),
    steps: z.array(z.object({ name: z.string(), state: z.enum(['waiting', 'running', 'done', 'failed']) })),
    line: z.string().meta({ description: 'The last line that a tool printed.' }),
    error: z.string().meta({ description: 'Why it failed and what to do; empty unless it has failed.' }),
    started_at: timestamp,
  })
  .meta({ id: 'EngineJob', description: 'Something long that is being done to an engine, or was last.' });
export type EngineJob = z.infer<typeof engineJob>;

/** A device as the engine that computes on it tells it: what it may see, counted as it counts. */
export const engineDevice = z.object({
  name: z.string(),
  type: z.string(),
  index: z.int().optional(),
  vram_total: z.number(),
  vram_free: z.number(),
  torch_vram_total: z.number().optional().meta({ description: 'What PyTorch holds for this engine.' }),
  torch_vram_free: z.number().optional().meta({ description: 'How much of that lies idle.' }),
});
export type EngineDevice = z.infer<typeof engineDevice>;

/** A new version that was made beside an engine and waits to be taken or thrown away. */
export const engineCandidate = z
  .object({
    version: z.string(),
    commit: z.string(),
    state: z.enum(['preparing', 'ready']),
    verdict: z.enum(['untried', 'safe', 'look', 'broken']),
    canaries: z.array(
      z.object({
        name: z.string(),
        verdict: z.enum(['same', 'differs', 'broken', 'was broken before', 'mended']),
        words: z.string().meta({ description: 'What differs or why it failed, for people.' }),
        duration_ratio: z.number().optional().meta({ description: 'New ÷ old.' }),
      }),
    ),
  })
  .meta({ id: 'EngineCandidate' });
export type EngineCandidate = z.infer<typeof engineCandidate>;

export const engineStates = ['incomplete', 'stopped', 'starting', 'ready', 'crashed'] as const;

/** One engine as its agent reports it. */
export const engineCard = z.object({
  engine_id: engineId,
  kind: engineKind,
  place: z.string().meta({ description: 'Its folder, or the address of one that others run.' }),
  state: z.enum(engineStates).meta({
    description:
      '`incomplete`: not wholly installed. `crashed` starts again by itself unless the reason says not.',
  }),
  reason: z.string().meta({ description: 'Why it is not ready, in words; empty when ready or stopped.' }),
  cause: z.string().optional().meta({ description: 'The kind of crash, for programs.' }),
  fix: z.string().optional().meta({ description: 'What to do about it.' }),
  pack: z.string().optional().meta({ description: 'The node pack that had a hand in it.' }),
  serves: z.boolean().meta({ description: 'It takes tasks, and starts with Atelier.' }),
  version: z.string(),
  commit: z.string(),
  pytorch_version: z.string(),
  python: z.string(),
  url: z.string().meta({ description: 'Where it answers; empty while it does not.' }),
  pid: z.int().nullable(),
  devices: z.array(engineDevice),
  queue_remaining: z.int().nullable().meta({ description: 'What waits and runs in it; null while unknown.' }),
  running_tasks: z.int(),
  options: launchOptions.nullable().meta({ description: 'Null for what Atelier does not launch.' }),
  starting_since: timestamp
    .nullable()
    .meta({ description: 'When its present start began; null unless it is starting.' }),
  launch: launchReport
    .nullable()
    .meta({ description: 'The present or last start; null when there was none.' }),
  job: engineJob.nullable(),
  candidate: engineCandidate.nullable(),
  can_switch_back: z.boolean().meta({ description: 'The version before the last update is still there.' }),
});
export type EngineCard = z.infer<typeof engineCard>;

/** All of an agent's engines. */
export const engineReport = z.object({
  managed: z.boolean().meta({ description: 'The agent lets its gateway manage its engines.' }),
  engines: z.array(engineCard).max(200),
});
export type EngineReport = z.infer<typeof engineReport>;

export const engineSettings = z
  .object({
    options: launchOptions,
    env_names: z.array(z.string()).meta({ description: 'Names only: values may be secrets.' }),
    offered: z
      .record(z.string(), z.array(z.string()))
      .meta({ description: 'Every option of this very ComfyUI, with its choices if it has any.' }),
  })
  .meta({ id: 'EngineSettings' });
export type EngineSettings = z.infer<typeof engineSettings>;

export const updateEngineRequest = z
  .object({
    options: launchOptions.optional(),
    env: z
      .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string().max(10_000).nullable())
      .optional()
      .meta({ description: 'Variables to set; null takes one away; others stay.' }),
    serves: z.boolean().optional(),
  })
  .meta({ id: 'UpdateEngine' });
export type UpdateEngineRequest = z.infer<typeof updateEngineRequest>;

export const logLevels = ['all', 'warning', 'error'] as const;
export const logQuery = z.object({
  lines: z.coerce.number().int().min(1).max(5000).default(500),
  search: z.string().max(200).optional(),
  level: z.enum(logLevels).default('all').meta({ description: '`warning` shows warnings and errors.' }),
  after: z.coerce
    .number()
    .int()
    .nonnegative()
    .optional()
    .meta({ description: 'Only what was written after this place: `next` of the last reply.' }),
});
export type LogQuery = z.infer<typeof logQuery>;

export const engineLog = z
  .object({
    lines: z.array(z.object({ text: z.string(), level: z.enum(['info', 'warning', 'error']) })),
    next: z.int().meta({ description: 'Give it as `after` to read on.' }),
    reset: z
      .boolean()
      .meta({ description: 'The log began anew since `after`: these lines replace the old ones.' }),
  })
  .meta({ id: 'EngineLog' });
export type EngineLog = z.infer<typeof engineLog>;

export const engineItem = engineCard
  .extend({ agent_id: z.string() })
  .meta({ id: 'Engine', description: 'An engine of a connected agent.' });
export type EngineItem = z.infer<typeof engineItem>;

export const engineList = z
  .object({
    engine_list: z.array(engineItem),
    agent_list: z
      .array(z.object({ agent_id: z.string(), managed: z.boolean() }))
      .meta({ description: 'Connected agents, and whether their engines may be managed from here.' }),
  })
  .meta({ id: 'EngineList' });
export type EngineList = z.infer<typeof engineList>;

export const removedEngineReply = z
  .object({
    is_success: z.literal(true),
    kept_at: z.string().nullable().meta({
      description:
        'What was the user’s and lay in Atelier’s own folder of it is kept here; null when there was none.',
    }),
  })
  .meta({ id: 'RemovedEngine' });

export const engineIdReply = z.object({ engine_id: engineId }).meta({ id: 'EngineIdReply' });
