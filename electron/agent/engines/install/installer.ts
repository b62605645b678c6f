import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { crashWords } from '#shared/wire/crash.ts';
import { HttpClient } from '../../http.ts';
import { comfyUiProgram } from '../launch/comfyui-program.ts';
import { takeLock } from '../lock.ts';
import { versionOf } from '../registry/checkout.ts';
import type { LaunchableRecord } from '../registry/record.ts';
import type { EngineRegistry } from '../registry/registry.ts';
import { ServerProcess } from '../server-process.ts';
import { supervisorTimings } from '../supervisor.ts';
import type { StepContext } from './command.ts';
import type { InstallPlan } from './plan.ts';
import { installRequest, type StepName, stepNames, stillDone } from './request.ts';
import {
  environmentPython,
  fetchSource,
  type InstallPlaces,
  installPlaces,
  installRequirements,
  installTorch,
  makeEnvironment,
} from './steps.ts';

const installState = z.object({
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
  const { id } = plan.request;
  const { folder } = registry.files(id);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const taken = (pid: string): string => `"${id}" is being installed already, by process ${pid}.`;
  const unlock = await takeLock(join(folder, 'install.lock'), taken);
  try {
    const places = installPlaces(folder);
    const context: StepContext = { logPath: join(folder, 'install.log'), signal, line: listener.line };
    const earlier = await installStateOf(folder);
    const done = new Set(earlier && stillDone(earlier.request, earlier.done, plan.request));
    await keepState(folder, { request: plan.request, done: [...done] });
    const record = await register(plan, places, registry);
    for (const name of stepNames) {
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
  const { id, options, env } = plan.request;
  const known = await registry.find(id);
  if (known && known.kind !== 'install')
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
    const server = await ServerProcess.launch(comfyUiProgram(record, registry, http), line);
    const url = await server.address(supervisorTimings, signal);
    if (!url && !signal.aborted) await server.giveUp();
    await server.end(supervisorTimings.stopMs);
    signal.throwIfAborted();
    if (!url) throw new Error(crashWords(await server.ended));
  } finally {
    http.close();
  }
}

async function keepState(folder: string, state: InstallState): Promise<void> {
  const draft = `${statePath(folder)}.draft`;
  await writeFile(draft, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, statePath(folder));
}
