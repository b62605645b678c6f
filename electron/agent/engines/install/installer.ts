import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { crashWords } from '#shared/wire/crash.ts';
import { HttpClient } from '../../http.ts';
import { comfyUiProgram } from '../launch/comfyui-program.ts';
import { endRecorded } from '../process-record.ts';
import { versionOf } from '../registry/checkout.ts';
import type { LaunchableRecord } from '../registry/record.ts';
import type { EngineRegistry } from '../registry/registry.ts';
import { ServerProcess } from '../server-process.ts';
import { supervisorTimings } from '../supervisor.ts';
import type { StepContext } from './command.ts';
import { copyPacks, installPresent } from './copy.ts';
import { lockEngine } from './lock.ts';
import type { InstallPlan } from './plan.ts';
import {
  type InstallRequest,
  installRequest,
  type StepName,
  stepNames,
  stepsOf,
  stillDone,
} from './request.ts';
import { fetchSource } from './source.ts';
import {
  environmentPython,
  type InstallPlaces,
  installPlaces,
  installRequirements,
  installTorch,
  makeEnvironment,
} from './steps.ts';

export const installState = z.object({
  request: installRequest,
  /** Steps that are over; an install goes on with the first that is not among them. */
  done: z.array(z.enum(stepNames)),
});
export type InstallState = z.infer<typeof installState>;

const statePath = (folder: string): string => join(folder, 'install.json');

/** How far an earlier try came; `undefined` when there was none. */
export async function installStateOf(folder: string): Promise<InstallState | undefined> {
  const text = await readFile(statePath(folder), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : installState.parse(JSON.parse(text));
}

export interface InstallListener<Name extends string = StepName> {
  step(name: Name, state: 'begins' | 'was done before'): void;
  line(text: string): void;
}

/** Carries out a plan, step by step; each that is over is written down, so that a break costs one step at most. */
export async function install(
  plan: InstallPlan,
  registry: EngineRegistry,
  listener: InstallListener,
  signal: AbortSignal,
): Promise<LaunchableRecord> {
  const { id, copyOf } = plan.request;
  const { folder } = registry.files(id);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // A copy is a change of the engine that it is of.
  const changed = copyOf?.engine ?? id;
  const unlock = await lockEngine(registry.files(changed).folder, changed, copyOf ? 'updated' : 'installed');
  try {
    const places = placesOf(plan.request, registry);
    const recordPath = join(folder, 'step.json');
    // Of a try that was killed hard: two tools at once in one environment would spoil it.
    await endRecorded(recordPath, supervisorTimings.stopMs);
    const logPath = join(folder, 'install.log');
    const context: StepContext = { logPath, recordPath, signal, line: listener.line };
    const earlier = await installStateOf(folder);
    const done = new Set(earlier && stillDone(earlier.request, earlier.done, plan.request));
    await keepState(folder, { request: plan.request, done: [...done] });
    const record = await register(plan, places, registry);
    for (const name of stepsOf(plan.request)) {
      listener.step(name, done.has(name) ? 'was done before' : 'begins');
      if (done.has(name)) continue;
      await carryOut(name, plan, places, record, registry, context);
      done.add(name);
      await keepState(folder, { request: plan.request, done: [...done] });
    }
    const ready: LaunchableRecord = { ...record, state: 'ready', source: await versionOf(places.source) };
    await registry.save(ready);
    return ready;
  } finally {
    await unlock();
  }
}

/** A copy's source and environment lie from the first where they stay: an environment can't be moved. */
export function placesOf({ id, copyOf }: InstallRequest, registry: EngineRegistry): InstallPlaces {
  const places = installPlaces(registry.files(id).folder);
  if (!copyOf) return places;
  const version = join(registry.files(copyOf.engine).folder, 'versions', copyOf.version);
  return { ...places, source: join(version, 'source'), environment: join(version, 'environment') };
}

async function carryOut(
  name: StepName,
  plan: InstallPlan,
  places: InstallPlaces,
  record: LaunchableRecord,
  registry: EngineRegistry,
  context: StepContext,
): Promise<void> {
  switch (name) {
    case 'source':
      return fetchSource(plan, places, context);
    case 'environment':
      return makeEnvironment(plan, places, context);
    case 'torch':
      return installTorch(plan, places, context);
    case 'present packages':
      return installPresent(plan, places, context);
    case 'node packs':
      return copyPacks(plan, places, context);
    case 'requirements':
      return installRequirements(plan, places, context);
    case 'first start':
      return firstStart(record, places, registry, context);
  }
}

/** Known from the first step on, so that a broken install shows in the list and can be removed. */
async function register(
  plan: InstallPlan,
  places: InstallPlaces,
  registry: EngineRegistry,
): Promise<LaunchableRecord> {
  const { id, options, env, copyOf } = plan.request;
  const known = await registry.find(id);
  if (known && (known.kind !== 'install' || known.candidateOf !== copyOf?.engine))
    throw new Error(`"${id}" is the name of another engine. Choose one with --name.`);
  // The place of the program in an environment follows from the system.
  const windows = process.platform === 'win32';
  const python = join(places.environment, ...(windows ? ['Scripts', 'python.exe'] : ['bin', 'python']));
  const created = known?.created ?? new Date().toISOString();
  const record: LaunchableRecord = {
    ...{ id, kind: 'install', state: 'installing', created, path: places.source, python, base: places.base },
    // Without a GPU ComfyUI has to be told so.
    options: { ...options, ...(plan.torch.build === 'cpu' && !options.vram && { vram: 'cpu' as const }) },
    ...{ env, source: { version: '', commit: '' }, serves: known?.serves ?? false, apart: false },
    ...(copyOf && { candidateOf: copyOf.engine }),
  };
  await (known ? registry.save(record) : registry.add(record));
  return record;
}

/** The proof: it comes up, answers, and ends again. */
async function firstStart(
  record: LaunchableRecord,
  places: InstallPlaces,
  registry: EngineRegistry,
  { signal, line }: StepContext,
): Promise<void> {
  await environmentPython(places);
  await mkdir(join(places.base, 'custom_nodes'), { recursive: true });
  const http = new HttpClient();
  try {
    const program = comfyUiProgram(record, registry, http);
    await endRecorded(program.recordPath, supervisorTimings.stopMs);
    const server = await ServerProcess.launch(program, line);
    const url = await server.address(supervisorTimings, signal);
    if (!url && !signal.aborted) await server.giveUp();
    await server.end(supervisorTimings.stopMs);
    signal.throwIfAborted();
    if (!url) throw new Error(crashWords(await server.ended));
  } finally {
    http.close();
  }
}

export async function keepState(folder: string, state: InstallState): Promise<void> {
  const draft = `${statePath(folder)}.draft`;
  await writeFile(draft, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, statePath(folder));
}
