import { stat } from 'node:fs/promises';
import { crashReport } from '#shared/wire/crash.ts';
import type { EngineCard, LaunchReport } from '#shared/wire/engines.ts';
import type { Engine } from '../engine.ts';
import type { Fleet, Seat } from '../fleet.ts';
import { runningProcess } from '../process-record.ts';
import { type EngineRecord, isLaunchable } from '../registry/record.ts';
import type { EngineRegistry } from '../registry/registry.ts';
import type { Jobs } from './jobs.ts';
import { stagesOfLog } from './logs.ts';
import { versionsOf } from './versions.ts';

export interface CardPorts {
  readonly registry: EngineRegistry;
  readonly fleet: Fleet;
  readonly jobs: Jobs;
  /** Where the starter engine's process record lies. */
  readonly starterRecord: string;
}

type Facts = Pick<
  EngineCard,
  'state' | 'reason' | 'cause' | 'fix' | 'pack' | 'url' | 'pid' | 'launch' | 'starting_since'
>;

const noVersions = { candidate: null, can_switch_back: false } as const;
const plain = { version: '', commit: '', python: '', pytorch_version: '' } as const;

/** One engine as it stands: what is written of it, what runs of it, and what is being done to it. */
export async function cardOf(record: EngineRecord, ports: CardPorts): Promise<EngineCard> {
  const { fleet, jobs } = ports;
  const seat = fleet.get(record.id);
  const facts = seat ? await served(record, seat, ports) : await unserved(record, ports);
  const info = seat?.engine.info;
  const launchable = isLaunchable(record) ? record : undefined;
  return {
    ...plain,
    engine_id: record.id,
    kind: record.kind,
    place: record.kind === 'attach' ? record.url : (launchable?.path ?? ''),
    serves: record.serves,
    ...facts,
    version: info?.version || launchable?.source.version || facts.launch?.version || '',
    commit: launchable?.source.commit ?? '',
    pytorch_version: info?.pytorch_version || facts.launch?.torch || '',
    python: launchable?.python ?? '',
    devices: info ? [...info.devices] : [],
    queue_remaining: info?.queue_remaining ?? null,
    running_tasks: seat?.load ?? 0,
    options: launchable?.options ?? null,
    job: jobs.get(record.id),
    ...(launchable ? await versionsOf(launchable, ports.registry) : noVersions),
  };
}

async function served(record: EngineRecord, { engine }: Seat, ports: CardPorts): Promise<Facts> {
  const { info, url } = engine;
  const process = await runningProcess(recordPath(record, ports)).catch(() => undefined);
  const state = info.state === 'stopped' ? 'stopped' : info.state;
  const launch =
    record.kind === 'attach' || record.kind === 'starter' ? null : await launchOf(record, engine, ports);
  const { data: crash } = crashReport.safeParse(info);
  const { what: reason, ...told } = crash ?? { what: info.reason };
  const starting_since = engine.startingSince?.toISOString() ?? null;
  return { state, reason, ...told, url, pid: process?.pid ?? null, launch, starting_since };
}

/** Of one that was taken over the start was not seen; its log tells. */
async function launchOf(record: EngineRecord, engine: Engine, ports: CardPorts): Promise<LaunchReport> {
  const { launch, info } = engine;
  if (info.state !== 'ready' || launch.stage !== 'python') return launch;
  return (await stagesOfLog(ports.registry.files(record.id).log)).report;
}

async function unserved(record: EngineRecord, ports: CardPorts): Promise<Facts> {
  const none = { reason: '', url: '', pid: null, launch: null, starting_since: null };
  if (!isLaunchable(record)) return { ...none, state: 'stopped' };
  if (record.state === 'installing') return { ...none, state: 'incomplete' };
  const files = ports.registry.files(record.id);
  const [process, stages] = await Promise.all([runningProcess(files.processRecord), stagesOfLog(files.log)]);
  const launch = stages.report.python ? stages.report : null;
  if (!process) return { ...none, state: 'stopped', launch };
  const reason = 'It runs by itself, without tasks: start it here to give it some.';
  // Its record was written when it began, and is written again when it answers.
  const began = process.url ? undefined : (await stat(files.processRecord).catch(() => undefined))?.mtime;
  return {
    state: process.url ? 'ready' : 'starting',
    starting_since: began?.toISOString() ?? null,
    reason,
    url: process.url ?? '',
    pid: process.pid,
    launch,
  };
}

const recordPath = (record: EngineRecord, { registry, starterRecord }: CardPorts): string =>
  record.kind === 'starter' ? starterRecord : registry.files(record.id).processRecord;
