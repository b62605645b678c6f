import { describe, expect, it } from 'vitest';
import { sampleWorkflow, text, withGateway } from './support.ts';

const gateway = withGateway();
const owner = (method: string, path: string, json?: unknown) =>
  gateway.call(method, path, gateway.keys.jwt, json === undefined ? {} : { json });

interface Item {
  readonly id: string;
  readonly workflow_version: number;
  readonly is_current: boolean;
  readonly snapshot_note?: string;
}

const snapshots = async (id: string, query = '') => {
  const { body } = await owner('GET', `/workflows/${id}/snapshots?${query}`);
  return body as { snapshot_list: Item[]; page_meta: { total_count: number; per_page: number } };
};

/** A workflow of two versions. */
async function twice(workflow_slug: string) {
  const id = text(
    await owner('POST', '/workflows', { ...sampleWorkflow, workflow_slug, description: 'one' }),
    'id',
  );
  await owner('PUT', `/workflows/${id}`, { description: 'two', parameters: [] });
  const [second, first] = (await snapshots(id)).snapshot_list;
  if (!first || !second) throw new Error('two versions were expected');
  return { id, first, second };
}

describe('the list of versions', () => {
  it('has one row a save, newest first, with who saved it', async () => {
    const { id } = await twice('listed');
    const { snapshot_list, page_meta } = await snapshots(id);
    expect(page_meta).toEqual({ current_page: 1, per_page: 50, total_count: 2 });
    const { display_name: saved_by } = (await owner('GET', '/users/me')).body as { display_name: string };
    expect(snapshot_list).toMatchObject([
      { workflow_id: id, workflow_version: 2, is_current: true, tool_type: 'comfyui', saved_by },
      { workflow_id: id, workflow_version: 1, is_current: false, display_name: sampleWorkflow.display_name },
    ]);
    expect(snapshot_list[0]).not.toHaveProperty('snapshot_note');
  });

  it('shows the latest 50, and the older ones by pages', async () => {
    const id = await gateway.import({ workflow_slug: 'many' });
    for (let version = 2; version <= 53; version += 1) {
      await owner('PUT', `/workflows/${id}`, { description: `version ${version}` });
    }
    const numbers = async (query: string) =>
      (await snapshots(id, query)).snapshot_list.map((one) => one.workflow_version);
    expect(await numbers('')).toEqual(Array.from({ length: 50 }, (_, index) => 53 - index));
    expect(await numbers('current_page=2')).toEqual([3, 2, 1]);
  });
});

describe('a version', () => {
  it('is shown as documented; the graph is for people', async () => {
    const { id, first } = await twice('shown');
    const path = `/workflows/${id}/snapshots/${first.id}`;
    const shown = await owner('GET', path);
    expect(shown).toMatchObject({
      status: 200,
      body: {
        id: first.id,
        workflow_id: id,
        workflow_version: 1,
        workflow_json: sampleWorkflow.workflow_json,
        created_at: expect.stringMatching(/Z$/),
        description: 'one',
      },
    });
    const { workflow_params } = shown.body as { workflow_params: { key: string }[] };
    expect(workflow_params.map(({ key }) => key)).toEqual(sampleWorkflow.parameters.map(({ key }) => key));
    const forKey = await gateway.call('GET', path, gateway.keys.device);
    expect(forKey.status).toBe(200);
    expect(forKey.body).not.toHaveProperty('workflow_json');
    expect((await gateway.call('GET', path, gateway.keys.integration)).status).toBe(403);
  });

  it('of another workflow is not found', async () => {
    const { first } = await twice('one-of');
    const { id } = await twice('other-of');
    for (const [method, path, json] of [
      ['GET', '', undefined],
      ['PUT', '/note', { snapshot_note: 'x' }],
      ['POST', '/restore', undefined],
    ] as const) {
      expect((await owner(method, `/workflows/${id}/snapshots/${first.id}${path}`, json)).status).toBe(404);
    }
  });

  it('takes a note, and lets go of it', async () => {
    const { id, first } = await twice('noted');
    const path = `/workflows/${id}/snapshots/${first.id}`;
    expect((await owner('PUT', `${path}/note`, { snapshot_note: ' the good one ' })).status).toBe(200);
    expect((await owner('GET', path)).body).toMatchObject({ snapshot_note: 'the good one' });
    // A note is no change: the version stays.
    expect((await owner('GET', `/workflows/${id}`)).body).toMatchObject({ version: 2 });
    await owner('PUT', `${path}/note`, { snapshot_note: '' });
    expect((await owner('GET', path)).body).not.toHaveProperty('snapshot_note');
  });
});

describe('restore', () => {
  it('makes the old version the newest and keeps the one that was current', async () => {
    const { id, first, second } = await twice('restored');
    const task = await gateway.run(id);
    expect(await owner('POST', `/workflows/${id}/snapshots/${first.id}/restore`)).toMatchObject({
      status: 200,
      body: { id },
    });
    expect((await owner('GET', `/workflows/${id}`)).body).toMatchObject({
      version: 3,
      description: 'one',
      parameters: [
        { key: 'prompt' },
        { key: 'width' },
        { key: 'sampler' },
        { key: 'tiled' },
        { key: 'input_image' },
      ],
    });
    expect((await snapshots(id)).snapshot_list).toMatchObject([
      { workflow_version: 3, is_current: true, snapshot_note: 'Version 1 brought back' },
      { workflow_version: 2, id: second.id, is_current: false },
      { workflow_version: 1, id: first.id, is_current: false },
    ]);
    // What was submitted keeps its version; a version can be run by its number still.
    expect((await owner('GET', `/r/tasks/${task}`)).body).toMatchObject({ workflow_version: 2 });
    const old = await gateway.call('POST', '/r/workflows/slug/restored@2/run', gateway.keys.integration, {
      json: {},
    });
    expect((await owner('GET', `/r/tasks/${text(old, 'task_id')}`)).body).toMatchObject({
      workflow_version: 2,
    });
  });

  it('of the current version is refused, and changes nothing', async () => {
    const { id, second } = await twice('current');
    const reply = await owner('POST', `/workflows/${id}/snapshots/${second.id}/restore`);
    expect(reply).toMatchObject({
      status: 409,
      body: { error_message: expect.stringContaining('Version 2') },
    });
    expect((await owner('GET', `/workflows/${id}`)).body).toMatchObject({ version: 2 });
  });
});

it('is all off where the feature is, while saving goes on', async () => {
  const { id, first } = await twice('featureless');
  const set = (value: boolean) =>
    owner('PUT', '/features', { team: { features: { workflow_snapshots: value } } });
  expect((await set(false)).status).toBe(200);
  for (const path of ['', `/${first.id}`]) {
    expect(await owner('GET', `/workflows/${id}/snapshots${path}`)).toMatchObject({
      status: 403,
      body: { error_code: 'feature_disabled' },
    });
  }
  expect((await owner('PUT', `/workflows/${id}`, { description: 'three' })).status).toBe(200);
  await set(true);
  expect((await snapshots(id)).page_meta.total_count).toBe(3);
});
