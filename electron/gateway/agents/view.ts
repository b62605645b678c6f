import type { EngineInfo, GpuInfo } from '#shared/link/protocol.ts';
import type { AgentItem, AgentStatus } from '#shared/wire/agents.ts';
import { toTimestamp } from '#shared/wire/common.ts';
import type { EngineDevice } from '#shared/wire/engines.ts';
import type { AgentSession } from './session.ts';

/** What a remote engine computes on is told by the engine; what ComfyUI calls the device `cpu` is main memory. */
export function gpusOf({ machine, engine }: AgentSession): readonly GpuInfo[] {
  return machine.gpus.length > 0
    ? machine.gpus
    : (engine?.devices ?? []).filter(({ type }) => type !== 'cpu');
}

/** Decimal gigabytes of the largest GPU; 0 without one. */
export const vramGb = (session: AgentSession): number =>
  Math.max(0, ...gpusOf(session).map((gpu) => gpu.vram_total)) / 1e9;

/** Why an agent, or one engine of it, takes no tasks, in words; empty when it does. */
export function notReady(session: AgentSession, engine: EngineInfo | undefined = bestOf(session)): string {
  if (session.draining) return 'it is being drained';
  if (session.resting !== '') return session.resting;
  if (!engine) return 'it has no engine';
  return engine.state === 'ready' ? '' : engine.reason || `its engine is ${engine.state}`;
}

/** An agent is as ready as the readiest of its engines. */
const bestOf = (session: AgentSession): EngineInfo | undefined =>
  session.hello.engines.find(({ state }) => state === 'ready') ?? session.engine;

export function agentItem(session: AgentSession): AgentItem {
  const { hello, engine } = session;
  const running = [...session.attempts.values()]
    .filter((attempt) => attempt.running)
    .map(({ taskId }) => taskId);
  return {
    agent_id: session.agentId,
    agent_status: statusOf(session),
    agent_labels: [...session.labels],
    last_heartbeat: toTimestamp(session.lastHeartbeat),
    connected_at: toTimestamp(session.connectedAt),
    agent_version: hello.agent_version,
    tool: engine?.tool ?? '',
    tool_version: engine?.version ?? '',
    comfyui_version: engine?.tool === 'comfyui' ? engine.version : '',
    gpu_capacity: hello.slots,
    running_count: running.length,
    running_tasks: running,
    current_task_id: running[0] ?? null,
    platform_arch: hello.machine.platform_arch,
    sync_phase: session.sync.phase,
    sync_detail: session.sync.detail,
    sync_percent: session.sync.percent,
    tasks_completed: session.completed,
    system_stats: {
      comfyui_version: engine?.tool === 'comfyui' ? engine.version : '',
      pytorch_version: engine?.pytorch_version ?? '',
      os_type: hello.machine.os,
      gpu_devices: (hello.machine.gpus.length > 0 ? hello.machine.gpus : (engine?.devices ?? [])).map(
        gpuDevice,
      ),
    },
    status_reason: notReady(session),
    hostname: hello.machine.hostname,
    added_labels: [...session.addedLabels],
    is_draining: session.draining,
    is_community: session.community,
    engines: hello.engines.map(({ name, tool, flavour, version, state, reason, queue_remaining }) => ({
      name,
      tool,
      flavour,
      version,
      state,
      reason,
      ...(queue_remaining === undefined ? {} : { queue_remaining }),
    })),
    ram_total: hello.machine.ram_total,
    ram_free: hello.machine.ram_free,
  };
}

type GpuDevice = AgentItem['system_stats']['gpu_devices'][number];

function gpuDevice(gpu: GpuInfo | EngineDevice): GpuDevice {
  const { index, load_percent, temperature_c, power_w, power_limit_w }: Partial<GpuInfo> = gpu;
  return {
    device_name: gpu.name,
    device_type: gpu.type,
    vram_total: gpu.vram_total,
    vram_free: gpu.vram_free,
    ...(index !== undefined && { index }),
    ...(load_percent !== undefined && { load_percent }),
    ...(temperature_c !== undefined && { temperature_c }),
    ...(power_w !== undefined && { power_w }),
    ...(power_limit_w !== undefined && { power_limit_w }),
  };
}

function statusOf(session: AgentSession): AgentStatus {
  if (bestOf(session)?.state === 'starting') return 'syncing';
  if (notReady(session) !== '') return 'unhealthy';
  const running = [...session.attempts.values()].filter((attempt) => attempt.running).length;
  if (running >= session.hello.slots) return 'busy';
  // It takes what it has the models for all the same; whoever needs more waits for it.
  return session.sync.phase !== '' && session.sync.phase !== 'stuck' && running === 0 ? 'syncing' : 'idle';
}
