import type { TFunction } from 'i18next';
import type { AgentItem } from '#shared/wire/agents.ts';
import type { EngineItem, EngineList } from '#shared/wire/engines.ts';

/** How an engine stands, as a person would say it: its state, what is being done to it, and whether it works. */
export const standings = [
  'crashed',
  'broken',
  'incomplete',
  'working',
  'starting',
  'busy',
  'ready',
  'stopped',
] as const;
export type Standing = (typeof standings)[number];

export function standingOf({ state, job, running_tasks }: EngineItem): Standing {
  if (state === 'crashed') return 'crashed';
  if (state === 'incomplete') {
    if (job?.state === 'running') return 'working';
    return job?.state === 'failed' ? 'broken' : 'incomplete';
  }
  if (state === 'stopped' && job?.state === 'running') return 'working';
  if (state === 'ready') return running_tasks > 0 ? 'busy' : 'ready';
  return state;
}

const urgent: readonly Standing[] = ['crashed', 'broken', 'incomplete'];

/** A process of its own is there, or its server is followed. */
export const isUp = ({ state }: EngineItem): boolean => state !== 'stopped' && state !== 'incomplete';

/** Somebody has to do something about it. */
export const needsCare = (engine: EngineItem): boolean => urgent.includes(standingOf(engine));

/** What needs a hand comes first, the built-in engine last; among equals by name, so that nothing jumps. */
export function byUrgency(one: EngineItem, other: EngineItem): number {
  const rank = (engine: EngineItem) =>
    needsCare(engine) ? standings.indexOf(standingOf(engine)) : engine.kind === 'starter' ? 99 : 50;
  return rank(one) - rank(other) || one.engine_id.localeCompare(other.engine_id);
}

export const nameOf = (t: TFunction, { kind, engine_id }: EngineItem): string =>
  kind === 'starter' ? t('engines.starter') : engine_id;

export const engineHref = (
  { agent_id, engine_id }: { agent_id: string; engine_id: string },
  tab?: string,
): string =>
  `/engines/${encodeURIComponent(agent_id)}/${encodeURIComponent(engine_id)}${tab ? `?tab=${tab}` : ''}`;

/** Where a node pack is shown among those of its engine. */
export const packHref = (engine: { agent_id: string; engine_id: string }, pack: string): string =>
  `${engineHref(engine, 'packs')}&pack=${encodeURIComponent(pack)}`;

/** ComfyUI, Python and PyTorch in one line, as far as they are known. */
export function versionWords(t: TFunction, engine: EngineItem): string {
  const { version, launch, pytorch_version, kind, state } = engine;
  const words = [
    version && kind !== 'starter' && t('engines.version', { version }),
    launch?.python && t('engines.pythonVersion', { version: launch.python }),
    pytorch_version && t('engines.torchVersion', { version: pytorch_version }),
  ].filter(Boolean);
  const none = kind === 'starter' || state === 'incomplete' ? '' : t('engines.noVersion');
  return words.join(' · ') || none;
}

export const isManaged = (list: EngineList, agentId: string): boolean =>
  list.agent_list.some((agent) => agent.agent_id === agentId && agent.managed);

type GpuDevice = AgentItem['system_stats']['gpu_devices'][number];

/** What else may be known of a device: its maker's tool and PyTorch tell it, where they are there. */
export interface DeviceFigures {
  readonly name: string;
  readonly vram_total: number;
  readonly vram_free: number;
  readonly torch_vram_total?: number | undefined;
  readonly torch_vram_free?: number | undefined;
  readonly load_percent?: number | undefined;
  readonly temperature_c?: number | undefined;
  readonly power_w?: number | undefined;
  readonly power_limit_w?: number | undefined;
}

/** ComfyUI says `cuda:0 NVIDIA GeForce RTX 4090 : cudaMallocAsync`; people say the middle. */
export const deviceName = (name: string): string =>
  name.replace(/^\w+:\d+ /, '').replace(/ : \w+$/, '') || name;

/** An engine's devices, each with what the machine says of the same card. A pinned engine sees that one card alone. */
export function devicesOf(engine: EngineItem, gpus: readonly GpuDevice[]): DeviceFigures[] {
  const first = engine.options?.device ?? 0;
  return engine.devices
    .filter((device) => device.vram_total > 0 && device.type !== 'cpu')
    .map((device, place) => {
      const { device_name: _name, device_type: _type, ...figures } = gpus[first + place] ?? {};
      return { ...figures, ...device, name: deviceName(device.name) };
    });
}

/** Why it crashed, without the advice in it, which is shown apart. */
export function crashReason({ reason, fix }: EngineItem): string {
  return fix ? reason.replace(fix, '').replaceAll(/ {2,}/g, ' ').trim() : reason;
}
