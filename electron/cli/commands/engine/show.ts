import { logLevels } from '#shared/wire/engines.ts';
import { ComfyUiClient } from '../../../agent/engines/comfyui/client.ts';
import { stageWords } from '../../../agent/engines/launch/stages.ts';
import { readLog, stagesOfLog } from '../../../agent/engines/manage/logs.ts';
import { keeperOf, runningProcess } from '../../../agent/engines/process-record.ts';
import {
  type EngineRecord,
  isLaunchable,
  type SourceVersion,
} from '../../../agent/engines/registry/record.ts';
import type { EngineRegistry } from '../../../agent/engines/registry/registry.ts';
import { reportIn } from '../../../agent/engines/update/report.ts';
import { previousOf, settle } from '../../../agent/engines/update/switch.ts';
import { HttpClient } from '../../../agent/http.ts';
import { wholeNumber } from '../../programs.ts';
import { type Call, misused, say } from './shared.ts';

export async function list({ registry }: Call): Promise<number> {
  const records = await registry.list();
  for (const record of records)
    say(`${record.id.padEnd(20)} ${record.kind.padEnd(8)} ${await stateOf(registry, record)}`);
  if (records.length === 0) say('No engine has been added. "atelier engine discover" looks for one.');
  return 0;
}

export async function status({ registry, words: [id] }: Call): Promise<number> {
  const records = id ? [await registry.get(id)] : await registry.list();
  if (records.length === 0) say('No engine has been added. "atelier engine discover" looks for one.');
  for (const record of records) {
    say(`${record.id}: ${record.kind}, ${await stateOf(registry, record)}`);
    if (isLaunchable(record)) {
      const { version, commit } = record.source;
      say(`  folder ${record.path}\n  Python ${record.python}`);
      if (version || commit)
        say(`  ComfyUI ${[version, commit.slice(0, 12)].filter(Boolean).join(', commit ')}`);
      await tellVersions(registry, record.id);
      if (record.options.extra.length > 0) say(`  arguments ${record.options.extra.join(' ')}`);
    }
    await live(registry, record);
  }
  return 0;
}

const versionWords = ({ version, commit }: SourceVersion): string =>
  [version, commit.slice(0, 12)].filter(Boolean).join(', commit ');

/** An update that waits, and the old version that is still there. */
async function tellVersions(registry: EngineRegistry, id: string): Promise<void> {
  await settle(id, registry);
  const candidate = await registry.candidateOf(id);
  if (candidate?.state === 'installing')
    say(`  an update is not wholly prepared; go on: atelier engine update ${id} --yes`);
  if (candidate?.state === 'ready') {
    const report = await reportIn(registry.files(candidate.id).folder);
    const tried = report ? `tried: ${report.overall}` : 'not tried with a workflow yet';
    say(
      `  an update to ${versionWords(candidate.source)} waits (${tried}): atelier engine update ${id} --switch or --discard`,
    );
  }
  const previous = await previousOf(id, registry);
  if (previous) {
    say(`  one step back, to ${versionWords(previous.record.source)}: atelier engine update ${id} --back`);
  }
}

async function stateOf(registry: EngineRegistry, record: EngineRecord): Promise<string> {
  if (record.kind === 'attach') return `run by others at ${record.url}`;
  if (record.kind === 'starter') return 'starts with the studio';
  if (record.state !== 'ready') return 'not wholly installed';
  const running = await runningProcess(registry.files(record.id).processRecord);
  if (!running) return 'stopped';
  const keeper = running.keeper && ((await keeperOf(running)) ?? undefined);
  const by = keeper ? `, watched by the studio (process ${keeper})` : '';
  return running.url
    ? `running at ${running.url}, process ${running.pid}${by}`
    : `starting, process ${running.pid}${by}`;
}

/** Asks a running engine for its devices; for one that starts, how far it has come. */
async function live(registry: EngineRegistry, record: EngineRecord): Promise<void> {
  if (record.kind === 'starter') return;
  const running = isLaunchable(record)
    ? await runningProcess(registry.files(record.id).processRecord)
    : undefined;
  const url = record.kind === 'attach' ? record.url : running?.url;
  if (!url) {
    if (running) say(`  ${stageWords((await stagesOfLog(registry.files(record.id).log)).report)}`);
    return;
  }
  const http = new HttpClient();
  try {
    const headers = record.kind === 'attach' ? record.headers : {};
    const { system, devices } = await new ComfyUiClient(http, url, headers).systemStats(
      AbortSignal.timeout(5000),
    );
    say(`  ComfyUI ${system.comfyui_version}, torch ${system.pytorch_version}`);
    for (const { name, vram_free: free, vram_total: total } of devices) {
      say(`  ${name}: ${gigabytes(free)} of ${gigabytes(total)} GB free`);
    }
  } catch (error) {
    say(`  does not answer: ${(error as Error).message}`);
  } finally {
    http.close();
  }
}

const gigabytes = (bytes: number): string => (bytes / 1024 ** 3).toFixed(1);

export async function logs({ registry, words: [id = ''], values }: Call): Promise<number> {
  await registry.get(id);
  const { search, level = 'all' } = values;
  const wanted = logLevels.find((one) => one === level);
  if (!wanted) throw misused(`--level takes ${logLevels.join(', ')}.`);
  const lines = wholeNumber(values.lines ?? '100', 'lines', 1, 100_000);
  const log = await readLog(registry.files(id).log, { lines, level: wanted, ...(search && { search }) });
  for (const { text } of log.lines) say(text);
  return 0;
}

export async function remove({ registry, words: [id = ''], values }: Call): Promise<number> {
  const record = await registry.get(id);
  const running = await runningProcess(registry.files(id).processRecord);
  if (running)
    throw new Error(`"${id}" is running (process ${running.pid}). Stop it first: atelier engine stop ${id}`);
  if (record.kind === 'install' && !values['delete-files']) {
    const { folder } = registry.files(id);
    const inside = record.base === undefined || record.base.startsWith(folder);
    const rest = inside
      ? ' with its node packs and outputs'
      : `; its node packs and outputs in ${record.base} stay`;
    throw new Error(
      `"${id}" was installed by Atelier; removing it deletes ${folder}${rest}. If that is wanted, say --delete-files.`,
    );
  }
  const kept = await registry.remove(id);
  say(
    `Removed "${id}".${'path' in record && record.kind === 'adopt' ? ` The folder ${record.path} is as it was.` : ''}`,
  );
  if (kept) say(`What was yours and lay in Atelier's own folder is kept: ${kept}`);
  return 0;
}
