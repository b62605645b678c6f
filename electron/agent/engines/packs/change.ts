import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { InstallListener } from '../install/installer.ts';
import { lockPacks } from '../install/lock.ts';
import { runningProcess } from '../process-record.ts';
import type { LaunchableRecord } from '../registry/record.ts';
import type { EngineRegistry } from '../registry/registry.ts';
import { planRestore } from '../snapshots/restore.ts';
import { presentState, type Snapshot, takeSnapshot } from '../snapshots/snapshots.ts';
import { moveInto } from './draft.ts';
import { disabledEnding, findPack, packPath, packsFolder } from './installed.ts';

export type PackStep = 'snapshot' | 'dependencies' | 'pack' | 'install script';
export type PackListener = InstallListener<PackStep>;

/** Whose packs are changed, and that it may be. */
export interface PackOwner {
  readonly record: LaunchableRecord;
  readonly registry: EngineRegistry;
  /** An engine that others installed is changed only when somebody has agreed to it. */
  readonly allowAdopted: boolean;
}

export interface PackOutcome {
  /** What brings back how it was before. */
  readonly snapshot: Snapshot;
  /** The engine runs with what it imported at its start. */
  readonly restart: boolean;
  /** Where what was taken out lies now. */
  readonly keptAt?: string;
}

/** One change of packs at a time, after a snapshot; tells in words what is left when it breaks. */
export async function changePacks(
  { record, registry, allowAdopted }: PackOwner,
  reason: string,
  listener: PackListener,
  work: (snapshot: Snapshot) => Promise<string | undefined>,
): Promise<PackOutcome> {
  if (record.kind === 'adopt' && !allowAdopted) {
    throw new Error(
      `"${record.id}" was installed by others; its node packs are changed only when that is agreed to.`,
    );
  }
  if (record.state !== 'ready') throw new Error(`"${record.id}" is not wholly installed yet.`);
  const files = registry.files(record.id);
  await mkdir(files.folder, { recursive: true, mode: 0o700 });
  const restart = (await runningProcess(files.processRecord)) !== undefined;
  const locked = lockedWords(restart, process.platform);
  if (locked) throw new Error(locked);
  const unlock = await lockPacks(files.folder, record.id);
  try {
    listener.step('snapshot', 'begins');
    const snapshot = await takeSnapshot(record, files.snapshots, reason);
    const keptAt = await work(snapshot).catch(async (error: Error) => {
      throw new Error(`${error.message} ${await aftermath(record, snapshot)}`);
    });
    return { snapshot, restart, ...(keptAt !== undefined && { keptAt }) };
  } finally {
    await unlock();
  }
}

/** Windows keeps the files of a running program locked. */
export const lockedWords = (running: boolean, platform: NodeJS.Platform): string =>
  running && platform === 'win32'
    ? 'The engine is running, and Windows keeps its files locked meanwhile. Stop it first, then say the same again.'
    : '';

/** What a change that broke has left in the environment. */
async function aftermath(record: LaunchableRecord, snapshot: Snapshot): Promise<string> {
  const now = await presentState(record, '');
  if (snapshot.packages.length === 0 || now.packages.length === 0)
    return 'Whether packages have changed meanwhile can not be told: this Python lists none.';
  const { install, remove } = planRestore(now, snapshot).packages;
  if (install.length + remove.length === 0) return 'The packages of the engine are as they were.';
  const were = install.length > 0 ? ` They were: ${install.join(', ')}.` : '';
  const fresh = remove.length > 0 ? ` New or moved: ${remove.join(', ')}.` : '';
  return `Packages of the engine have changed meanwhile.${were}${fresh} This brings them back: atelier engine restore ${record.id} ${snapshot.id} --yes`;
}

/** ComfyUI passes over a pack with this ending from its next start on. */
export async function disablePack(
  owner: PackOwner,
  name: string,
  listener: PackListener,
): Promise<PackOutcome> {
  const pack = await findPack(owner.record, name);
  if (!pack.enabled) throw new Error(`"${name}" is disabled already.`);
  return changePacks(owner, `before disabling ${name}`, listener, async () => {
    listener.step('pack', 'begins');
    const path = packPath(owner.record, pack);
    await moveInto(path, `${path}${disabledEnding}`);
    return undefined;
  });
}

export async function enablePack(
  owner: PackOwner,
  name: string,
  listener: PackListener,
): Promise<PackOutcome> {
  const pack = await findPack(owner.record, name);
  if (pack.enabled) throw new Error(`"${name}" is enabled already.`);
  return changePacks(owner, `before enabling ${name}`, listener, async () => {
    listener.step('pack', 'begins');
    await moveInto(packPath(owner.record, pack), join(packsFolder(owner.record), name));
    return undefined;
  });
}

/** Takes a pack out. It is kept, so that nothing that lies in it is lost; the packages that it brought stay too. */
export async function removePack(
  owner: PackOwner,
  name: string,
  listener: PackListener,
): Promise<PackOutcome> {
  const { record, registry } = owner;
  const pack = await findPack(record, name);
  return changePacks(owner, `before removing ${name}`, listener, async () => {
    listener.step('pack', 'begins');
    const path = packPath(record, pack);
    const off = pack.enabled ? `${path}${disabledEnding}` : path;
    // On another disk it is copied, then deleted; a half deleted pack must not be imported.
    if (pack.enabled) await moveInto(path, off);
    const kept = await keptPlace(registry.files(record.id).folder, name);
    await moveInto(off, kept);
    return kept;
  });
}

/** A place for what is taken out of the engine. */
export async function keptPlace(folder: string, name: string): Promise<string> {
  const removed = join(folder, 'removed-packs');
  await mkdir(removed, { recursive: true, mode: 0o700 });
  return join(removed, `${name}-${new Date().toISOString().replace(/[:.]/g, '-')}`);
}
