import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { extname, join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pino } from 'pino';
import type { Graph } from '#shared/comfy/graph.ts';
import type { ObjectInfo } from '#shared/comfy/object-info.ts';
import type { EngineFile, EngineOutput } from '#shared/comfy/outputs.ts';
import { outputKind } from '#shared/output-kinds.ts';
import type { ImportedPack } from '#shared/wire/engines.ts';
import { pause } from '../../back-off.ts';
import { HttpClient } from '../../http.ts';
import { ComfyUiEngine } from '../comfyui/comfyui-engine.ts';
import type { SystemStats } from '../comfyui/wire.ts';
import type { EngineRun, RunEnd } from '../engine.ts';
import { trialBase } from '../install/copy.ts';
import { comfyUiProgram } from '../launch/comfyui-program.ts';
import { offeredOptions } from '../launch/offered.ts';
import { LaunchStages } from '../launch/stages.ts';
import type { LaunchableRecord } from '../registry/record.ts';
import { engineFiles } from '../registry/registry.ts';
import type { ServerSource } from '../server-source.ts';
import { Supervisor, supervisorTimings } from '../supervisor.ts';
import type { CanaryOutput, CanaryRun } from './report.ts';

/** A workflow to try: ready to run, or made so from what the engine tells of its nodes, as the editor does it. */
export interface Canary {
  readonly name: string;
  readonly graph: Graph | ((nodeInfo: ObjectInfo) => Graph);
}

export interface TrialPlace {
  /** What belongs to this trial: process record, log, base. */
  readonly folder: string;
  /** Where outputs are kept, and the folder of the report from which they are named. */
  readonly outputs: string;
  readonly report: string;
  readonly sharedModels: string;
  /** The engine's own, to be read. */
  readonly models: string;
  readonly input: string;
  /** Its node packs, where the trial has none of its own. */
  readonly packs?: string;
}

export interface Trial {
  /** How the node packs' import went. */
  readonly packs: readonly ImportedPack[];
  readonly runs: readonly CanaryRun[];
}

export interface TrialOptions {
  readonly signal: AbortSignal;
  /** Tells before each run. */
  begins(canary: string): void;
  /** Milliseconds that a run may take. */
  limitMs(index: number): number | undefined;
}

/** One start again after a crash: the next canary may be well. */
const timings = { ...supervisorTimings, loopLimit: 2 };
const sampleMs = 500;

/** Starts an engine by itself, runs the canaries one after the other, and ends it. What it is to others stays as it is. */
export async function tryOut(
  record: LaunchableRecord,
  canaries: readonly Canary[],
  place: TrialPlace,
  options: TrialOptions,
): Promise<Trial> {
  const http = new HttpClient();
  const stages = new LaunchStages();
  const tried = await onTrial(record, place);
  const program = comfyUiProgram(
    tried,
    { files: () => engineFiles(place.folder), sharedModels: place.sharedModels },
    http,
  );
  const log = pino({ level: 'silent' });
  const engine = new ComfyUiEngine({
    ...{ name: record.id, flavour: 'comfyui', clientId: randomUUID(), http, log },
    source: watched(new Supervisor(program, log, timings), stages),
  });
  await mkdir(place.outputs, { recursive: true, mode: 0o700 });
  const runs: CanaryRun[] = [];
  try {
    await engine.start();
    for (const [index, canary] of canaries.entries()) {
      options.begins(canary.name);
      runs.push(await runOne(engine, canary, index, place, options));
      options.signal.throwIfAborted();
    }
    // Without a canary the start itself is the trial.
    if (canaries.length === 0) await engine.whenReady(options.signal).catch(() => undefined);
  } finally {
    await engine.stop();
    http.close();
  }
  return { packs: stages.report.packs, runs };
}

/** The record with a base and a database of its own. */
async function onTrial(record: LaunchableRecord, place: TrialPlace): Promise<LaunchableRecord> {
  const files = engineFiles(place.folder);
  const base = join(place.folder, 'base');
  const packs = place.packs && { custom_nodes: place.packs };
  await trialBase(base, { models: place.models, input: place.input, ...packs });
  const { flags } = await offeredOptions(record, files.offered);
  const { extra } = record.options;
  const flag = '--database-url';
  // Otherwise two of one source would share it, and it may be locked by the one that works.
  const own = flags[flag] && !extra.some((one) => one.startsWith(flag));
  await mkdir(join(base, 'user'), { recursive: true });
  const database = own ? [flag, `sqlite:///${join(base, 'user', 'comfyui.db')}`] : [];
  return { ...record, base, apart: false, options: { ...record.options, extra: [...extra, ...database] } };
}

