import { readFile } from 'node:fs/promises';
import { inspectWorkflow } from '#shared/comfy/inspect.ts';
import { corePack, type MissingPack, missingPacks } from '#shared/comfy/missing-packs.ts';
import { readWorkflowFile } from '#shared/comfy/readers/read.ts';
import { ComfyUiClient } from '../../../agent/engines/comfyui/client.ts';
import { stagesOfLog } from '../../../agent/engines/manage/logs.ts';
import { type InstalledPack, installedPacks } from '../../../agent/engines/packs/installed.ts';
import { managerIndex } from '../../../agent/engines/packs/manager-index.ts';
import { isIt, sourceOf } from '../../../agent/engines/packs/missing.ts';
import { runningProcess } from '../../../agent/engines/process-record.ts';
import type { LaunchableRecord } from '../../../agent/engines/registry/record.ts';
import { HttpClient } from '../../../agent/http.ts';
import { launchable } from './run.ts';
import { type Call, quoted, say } from './shared.ts';

export const engineOf = async ({ registry, words: [id = ''] }: Call): Promise<LaunchableRecord> =>
  launchable(await registry.get(id));

/** Node packs with where they come from, and how the last start took them; or those that a workflow lacks. */
export async function packs(asked: Call): Promise<number> {
  const record = await engineOf(asked);
  if (asked.values.missing !== undefined) return missing(asked, record, asked.values.missing);
  const [found, imports] = await Promise.all([installedPacks(record), importsOf(asked, record)]);
  for (const pack of found) {
    const { name, commit, remote, changed, version } = pack;
    const origin = [version ?? commit.slice(0, 12), remote, changed ? 'changed by hand' : ''];
    const words = origin.filter(Boolean).join(' ');
    say(`${name.padEnd(28)} ${stateOf(pack, imports)}${words ? `\n  ${words}` : ''}`);
  }
  if (found.length === 0) say(`"${record.id}" has no node packs.`);
  return 0;
}

type Imports = ReadonlyMap<string, Awaited<ReturnType<typeof stagesOfLog>>['report']['packs'][number]>;

async function importsOf({ registry }: Call, { id }: LaunchableRecord): Promise<Imports> {
  const { report } = await stagesOfLog(registry.files(id).log);
  return new Map(report.packs.map((pack) => [pack.name, pack]));
}

function stateOf({ name, enabled }: InstalledPack, imports: Imports): string {
  const last = imports.get(name);
  if (!enabled) return 'disabled';
  if (!last) return 'not started yet';
  return last.failed ? `not imported${last.error ? `: ${last.error}` : ''}` : `imported in ${last.seconds} s`;
}

/** Which packs a workflow needs that a running engine has not imported. */
async function missing(asked: Call, record: LaunchableRecord, file: string): Promise<number> {
  const bytes = await readFile(file).catch(() => {
    throw new Error(`There is no readable file at ${file}.`);
  });
  const workflow = await readWorkflowFile(bytes).catch((error: Error) => {
    throw new Error(`${file}: ${error.message}`);
  });
  const info = await nodeInfo(asked, record);
  const { usesUnknown } = inspectWorkflow(workflow, info);
  const found = missingPacks(usesUnknown, Object.keys(info), await managerIndex(record));
  const [present, imports] = await Promise.all([installedPacks(record), importsOf(asked, record)]);
  for (const one of found)
    for (const line of wordsOf(one, record.id, present, imports)) say(line.replace(/\p{Cc}/gu, ' '));
  if (found.length === 0) say(`"${record.id}" has every node of ${file}.`);
  return found.length === 0 ? 0 : 1;
}

async function nodeInfo({ registry }: Call, { id }: LaunchableRecord): Promise<Record<string, unknown>> {
  const running = await runningProcess(registry.files(id).processRecord);
  if (!running?.url) {
    throw new Error(
      `Only a running engine tells which nodes it has. Start it first: atelier engine start ${id}`,
    );
  }
  const http = new HttpClient();
  try {
    return { ...(await new ComfyUiClient(http, running.url).nodeInfo()) };
  } finally {
    http.close();
  }
}

const sources = { file: 'named by the file', index: 'by the index of ComfyUI-Manager', unknown: '' };

/** A pack that lacks and what to do about it, a line each. */
function wordsOf(
  { pack, version, nodeTypes, known, others }: MissingPack,
  id: string,
  present: readonly InstalledPack[],
  imports: Imports,
): string[] {
  const nodes = `  nodes        ${nodeTypes.join(', ')}`;
  if (pack === undefined) return ['unknown pack', nodes];
  if (pack === corePack)
    return [`ComfyUI itself${version ? ` ${version}` : ''}: this engine's has no such nodes`, nodes];
  const lines = [`${pack} (${sources[known]}${version ? `, made with ${version}` : ''})`, nodes];
  if (others.length > 0) lines.push(`  or           ${others.join(', ')}`);
  const there = present.find((one) => isIt(one, pack));
  if (there) lines.push(`  there as     ${there.name}, ${stateOf(there, imports)}`);
  if (there && !there.enabled)
    lines.push(`  enable       atelier engine pack-enable ${id} ${quoted(there.name)}`);
  // A line to copy must not hold what a file made up.
  if (!there && sourceOf(pack)) lines.push(`  install      atelier engine pack-install ${id} ${pack}`);
  return lines;
}
