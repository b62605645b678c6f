import { copyFile, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { type InstallState, installState, installStateOf, keepState } from '../install/installer.ts';
import { type Doing, lockEngine, lockPacks } from '../install/lock.ts';
import { endRecorded, runningProcess } from '../process-record.ts';
import {
  engineRecord,
  type InstalledRecord,
  isLaunchable,
  type LaunchableRecord,
} from '../registry/record.ts';
import type { EngineRegistry } from '../registry/registry.ts';
import { takeSnapshot } from '../snapshots/snapshots.ts';
import { supervisorTimings } from '../supervisor.ts';
import { reportIn, reportPath } from './report.ts';

const kept = z.object({ record: engineRecord, install: installState.optional() });

/** The two versions of the last switch, either of which may be the engine of now: one step back, or forward again. */
const versionPair = z.object({
  versions: z.tuple([kept, kept]),
  switched: z.iso.datetime(),
});

export interface KeptVersion {
  readonly record: LaunchableRecord;
  readonly install?: InstallState | undefined;
}

const pairPath = (folder: string): string => join(folder, 'versions.json');

/** Where "one step back" leads; `undefined` when nothing was switched. */
export async function previousOf(id: string, registry: EngineRegistry): Promise<KeptVersion | undefined> {
  const text = await readFile(pairPath(registry.files(id).folder), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const { versions } = versionPair.parse(JSON.parse(text));
  const now = await registry.get(id);
  // A crash came between the note and the switch: the other one is still the update on trial.
  const candidate = await registry.candidateOf(id);
  for (const { record, install } of versions) {
    if (!isLaunchable(record) || !isLaunchable(now)) continue;
    if (record.path !== now.path && record.path !== candidate?.path) return { record, install };
  }
  return undefined;
}

async function pathsIn(folder: string): Promise<string[]> {
  const text = await readFile(pairPath(folder), 'utf8').catch(() => undefined);
  const { versions } = text === undefined ? { versions: [] } : versionPair.parse(JSON.parse(text));
  return versions.flatMap(({ record }) => (isLaunchable(record) ? [record.path] : []));
}

async function keepPair(folder: string, one: KeptVersion, other: KeptVersion): Promise<void> {
  const pair = { versions: [one, other], switched: new Date().toISOString() };
  const draft = `${pairPath(folder)}.draft`;
  await writeFile(draft, `${JSON.stringify(pair, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, pairPath(folder));
}

/** Ends a switch that a crash cut off: the update is the engine already, only its trial is left to be cleared away. */
export async function settle(id: string, registry: EngineRegistry): Promise<void> {
  const candidate = await registry.candidateOf(id);
  const now = await registry.find(id);
  if (!candidate || !now || !isLaunchable(now) || candidate.path !== now.path) return;
  const made = await installStateOf(registry.files(candidate.id).folder);
  if (made) await keepState(registry.files(id).folder, ofEngine(made, id));
  await clear(id, candidate, registry);
}

/**
 * The update becomes the engine. Source and environment change at one stroke, with the record; its folder of node packs,
 * inputs, outputs and settings stays the one it was. The old version stays whole for `switchBack`.
 */
export async function switchTo(
  candidate: InstalledRecord,
  registry: EngineRegistry,
  insist = false,
): Promise<LaunchableRecord> {
  const id = candidate.candidateOf ?? '';
  return changing(id, registry, 'updated', async (now) => {
    const files = registry.files(candidate.id);
    if (candidate.state !== 'ready') throw new Error(`The update of "${id}" is not wholly prepared yet.`);
    if (!insist) await refuseBroken(candidate, registry);
    await discardPrevious(id, registry);
    await takeSnapshot(
      now,
      registry.files(id).snapshots,
      `before the update to ${candidate.source.version || candidate.source.commit}`,
    );
    await carryDatabase(now.path, candidate.path);
    const made = await installStateOf(files.folder);
    const record = { ...candidate, base: now.base ?? now.path };
    const next = await become(now, { record, install: made && ofEngine(made, id) }, registry);
    await clear(id, candidate, registry);
    return next;
  });
}

/** What was tried and broke is taken only by those who insist. */
export async function refuseBroken(candidate: InstalledRecord, registry: EngineRegistry): Promise<void> {
  const report = await reportIn(registry.files(candidate.id).folder);
  if (report?.overall !== 'broken') return;
  throw new Error(
    `Workflows that run now do not run in the update of "${candidate.candidateOf}", so it is not switched to. Discard it, or insist.`,
  );
}

/** One step back to the version before; said again, it goes forward again. */
export async function switchBack(id: string, registry: EngineRegistry): Promise<LaunchableRecord> {
  return changing(id, registry, 'updated', async (now) => {
    const previous = await previousOf(id, registry);
    if (!previous)
      throw new Error(`"${id}" was not updated, or its old version was discarded: there is no way back.`);
    await takeSnapshot(
      now,
      registry.files(id).snapshots,
      'before going back to the version before the update',
    );
    return become(now, previous, registry);
  });
}

/** Notes both versions, then puts the other in the place of now; what the user has set since holds on. */
async function become(
  now: LaunchableRecord,
  then: KeptVersion,
  registry: EngineRegistry,
): Promise<LaunchableRecord> {
  const { folder } = registry.files(now.id);
  await keepPair(folder, { record: now, install: await installStateOf(folder) }, then);
  const { path, python, source, base, kind } = then.record;
  const record = engineRecord.parse({ ...now, path, python, source, base, kind, state: 'ready' });
  if (!isLaunchable(record)) throw new Error(`"${now.id}" can't be launched.`);
  await registry.save(record);
  if (then.install) await keepState(folder, then.install);
  return record;
}

const ofEngine = ({ request, done }: InstallState, id: string): InstallState => {
  const { copyOf: _copy, ...rest } = request;
  return { request: { ...rest, id }, done };
};

/** Removes the update wholly; the engine is as it was. */
export async function discardUpdate(id: string, registry: EngineRegistry): Promise<void> {
  await settle(id, registry);
  const { folder } = registry.files(id);
  const unlock = await lockEngine(folder, id, 'updated');
  try {
    const candidate = await registry.candidateOf(id);
    if (!candidate) throw new Error(`There is no update of "${id}" to discard.`);
    const version = versionFolder(candidate.path, folder);
    if (version) await rm(version, { recursive: true, force: true });
    // Only a switch that a crash cut off has named it there.
    if ((await pathsIn(folder)).includes(candidate.path)) await rm(pairPath(folder), { force: true });
    await clear(id, candidate, registry);
  } finally {
    await unlock();
  }
}

/** Removes the version before the last switch, as far as it is ours; then there is no way back. */
export async function discardOld(id: string, registry: EngineRegistry): Promise<void> {
  const { folder } = registry.files(id);
  const unlock = await lockEngine(folder, id, 'updated');
  try {
    if (!(await discardPrevious(id, registry)))
      throw new Error(`There is no old version of "${id}" to discard.`);
  } finally {
    await unlock();
  }
}

async function discardPrevious(id: string, registry: EngineRegistry): Promise<boolean> {
  const { folder } = registry.files(id);
  const previous = await previousOf(id, registry);
  if (previous) {
    const { path } = previous.record;
    const also = (await registry.list()).find(
      (one) => isLaunchable(one) && one.id !== id && one.path === path,
    );
    if (also) {
      throw new Error(
        `The old version of "${id}" can't be discarded: "${also.id}" runs from it too. Update or remove that one first.`,
      );
    }
    const version = versionFolder(path, folder);
    if (version) await rm(version, { recursive: true, force: true });
    // The first version of an install lies in the engine's folder itself.
    if (path === join(folder, 'source')) {
      for (const name of ['source', 'environment'])
        await rm(join(folder, name), { recursive: true, force: true });
    }
  }
  await rm(pairPath(folder), { force: true });
  return previous !== undefined;
}

/** The folder of a version that an update made, never anything else. */
function versionFolder(source: string, folder: string): string | undefined {
  const version = dirname(source);
  return basename(source) === 'source' && dirname(version) === join(folder, 'versions') ? version : undefined;
}

/** Takes the trial away: its record, its process if a crash left one, and what it made; the report stays. */
async function clear(id: string, candidate: InstalledRecord, registry: EngineRegistry): Promise<void> {
  const { folder, processRecord } = registry.files(candidate.id);
  const { stopMs } = supervisorTimings;
  for (const path of [processRecord, ...['now/process.json', 'step.json'].map((name) => join(folder, name))])
    await endRecorded(path, stopMs);
  const report = await reportIn(folder).catch(() => undefined);
  if (report) await copyFile(reportPath(folder), reportPath(registry.files(id).folder));
  await registry.remove(candidate.id);
}

/** The database of ComfyUI lies beside its source. The update gets a copy, so that the old one can still read its own. */
async function carryDatabase(from: string, to: string): Promise<void> {
  const path = join(from, 'user', 'comfyui.db');
  if (!(await stat(path).catch(() => undefined))) return;
  await mkdir(join(to, 'user'), { recursive: true });
  await copyFile(path, join(to, 'user', 'comfyui.db'));
}

/** Does something to a stopped engine while nobody else changes it. */
async function changing(
  id: string,
  registry: EngineRegistry,
  doing: Doing,
  work: (now: LaunchableRecord) => Promise<LaunchableRecord>,
): Promise<LaunchableRecord> {
  const { folder, processRecord } = registry.files(id);
  const unlocks = [await lockEngine(folder, id, doing)];
  try {
    // What a node pack needs must not go into an environment that is just being left.
    unlocks.push(await lockPacks(folder, id));
    const now = await registry.get(id);
    if (!isLaunchable(now)) throw new Error(`"${id}" is not run by Atelier.`);
    const running = await runningProcess(processRecord);
    if (running) {
      throw new Error(
        `"${id}" is running (process ${running.pid}). Stop it first: atelier engine stop ${id}, or the studio that runs it.`,
      );
    }
    return await work(now);
  } finally {
    for (const unlock of unlocks) await unlock();
  }
}
