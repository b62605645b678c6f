import { sampleWorkflow, text } from '../support.ts';
import type { Row } from './rows.ts';
import type { World } from './world.ts';

const fresh = () => `w-${crypto.randomUUID()}`;
const ofWorkflow: Row = ({ workflowId }) => ({ at: { workflowId }, ok: 200 });

/** A workflow of two versions, and its first. */
async function older({ gateway }: World) {
  const workflow_slug = fresh();
  const workflowId = await gateway.import({ workflow_slug });
  await gateway.import({ workflow_slug, description: 'newer' });
  const { history } = gateway.gateway.rooms.workflows;
  const page = { current_page: 1, per_page: 10 };
  const { snapshots } = history.list(gateway.owner.teamId, workflowId, page);
  return { workflowId, snapshotId: snapshots.at(-1)?.id ?? '' };
}

async function aPreset({ gateway, workflowId }: World) {
  const made = await gateway.call('POST', `/workflows/${workflowId}/presets`, gateway.keys.jwt, {
    json: { preset_name: fresh(), values: {} },
  });
  return { workflowId, presetId: text(made, 'id') };
}

/** Good calls of the routes about a workflow's life, versions and presets. */
export const workflowRows: Readonly<Record<string, Row>> = {
  createWorkflow: () => ({ json: { ...sampleWorkflow, workflow_slug: fresh() }, ok: 200 }),
  deleteWorkflow: async ({ gateway }) => ({
    at: { workflowId: await gateway.import({ workflow_slug: fresh() }) },
    ok: 204,
  }),
  listWorkflowTags: () => ({ ok: 200 }),
  estimateWorkflow: ofWorkflow,
  listWorkflowSnapshots: ofWorkflow,
  getWorkflowSnapshot: async (world) => ({ at: await older(world), ok: 200 }),
  noteWorkflowSnapshot: async (world) => ({
    at: await older(world),
    json: { snapshot_note: 'walked' },
    ok: 200,
  }),
  restoreWorkflowSnapshot: async (world) => ({ at: await older(world), ok: 200 }),
  listPresets: ofWorkflow,
  createPreset: ({ workflowId }) => ({
    at: { workflowId },
    json: { preset_name: fresh(), values: { width: 512 } },
    ok: 200,
  }),
  updatePreset: async (world) => ({ at: await aPreset(world), json: { is_shared: true }, ok: 200 }),
  deletePreset: async (world) => ({ at: await aPreset(world), ok: 204 }),
};
