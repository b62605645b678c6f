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

const isCommunity = z.boolean().meta({
  description: 'Lent to the community pool: it takes tasks of other teams too, after those of its own.',
});

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
    added_labels: z.array(z.string()).meta({ description: 'Those of its labels that the team has added.' }),
    is_draining: z.boolean().meta({ description: 'It finishes what it has and gets no more.' }),
    is_community: isCommunity,
    engines: z
      .array(
        z.object({
          name: z.string(),
          tool: z.string(),
          flavour: z.string().meta({ examples: ['comfyui'] }),
          version: z.string(),
          state: z.enum(['starting', 'ready', 'crashed', 'stopped']),
          reason: z.string().meta({ description: 'Why it is not ready, in words.' }),
          queue_remaining: z.int().optional(),
        }),
      )
      .meta({ description: 'Every engine that it serves; `tool` and its version above are of the first.' }),
    ram_total: z.number().meta({ description: 'Bytes of main memory.' }),
    ram_free: z.number(),
  })
  .meta({ id: 'Agent' });
export type AgentItem = z.infer<typeof agentItem>;

/** An agent that was here and is not now. */
export const awayAgent = z
  .object({
    agent_id: z.string(),
    hostname: z.string(),
    added_labels: z.array(z.string()),
    is_draining: z.boolean(),
    is_community: isCommunity,
    last_seen_at: timestamp,
  })
  .meta({ id: 'AwayAgent' });
export type AwayAgent = z.infer<typeof awayAgent>;

export const agentList = z
  .object({
    agent_list: z.array(agentItem),
    page_meta: pageMeta,
    away_list: z.array(awayAgent).meta({
      description:
        'Ours: agents that are known and not connected, until they are removed. Of the first page.',
    }),
  })
  .meta({ id: 'AgentList' });

/** PUT /agents/{agentId}; ours. */
export const agentUpdate = z
  .object({
    added_labels: z
      .array(
        z
          .string()
          .trim()
          .min(1)
          .max(100)
          .regex(/^[^,\p{C}]+$/u, 'a label has no comma and no control character'),
      )
      .max(50)
      .meta({
        description:
          'Labels beside those that the agent tells of itself; they replace the ones added before, and count at once. ' +
          'Case does not matter.',
        examples: [['studio-a', 'fast-disk']],
      }),
  })
  .meta({ id: 'AgentUpdate' });

/** PUT /agents/{agentId}/community; ours. */
export const lendAgentRequest = z.object({ is_community: isCommunity }).meta({ id: 'LendAgentRequest' });

/** What the team has decided about an agent. */
export const agentDecision = z
  .object({
    agent_id: z.string(),
    added_labels: z.array(z.string()),
    is_draining: z.boolean(),
    is_community: isCommunity,
  })
  .meta({ id: 'AgentDecision' });
export type AgentDecision = z.infer<typeof agentDecision>;

export const removeAgentReply = z
  .object({
    is_success: z.literal(true),
    key_revoked: z.boolean().meta({
      description:
        'Its `ak-` key was its alone and is revoked. Otherwise others use it, and with it the agent may come back.',
    }),
  })
  .meta({ id: 'RemoveAgentReply' });
