import { z } from 'zod';
import { modelFacts } from '../models/facts.ts';
import { uuid } from '../wire/common.ts';

/** What the agent link says of models. */

/** A model that engines of the agent can load. */
export const modelInfo = z.object({
  /** Names it on this agent for as long as it lies where it lies. */
  id: z.string().max(40),
  /** Folder and name, as workflows name it: `checkpoints/sd/xl.safetensors`. */
  path: z.string().max(1024),
  /** Bytes; 0 where the engine of another machine does not tell. */
  size: z.number(),
  /** Milliseconds since 1970. */
  modified: z.number(),
  /** Which file of the machine it is: two names of one file have the same. */
  file: z.string().max(60).optional(),
  /** Of the whole file; left out until it has been read. */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  ...modelFacts.shape,
  /** The engines that see it. */
  engines: z.array(z.string().max(100)).max(64),
});
export type ModelInfo = z.infer<typeof modelInfo>;

/** The disk that models are fetched to. Bytes. */
export const modelDisk = z.object({ folder: z.string().max(1024), total: z.number(), free: z.number() });
export type ModelDisk = z.infer<typeof modelDisk>;

/** A model of the team's library that agents fetch. `url` is a path on the gateway, signed. */
export const wantedModel = z.object({
  id: uuid,
  path: z.string().max(512),
  size: z.int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  url: z.string(),
});
export type WantedModel = z.infer<typeof wantedModel>;

/**
 * Agent → gateway: what is different about the models, in pieces. After a welcome that did not resume all of them, then
 * what changed. The list is as the agent has it once a piece says that there is no `more`.
 */
export const modelsChanged = z.object({
  type: z.literal('models_changed'),
  seq: z.int().positive(),
  /** Forget what was said before. */
  anew: z.boolean(),
  more: z.boolean(),
  changed: z.array(modelInfo).max(500),
  /** Their ids. */
  removed: z.array(z.string().max(40)).max(500),
  /** Engines whose models are all in the list; of the others nobody knows. */
  known: z.array(z.string().max(100)).max(64),
  disk: modelDisk.optional(),
});

/** Agent → gateway: how far it has come with `sync_models`; all empty when there is nothing to do. */
export const syncState = z.object({
  type: z.literal('sync'),
  phase: z.enum(['', 'waiting', 'downloading', 'verifying', 'stuck']),
  detail: z.string().max(1000),
  percent: z.int().min(0).max(100),
  /** Paths that it is going to have. */
  fetching: z.array(z.string().max(512)).max(2000),
});

/** Agent → gateway: the signed addresses of `sync_models` are too old, say it again. */
export const wantModels = z.object({ type: z.literal('want_models') });

/** Gateway → agent: all models that it shall have, the most urgent first. After each welcome and at each change. */
export const syncModels = z.object({
  type: z.literal('sync_models'),
  models: z.array(wantedModel).max(2000),
});
