import { z } from 'zod';
import { pageMeta, timestamp, uuid } from './common.ts';

const gpuFigures = {
  index: z.int().nonnegative().optional().meta({ description: 'Its number among those of its type. Ours.' }),
  load_percent: z.number().optional().meta({
    description: 'Per cent of the time that it computes. Ours, as the three below; left out if unknown.',
  }),
  temperature_c: z.number().optional().meta({ description: 'Degrees Celsius.' }),
  power_w: z.number().optional().meta({ description: 'Watts that it draws.' }),
  power_limit_w: z.number().optional().meta({ description: 'Watts that it may draw at most.' }),
};

export const agentStatuses = ['idle', 'busy', 'syncing', 'tunnel', 'unhealthy'] as const;
export const agentStatus = z.enum(agentStatuses).meta({ id: 'AgentStatus' });
export type AgentStatus = z.infer<typeof agentStatus>;

/** GET /agents item (spec 3.13): connected agents only. VRAM in bytes; fields from `status_reason` on and a GPU's figures are ours. */
export const agentItem = z
  .object({
    agent_id: z.string(),
    agent_status: agentStatus,
    agent_labels: z.array(z.string()),
    last_heartbeat: timestamp,
    connected_at: timestamp,
    agent_version: z.string(),
    tool: z.string(),
    tool_version: z.string(),
    comfyui_version: z.string(),
    gpu_capacity: z.int().meta({ description: 'Tasks it executes at once.' }),
    running_count: z.int(),
    running_tasks: z.array(uuid),
    current_task_id: uuid.nullable(),
    platform_arch: z.string(),
    sync_phase: z.string(),
    sync_detail: z.string(),
    sync_percent: z.int(),
    tasks_completed: z.int(),
    system_stats: z.object({
      comfyui_version: z.string(),
      pytorch_version: z.string(),
      os_type: z.string(),
      gpu_devices: z.array(
        z.object({
          device_name: z.string(),
          device_type: z.string(),
          vram_total: z.number(),
          vram_free: z.number(),
          ...gpuFigures,
        }),
      ),
    }),
    status_reason: z.string().meta({ description: 'Why it is unhealthy or syncing, in words.' }),
    hostname: z.string(),
  })
  .meta({ id: 'Agent' });
export type AgentItem = z.infer<typeof agentItem>;

export const agentList = z
  .object({ agent_list: z.array(agentItem), page_meta: pageMeta })
  .meta({ id: 'AgentList' });
