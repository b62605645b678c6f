import { describe, expect, it } from 'vitest';
import { sampleWorkflow, text, withGateway } from './support.ts';

const gateway = withGateway();
const post = (json: unknown) => gateway.call('POST', '/workflows/import', gateway.keys.device, { json });
const put = (id: string, json: unknown) =>
  gateway.call('PUT', `/workflows/${id}`, gateway.keys.device, { json });

describe('export', () => {
  const drawing = { nodes: [{ id: 3, type: 'KSampler' }], links: [], version: 0.4 };
  const get = (id: string, format: string) =>
    gateway.fetch('GET', `/api/v1/workflows/${id}/export?format=${format}`, gateway.keys.jwt);

  it('gives a workflow out as one file that makes the same workflow again', async () => {
    const made = await post({
      ...sampleWorkflow,
      workflow_slug: 'goes-out',
      editor_json: drawing,
      max_retries: 2,
    });
    const reply = await get(text(made, 'id'), 'atelier');
    expect(reply.headers.get('content-disposition')).toBe('attachment; filename="goes-out.json"');
    const file = (await reply.json()) as object;
    const again = await post({ ...file, workflow_slug: 'comes-in' });
    const shown = async (id: string) =>
      (await gateway.call('GET', `/workflows/${id}`, gateway.keys.jwt)).body as Record<string, unknown>;
    const [one, other] = [await shown(text(made, 'id')), await shown(text(again, 'id'))];
    const own = ['id', 'workflow_slug', 'created_at', 'updated_at'];
    const same = (body: Record<string, unknown>) =>
      Object.fromEntries(Object.entries(body).filter(([field]) => !own.includes(field)));
    expect(same(other)).toEqual(same(one));
    expect(await (await get(text(again, 'id'), 'editor')).json()).toEqual(drawing);
  });

  it('gives the graph to programs, and the drawing only while it is of this graph', async () => {
    const made = await post({ ...sampleWorkflow, workflow_slug: 'drawn', editor_json: drawing });
    const id = text(made, 'id');
    expect(await (await get(id, 'api')).json()).toEqual(sampleWorkflow.workflow_json);
    await put(id, { description: 'still the same graph' });
    expect((await get(id, 'editor')).status).toBe(200);
    const { '5': latent } = sampleWorkflow.workflow_json;
    await put(id, { workflow_json: { '5': latent }, parameters: [] });
    expect((await get(id, 'editor')).status).toBe(404);
    expect((await get(id, 'picture')).status).toBe(400);
  });
});

it('a star is no new version', async () => {
  const id = text(await post({ ...sampleWorkflow, workflow_slug: 'dear' }), 'id');
  const star = { json: { is_starred: true } };
  expect((await gateway.call('PUT', `/workflows/${id}/star`, gateway.keys.device, star)).status).toBe(200);
  const shown = await gateway.call('GET', `/workflows/${id}`, gateway.keys.jwt);
  expect(shown.body).toMatchObject({ version: 1, is_starred: true });
  expect(gateway.gateway.rooms.workflows.canaries(gateway.owner.teamId, 'starred')).toMatchObject([
    { name: sampleWorkflow.display_name, graph: { '5': { inputs: { width: 512 } } } },
  ]);
});