/** The same source, with its lines read for the import of node packs. */
const watched = (source: ServerSource, stages: LaunchStages): ServerSource => ({
  ours: source.ours,
  start: (listener) =>
    source.start({
      up: (url) => listener.up(url),
      down: (report, final) => listener.down(report, final),
      line: (text) => {
        stages.line(text);
        listener.line(text);
      },
    }),
  stop: () => source.stop(),
  giveUp: (verdict) => source.giveUp(verdict),
  worked: () => source.worked(),
});

const failed = (reason: string, seconds = 0): CanaryRun => ({
  ...{ succeeded: false, reason, seconds, outputs: [] },
});

async function runOne(
  engine: ComfyUiEngine,
  canary: Canary,
  index: number,
  place: TrialPlace,
  options: TrialOptions,
): Promise<CanaryRun> {
  let graph: Graph;
  try {
    await engine.whenReady(options.signal);
    graph =
      typeof canary.graph === 'function' ? canary.graph(JSON.parse(await engine.nodeInfo())) : canary.graph;
  } catch (error) {
    options.signal.throwIfAborted();
    return failed((error as Error).message);
  }
  const over = new AbortController();
  const memory = peakVram(engine, over.signal);
  let began = Date.now();
  const quiet = { progress: () => undefined, preview: () => undefined, log: () => undefined };
  const started = (): void => {
    began = Date.now();
  };
  const run = engine.openRun(randomUUID(), graph, { ...quiet, started });
  await run.submit();
  const end = await endOf(run, options.limitMs(index), options.signal);
  const seconds = (Date.now() - began) / 1000;
  over.abort();
  const peak = await memory;
  const measured = { seconds, ...(peak !== undefined && { peak_vram: peak }) };
  switch (end.kind) {
    case 'succeeded':
      return {
        ...measured,
        succeeded: true,
        reason: '',
        outputs: await collect(engine, end.outputs, index, place),
      };
    case 'failed':
    case 'lost':
      return { ...failed(end.failure.message), ...measured };
    case 'interrupted':
      options.signal.throwIfAborted();
      return { ...failed(`It was not done after ${Math.round(seconds)} s and was stopped.`), ...measured };
  }
}

/** Waits for the end of a run, and stops it when it takes too long or nobody wants it any more. */
async function endOf(run: EngineRun, limitMs: number | undefined, signal: AbortSignal): Promise<RunEnd> {
  const stop = (): void => void run.interrupt();
  const timer = limitMs === undefined ? undefined : setTimeout(stop, limitMs);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    return await run.ended;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}

/** The most graphics memory in use on any of its GPUs while it ran, other programs included. */
async function peakVram(engine: ComfyUiEngine, over: AbortSignal): Promise<number | undefined> {
  let most: number | undefined;
  while (!over.aborted) {
    const stats = await statsOf(engine, over);
    for (const { type, vram_total: total, vram_free: free } of stats?.devices ?? []) {
      if (type !== 'cpu') most = Math.max(most ?? 0, total - free);
    }
    await pause(sampleMs, over);
  }
  return most;
}

async function statsOf(engine: ComfyUiEngine, signal: AbortSignal): Promise<SystemStats | undefined> {
  try {
    return await engine.client().systemStats(signal);
  } catch {
    // It is gone just now; how the run ends tells why.
    return undefined;
  }
}

async function collect(
  engine: ComfyUiEngine,
  outputs: readonly EngineOutput[],
  canary: number,
  place: TrialPlace,
): Promise<CanaryOutput[]> {
  const kept: CanaryOutput[] = [];
  for (const [index, output] of outputs.entries()) {
    if (output.kind === 'file') {
      kept.push(await collectFile(engine, output, join(place.outputs, `${canary + 1}-${index + 1}`), place));
      continue;
    }
    const sha256 = createHash('sha256').update(output.text).digest('hex');
    kept.push({ node_id: output.node_id, kind: 'text', name: '', sha256 });
  }
  return kept;
}

async function collectFile(
  engine: ComfyUiEngine,
  output: EngineFile,
  stem: string,
  place: TrialPlace,
): Promise<CanaryOutput> {
  const { body, contentType } = await engine.openOutput(output, AbortSignal.timeout(600_000));
  const path = stem + extname(output.filename).replace(/[^\w.]/g, '');
  const hash = createHash('sha256');
  body.on('data', (chunk: Buffer) => hash.update(chunk));
  await pipeline(body, createWriteStream(path, { mode: 0o600 }));
  return {
    ...{ node_id: output.node_id, name: output.filename, sha256: hash.digest('hex') },
    kind: outputKind(output.filename, contentType).kind,
    file: relative(place.report, path),
  };
}
