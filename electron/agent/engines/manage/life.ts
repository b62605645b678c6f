import type { ManageAsk, ManageReply } from '#shared/link/manage.ts';
import { runningProcess } from '../process-record.ts';
import { choose, readLog } from './logs.ts';
import { type CommandPorts, recordOf } from './ports.ts';
import { choiceOf, saveRecord } from './records.ts';
import { Refusal } from './refusal.ts';

type One = ManageAsk<'start'>;

/** It is served from now on: launched, or taken over when it runs already, or connected to. */
export async function start({ engine_id }: One, ports: CommandPorts): Promise<null> {
  const { registry, fleet, jobs } = ports;
  const record = await recordOf(ports, engine_id);
  if (record.state !== 'ready') {
    throw new Refusal('conflict', `"${engine_id}" is not wholly installed: resume its install first.`);
  }
  jobs.checkFree(engine_id);
  if (fleet.get(engine_id)?.engine.info.state !== 'crashed') {
    if (fleet.get(engine_id)) throw new Refusal('conflict', `"${engine_id}" runs already.`);
  } else await leave(engine_id, ports);
  await fleet.add(ports.engine(choiceOf(record, registry, ports.starter)));
  await saveRecord(registry, { ...record, serves: true });
  return null;
}

/** It is not served any more: ended, or left to those who run it. */
export async function stop({ engine_id }: One, ports: CommandPorts): Promise<null> {
  const record = await recordOf(ports, engine_id);
  if (!ports.fleet.get(engine_id)) {
    if (!record.serves) throw new Refusal('conflict', `"${engine_id}" is stopped already.`);
  }
  // First, so that nobody is told of a stopped engine that would start again.
  await saveRecord(ports.registry, { ...record, serves: false });
  await leave(engine_id, ports);
  return null;
}

export async function restart({ engine_id }: One, ports: CommandPorts): Promise<null> {
  const record = await recordOf(ports, engine_id);
  if (!ports.fleet.get(engine_id)) throw new Refusal('conflict', `"${engine_id}" is not running; start it.`);
  ports.jobs.checkFree(engine_id);
  await leave(engine_id, ports);
  await ports.fleet.add(ports.engine(choiceOf(record, ports.registry, ports.starter)));
  return null;
}

/** Gives its runs back and ends it. */
export async function leave(id: string, { fleet, leave: giveBack }: CommandPorts): Promise<void> {
  await giveBack(id, `The engine "${id}" was stopped.`);
  await fleet.remove(id);
}

export async function free({ engine_id }: One, ports: CommandPorts): Promise<null> {
  await recordOf(ports, engine_id);
  const seat = ports.fleet.get(engine_id);
  if (seat?.engine.info.state !== 'ready') throw new Refusal('conflict', `"${engine_id}" is not running.`);
  if (seat.load > 0)
    throw new Refusal('conflict', `"${engine_id}" is at work; its models are needed just now.`);
  await seat.engine.free();
  return null;
}

export async function remove(
  { engine_id, delete_files }: ManageAsk<'remove'>,
  ports: CommandPorts,
): Promise<ManageReply<'remove'>> {
  const { registry, fleet, jobs } = ports;
  const record = await recordOf(ports, engine_id);
  if (record.kind === 'starter') {
    throw new Refusal('conflict', 'The starter engine comes with Atelier; stop it if it is not wanted.');
  }
  jobs.checkFree(engine_id);
  const { folder, processRecord } = registry.files(engine_id);
  if (fleet.get(engine_id) || (await runningProcess(processRecord)))
    throw new Refusal('conflict', `"${engine_id}" is running. Stop it first.`);
  if (record.kind === 'install' && !delete_files) {
    throw new Refusal(
      'conflict',
      `"${engine_id}" was installed by Atelier; removing it deletes ${folder} with its node packs and outputs. If that is wanted, say so with delete_files.`,
    );
  }
  const kept = await registry.remove(engine_id);
  jobs.forget(engine_id);
  return { is_success: true, kept_at: kept ?? null };
}

export async function log(
  { engine_id, query }: ManageAsk<'log'>,
  ports: CommandPorts,
): Promise<ManageReply<'log'>> {
  const record = await recordOf(ports, engine_id);
  if (record.kind === 'starter') return readLog(ports.starterLog, query);
  if (record.kind !== 'attach') return readLog(ports.registry.files(engine_id).log, query);
  // Nobody writes a file of what others run; what it told us since we listen is at hand.
  const lines = ports.fleet.get(engine_id)?.engine.lines ?? [];
  return { lines: choose(lines, query), next: 0, reset: true };
}
