import type { GoodCall } from './rows.ts';
import type { World } from './world.ts';

type Row = (world: World) => GoodCall | Promise<GoodCall>;

/** An agent that was here once, made for one call: some calls end what they are about. */
async function passingAgent({ gateway }: World): Promise<{ agentId: string }> {
  const agentId = `passing-${crypto.randomUUID().slice(0, 8)}`;
  const { roster } = gateway.gateway.rooms;
  await roster.arrived(gateway.owner.teamId, { agent_id: agentId, machine: nowhere }, undefined);
  return { agentId };
}

const nowhere = {
  hostname: 'nowhere',
  platform_arch: 'linux/amd64',
  os: 'linux',
  cpu_count: 1,
  ram_total: 1,
  ram_free: 1,
  gpus: [],
};

async function overTask({ gateway, workflowId }: World): Promise<{ taskId: string }> {
  const taskId = await gateway.run(workflowId);
  await gateway.gateway.rooms.tasks.attempts.cancel(taskId);
  return { taskId };
}

const ofTask: Row = ({ taskId }) => ({ at: { taskId }, ok: 200 });
const ofAgent: Row = async (world) => ({ at: await passingAgent(world), ok: 200 });

/** The good calls of the routes about tasks' records, the line's order, and agents. */
export const taskRows = {
  getTaskLog: ofTask,
  getTaskStatistics: () => ({ ok: 200 }),
  deleteTask: async (world) => ({ at: await overTask(world), ok: 200 }),
  listQueue: () => ({ ok: 200 }),
  moveTask: async ({ gateway, workflowId }) => ({
    at: { taskId: await gateway.run(workflowId) },
    json: { before: await gateway.run(workflowId) },
    ok: 200,
  }),
  updateAgent: async (world) => ({
    at: await passingAgent(world),
    json: { added_labels: ['walked'] },
    ok: 200,
  }),
  drainAgent: ofAgent,
  resumeAgent: ofAgent,
  removeAgent: ofAgent,
  lendAgent: async (world) => ({ at: await passingAgent(world), json: { is_community: true }, ok: 200 }),
  getAgentStatistics: ofAgent,
} satisfies Record<string, Row>;
