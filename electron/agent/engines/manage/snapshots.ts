import { join } from 'node:path';
import type { ManageAsk, ManageReply } from '#shared/link/manage.ts';
import { runningProcess } from '../process-record.ts';
import { changesNothing, planRestore, type RestorePlan, restore } from '../snapshots/restore.ts';
import {
  findSnapshot,
  presentState,
  type Snapshot,
  snapshotsIn,
  takeSnapshot,
} from '../snapshots/snapshots.ts';
import { type CommandPorts, launchableOf } from './ports.ts';
import { Refusal } from './refusal.ts';

export async function listSnapshots(
  { engine_id }: ManageAsk<'list_snapshots'>,
  ports: CommandPorts,
): Promise<ManageReply<'list_snapshots'>> {
  await launchableOf(ports, engine_id);
  const all = await snapshotsIn(ports.registry.files(engine_id).snapshots);
  return { snapshot_list: all.map(item).reverse() };
}

const item = ({ id, taken, reason, source, packages, packs }: Snapshot): ManageReply<'take_snapshot'> => ({
  ...{ snapshot_id: id, taken_at: taken, reason, version: source.version, commit: source.commit },
  ...{ package_count: packages.length, pack_count: packs.length },
});

export async function takeOne(
  { engine_id }: ManageAsk<'take_snapshot'>,
  ports: CommandPorts,
): Promise<ManageReply<'take_snapshot'>> {
  const record = await launchableOf(ports, engine_id);
  return item(await takeSnapshot(record, ports.registry.files(engine_id).snapshots, 'asked for'));
}

export async function restoreSnapshot(
  { engine_id, snapshot_id, dry_run }: ManageAsk<'restore'>,
  ports: CommandPorts,
): Promise<ManageReply<'restore'>> {
  const record = await launchableOf(ports, engine_id);
  const files = ports.registry.files(engine_id);
  const all = await snapshotsIn(files.snapshots);
  if (!all.some(({ id }) => id === snapshot_id))
    throw new Refusal('not_found', `"${engine_id}" has no snapshot ${snapshot_id}.`);
  const then = await findSnapshot(files.snapshots, snapshot_id);
  const plan = planRestore(await presentState(record, ''), then);
  if (dry_run || changesNothing(plan)) return planReply(plan);
  if (ports.fleet.get(engine_id) || (await runningProcess(files.processRecord)))
    throw new Refusal('conflict', `"${engine_id}" is running. Stop it first.`);
  ports.jobs.begin(engine_id, {
    ...{ kind: 'restore', title: `Bringing "${engine_id}" back to ${snapshot_id}`, steps: ['restore'] },
    run: async ({ step, line }, signal) => {
      step('restore', 'begins');
      await restore(record, then, ports.registry, {
        logPath: join(files.folder, 'install.log'),
        signal,
        line,
      });
    },
  });
  return planReply(plan);
}

const planReply = (plan: RestorePlan): ManageReply<'restore'> => ({
  commit: plan.commit ?? null,
  packages_to_install: [...plan.packages.install],
  packages_to_remove: [...plan.packages.remove],
  packs: plan.packs.map((change) => ({
    name: change.name,
    change: change.kind === 'checkout' ? `to ${change.commit.slice(0, 12)}` : change.kind,
  })),
  settings: plan.settings,
  beyond: [...plan.beyond],
  changes_nothing: changesNothing(plan),
});
