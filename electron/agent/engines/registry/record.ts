import { z } from 'zod';
import { launchOptions } from '#shared/wire/engines.ts';

/** An engine of a data folder as `engines/<id>.json` keeps it. */
const named = {
  /** Its name on the command line and its folder: lower-case letters, digits, hyphens. */
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/),
  created: z.iso.datetime(),
  /** It takes tasks, and starts with Atelier. */
  serves: z.boolean().default(false),
};

/** Where a source came from; empty strings where it is not known. */
export const sourceVersion = z.object({
  version: z.string().default(''),
  commit: z.string().default(''),
});
export type SourceVersion = z.infer<typeof sourceVersion>;

/** Somebody else runs it; we only talk to it. */
const attached = z.object({
  ...named,
  kind: z.literal('attach'),
  url: z.url({ protocol: /^https?$/ }),
  headers: z.record(z.string(), z.string()).default({}),
  state: z.literal('ready').default('ready'),
});

const launchable = {
  ...named,
  /** The folder with `main.py`, and the program that runs it. */
  path: z.string().min(1),
  python: z.string().min(1),
  /** Where its node packs, inputs and outputs lie; its own folder when left out. */
  base: z.string().min(1).optional(),
  /** Another engine runs from the same folders, so its own inputs, outputs and database lie apart. */
  apart: z.boolean().default(false),
  options: launchOptions.prefault({}),
  /** Added to the filtered environment. */
  env: z.record(z.string(), z.string()).default({}),
  source: sourceVersion.prefault({}),
};

/** A folder that others made: launched as it is, never changed. */
const adopted = z.object({
  ...launchable,
  kind: z.literal('adopt'),
  state: z.literal('ready').default('ready'),
});

/** A folder that we made, in `engines/<id>/`. */
const installed = z.object({
  ...launchable,
  kind: z.literal('install'),
  state: z.enum(['installing', 'ready']),
  /** The engine that this one is an update of, on trial beside it; it is no engine of its own. */
  candidateOf: z.string().optional(),
});

const starter = z.object({
  ...named,
  kind: z.literal('starter'),
  state: z.literal('ready').default('ready'),
});

export const engineRecord = z.discriminatedUnion('kind', [attached, adopted, installed, starter]);
export type EngineRecord = z.infer<typeof engineRecord>;
export type InstalledRecord = Extract<EngineRecord, { kind: 'install' }>;
export type LaunchableRecord = Extract<EngineRecord, { kind: 'adopt' | 'install' }>;

export const isCandidate = (record: EngineRecord): boolean =>
  record.kind === 'install' && record.candidateOf !== undefined;

export const isLaunchable = (record: EngineRecord): record is LaunchableRecord =>
  record.kind === 'adopt' || record.kind === 'install';
