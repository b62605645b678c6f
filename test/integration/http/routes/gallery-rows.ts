import { outputListQuery } from '../../../../shared/wire/outputs.ts';
import type { rows } from './rows.ts';
import type { World } from './world.ts';

/** An output of its own, in the place of a path's or a body's id. */
async function madeOutput({ gateway, workflowId }: World): Promise<string> {
  const run = await gateway.perform(await gateway.run(workflowId));
  await run.complete({ name: 'walked.txt', bytes: Buffer.from('walked'), kind: 'text' });
  const { outputs } = gateway.gateway.rooms.gallery;
  const { output_list } = outputs.list(gateway.owner.teamId, outputListQuery.parse({}));
  return output_list[0]?.id ?? '';
}

export const galleryRows: typeof rows = {
  listOutputs: () => ({ ok: 200 }),
  listOutputDays: () => ({ ok: 200 }),
  getOutputFacets: () => ({ ok: 200 }),
  getOutput: async (world) => ({ at: { outputId: await madeOutput(world) }, ok: 200 }),
  zipOutputs: async (world) => ({ json: { output_ids: [await madeOutput(world)] }, ok: 200 }),
  starOutputs: async (world) => ({
    json: { output_ids: [await madeOutput(world)], is_starred: true },
    ok: 200,
  }),
  deleteOutputs: async (world) => ({ json: { output_ids: [await madeOutput(world)] }, ok: 200 }),
  restoreOutputs: async (world) => ({ json: { output_ids: [await madeOutput(world)] }, ok: 200 }),
  useOutputAsInput: async (world) => ({ at: { outputId: await madeOutput(world) }, ok: 200 }),
};
