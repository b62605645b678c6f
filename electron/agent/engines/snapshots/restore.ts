import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand, type StepContext } from '../install/command.ts';
import { installStateOf } from '../install/installer.ts';
import { lockEngine } from '../install/lock.ts';
import { pythonEnvironment } from '../launch/environment.ts';
import { disabledEnding, type InstalledPack, packsFolder } from '../packs/installed.ts';
import { git } from '../registry/checkout.ts';
import type { LaunchableRecord } from '../registry/record.ts';
import type { EngineRegistry } from '../registry/registry.ts';
import { presentState, type Snapshot, takeSnapshot } from './snapshots.ts';

/** What brings an engine back to a snapshot. */
export interface RestorePlan {
  readonly commit: { readonly from: string; readonly to: string } | undefined;
  readonly packages: { readonly install: readonly string[]; readonly remove: readonly string[] };
  readonly packs: readonly PackChange[];
  readonly settings: boolean;
  /** What a restore can't do; the user is told before and after. */
  readonly beyond: readonly string[];
}

export type PackChange =
  | { readonly kind: 'checkout'; readonly name: string; readonly commit: string; readonly fetch: boolean }
  | { readonly kind: 'enable' | 'disable'; readonly name: string };

/** The difference between how the engine stands and the snapshot. Changes nothing. */
export function planRestore(now: Snapshot, then: Snapshot): RestorePlan {
  const moved = then.source.commit !== '' && then.source.commit !== now.source.commit;
  const packs = comparePacks(now.packs, then.packs);
  return {
    commit: moved ? { from: now.source.commit, to: then.source.commit } : undefined,
    packages: comparePackages(now.packages, then.packages),
    packs: packs.changes,
    settings: settingsOf(now) !== settingsOf(then),
    beyond: packs.beyond,
  };
}

const settingsOf = ({ settings }: Snapshot): string =>
  'options' in settings ? JSON.stringify([settings.options, settings.env]) : '';

/** The name that a line of `pip freeze` is about, as pip compares names. */
const packageName = (line: string): string =>
  (/^(?:-e .*#egg=)?([\w.-]+)/.exec(line)?.[1] ?? line).toLowerCase().replace(/[-_.]+/g, '-');

function comparePackages(now: readonly string[], then: readonly string[]): RestorePlan['packages'] {
  // An empty list means that it could not be read, not that nothing was there.
  if (now.length === 0 || then.length === 0) return { install: [], remove: [] };
  const present = new Set(now);
  const wanted = new Set(then.map(packageName));
  return {
    install: then.filter((line) => !present.has(line)),
    remove: now.map(packageName).filter((name) => !wanted.has(name)),
  };
}

function comparePacks(
  now: readonly InstalledPack[],
  then: readonly InstalledPack[],
): { changes: PackChange[]; beyond: string[] } {
  const changes: PackChange[] = [];
  const beyond: string[] = [];
  const present = new Map(now.map((pack) => [pack.name, pack]));
  for (const pack of then) {
    const { name, commit, enabled, remote } = pack;
    const one = present.get(name);
    if (!one) {
      if (enabled)
        beyond.push(`The node pack "${name}"${remote ? ` (${remote})` : ''} is gone; put it back by hand.`);
      continue;
    }
    if (one.changed) beyond.push(`The node pack "${name}" was changed by hand; its files stay as they are.`);
    else if (commit && commit !== one.commit)
      changes.push({ kind: 'checkout', name, commit, fetch: remote !== '' });
    if (enabled !== one.enabled) changes.push({ kind: enabled ? 'enable' : 'disable', name });
  }
  const known = new Set(then.map(({ name }) => name));
  for (const { name, enabled } of now)
    if (enabled && !known.has(name)) changes.push({ kind: 'disable', name });
  return { changes, beyond };
}

export const changesNothing = ({ commit, packages, packs, settings }: RestorePlan): boolean =>
  !commit && packages.install.length === 0 && packages.remove.length === 0 && packs.length === 0 && !settings;

/** Brings the engine back, after a snapshot of how it stands. The engine must not be running. */
export async function restore(
  record: LaunchableRecord,
  then: Snapshot,
  registry: EngineRegistry,
  context: StepContext,
): Promise<RestorePlan> {
  const { folder } = registry.files(record.id);
  const unlock = await lockEngine(folder, record.id, 'brought back to a snapshot');
  try {
    return await restoreLocked(record, then, registry, context);
  } finally {
    await unlock();
  }
}

async function restoreLocked(
  record: LaunchableRecord,
  then: Snapshot,
  registry: EngineRegistry,
  context: StepContext,
): Promise<RestorePlan> {
  const files = registry.files(record.id);
  const plan = planRestore(await presentState(record, ''), then);
  if (changesNothing(plan)) return plan;
  const changed = plan.commit
    ? await git(record.path, ['status', '--porcelain', '--untracked-files=no'])
    : '';
  if (changed) {
    throw new Error(
      `Files of ${record.path} were changed by hand (${changed.split('\n').slice(0, 3).join(', ')}), and a restore would lose them. Commit or undo them with git first.`,
    );
  }
  await takeSnapshot(record, files.snapshots, `before going back to ${then.id}`);
  if (plan.commit) await checkout(record.path, plan.commit.to, true, record.path, context);
  for (const change of plan.packs) await changePack(packsFolder(record), change, context);
  await restorePackages(record, plan, files.folder, context);
  const { settings } = then;
  if (!('options' in settings)) return plan;
  await registry.save({ ...record, options: settings.options, env: settings.env, source: then.source });
  return plan;
}

async function checkout(
  path: string,
  commit: string,
  fetch: boolean,
  what: string,
  context: StepContext,
): Promise<void> {
  const known = await git(path, ['cat-file', '-t', commit]);
  if (known !== 'commit' && fetch)
    await runCommand({ file: 'git', args: ['-C', path, 'fetch', '--all'] }, context);
  await runCommand({ file: 'git', args: ['-C', path, 'checkout', '--detach', commit, '--'] }, context).catch(
    (error: Error) => {
      throw new Error(`${what} could not be brought back to ${commit.slice(0, 12)}. ${error.message}`);
    },
  );
}

async function changePack(folder: string, change: PackChange, context: StepContext): Promise<void> {
  const path = join(folder, change.name);
  const disabled = path + disabledEnding;
  if (change.kind !== 'checkout') {
    return change.kind === 'enable' ? rename(disabled, path) : rename(path, disabled);
  }
  const lies = (await git(path, ['rev-parse', 'HEAD'])) ? path : disabled;
  return checkout(lies, change.commit, change.fetch, `The node pack "${change.name}"`, context);
}

/** Exactly the old versions, without asking for what they need: it is all in the list. */
async function restorePackages(
  record: LaunchableRecord,
  { packages }: RestorePlan,
  folder: string,
  context: StepContext,
): Promise<void> {
  const pip = ['-m', 'pip', '--disable-pip-version-check', '--no-input'];
  const env = pythonEnvironment();
  if (packages.install.length > 0) {
    const request = (await installStateOf(folder))?.request;
    const index = request?.torchIndex ? ['--extra-index-url', request.torchIndex] : [];
    const args = [...pip, 'install', '--no-deps', ...index, ...(request?.pipArgs ?? []), ...packages.install];
    await runCommand({ file: record.python, args, env }, context);
  }
  if (packages.remove.length > 0) {
    await runCommand(
      { file: record.python, args: [...pip, 'uninstall', '-y', ...packages.remove], env },
      context,
    );
  }
}
