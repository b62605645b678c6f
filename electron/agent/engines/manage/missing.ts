import type { ManageAsk, ManageReply } from '#shared/link/manage.ts';
import { ComfyUiClient } from '../comfyui/client.ts';
import { lackingPacks } from '../packs/missing.ts';
import { runningProcess } from '../process-record.ts';
import { stagesOfLog } from './logs.ts';
import { type CommandPorts, launchableOf } from './ports.ts';
import { Refusal } from './refusal.ts';

/** Which packs would give an engine the nodes that it lacks. Reads only. */
export async function missingPacks(
  { engine_id, needed }: ManageAsk<'missing_packs'>,
  ports: CommandPorts,
): Promise<ManageReply<'missing_packs'>> {
  const record = await launchableOf(ports, engine_id);
  const nodeTypes = await nodeTypesOf(engine_id, ports);
  const { report } = await stagesOfLog(ports.registry.files(engine_id).log);
  const imports = new Map(report.packs.map((pack) => [pack.name, pack]));
  return { missing_list: await lackingPacks(record, needed, nodeTypes, imports) };
}

/** What it told when it was up last counts while it is down: an engine that crashed has lost no packs. */
async function nodeTypesOf(id: string, { fleet, registry, http }: CommandPorts): Promise<readonly string[]> {
  const served = fleet.get(id)?.engine.info.node_types ?? [];
  if (served.length > 0) return served;
  const running = await runningProcess(registry.files(id).processRecord);
  if (running?.url) return Object.keys(await new ComfyUiClient(http, running.url).nodeInfo());
  throw new Refusal('conflict', `Only a running engine tells which nodes it has. Start "${id}" first.`);
}
