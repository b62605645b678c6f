import type { ManageAsk, ManageReply } from '#shared/link/manage.ts';
import { offeredOptions } from '../launch/offered.ts';
import { optionProblems } from '../launch/options.ts';
import type { LaunchableRecord } from '../registry/record.ts';
import { takeSnapshot } from '../snapshots/snapshots.ts';
import { type CommandPorts, launchableOf, recordOf } from './ports.ts';
import { saveRecord } from './records.ts';
import { Refusal } from './refusal.ts';

export async function settings(
  { engine_id }: ManageAsk<'settings'>,
  ports: CommandPorts,
): Promise<ManageReply<'settings'>> {
  const record = await launchableOf(ports, engine_id);
  const { flags } = await offeredOptions(record, ports.registry.files(engine_id).offered);
  const offered = Object.fromEntries(Object.entries(flags).map(([flag, choices]) => [flag, [...choices]]));
  return { options: record.options, env_names: Object.keys(record.env).sort(), offered };
}

/** Changes how an engine is launched from its next start on, after a snapshot of how it was. */
export async function update({ engine_id, change }: ManageAsk<'update'>, ports: CommandPorts): Promise<null> {
  const { registry } = ports;
  const { options, env, serves } = change;
  if (!options && !env) {
    const record = await recordOf(ports, engine_id);
    if (serves !== undefined) await saveRecord(registry, { ...record, serves });
    return null;
  }
  const record = await launchableOf(ports, engine_id);
  ports.jobs.checkFree(engine_id);
  const files = registry.files(engine_id);
  if (options) {
    const problems = optionProblems(options, await offeredOptions(record, files.offered));
    if (problems.length > 0) throw new Refusal('bad_request', problems.join(' '));
  }
  await takeSnapshot(record, files.snapshots, 'before its options were changed');
  const changed: LaunchableRecord = {
    ...record,
    options: options ?? record.options,
    env: merged(record.env, env ?? {}),
    serves: serves ?? record.serves,
  };
  await registry.save(changed);
  return null;
}

function merged(
  before: Readonly<Record<string, string>>,
  change: Readonly<Record<string, string | null>>,
): Record<string, string> {
  const all = { ...before, ...change };
  return Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null),
  );
}
