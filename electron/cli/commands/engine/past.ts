import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runningProcess } from '../../../agent/engines/process-record.ts';
import {
  restore as carryOut,
  changesNothing,
  planRestore,
  type RestorePlan,
} from '../../../agent/engines/snapshots/restore.ts';
import {
  findSnapshot,
  presentState,
  snapshotsIn,
  takeSnapshot,
} from '../../../agent/engines/snapshots/snapshots.ts';
import { engineOf } from './packs.ts';
import { type Call, say } from './shared.ts';

export async function snapshot(asked: Call): Promise<number> {
  const record = await engineOf(asked);
  const made = await takeSnapshot(record, asked.registry.files(record.id).snapshots, 'asked for');
  say(`Snapshot ${made.id}: ${made.packages.length} packages, ${made.packs.length} node packs.`);
  return 0;
}

export async function snapshots(asked: Call): Promise<number> {
  const { id } = await engineOf(asked);
  const all = await snapshotsIn(asked.registry.files(id).snapshots);
  for (const one of all) {
    say(`${one.id}  ComfyUI ${one.source.version || '?'}  ${one.packages.length} packages  ${one.reason}`);
  }
  if (all.length === 0) say(`No snapshot of "${id}" has been taken. Take one: atelier engine snapshot ${id}`);
  return 0;
}

/** Shows what would change; with `--yes` changes it, after a snapshot of the present. */
export async function restore(asked: Call): Promise<number> {
  const { registry, words, values } = asked;
  const record = await engineOf(asked);
  const files = registry.files(record.id);
  if (await runningProcess(files.processRecord)) {
    throw new Error(`"${record.id}" is running. Stop it first: atelier engine stop ${record.id}`);
  }
  const then = await findSnapshot(files.snapshots, words[1] ?? '');
  const plan = planRestore(await presentState(record, ''), then);
  tell(plan);
  if (changesNothing(plan)) {
    say('Nothing to do: it stands as it did then.');
    return 0;
  }
  if (!values.yes) {
    say(
      `Nothing has been done yet. To carry it out${record.kind === 'adopt' ? ` in ${record.path}` : ''}, say the same with --yes.`,
    );
    return 0;
  }
  await mkdir(files.folder, { recursive: true });
  const context = {
    logPath: join(files.folder, 'install.log'),
    signal: new AbortController().signal,
    line: () => undefined,
  };
  await carryOut(record, then, registry, context);
  say(`"${record.id}" is back at ${then.id}.`);
  return 0;
}

function tell({ commit, packages, packs: changes, settings, beyond }: RestorePlan): void {
  if (commit) say(`  source       ${commit.from.slice(0, 12)} → ${commit.to.slice(0, 12)}`);
  for (const line of packages.install) say(`  install      ${line}`);
  for (const name of packages.remove) say(`  remove       ${name}`);
  for (const change of changes) {
    say(
      `  ${change.kind.padEnd(12)} ${change.name}${change.kind === 'checkout' ? ` ${change.commit.slice(0, 12)}` : ''}`,
    );
  }
  if (settings) say('  settings     options and environment as they were');
  for (const words of beyond) say(`  by hand      ${words}`);
}
