import { describe, expect, it } from 'vitest';
import { sampleWorkflow, text, withGateway } from './support.ts';

const gateway = withGateway();
const post = (json: unknown) => gateway.call('POST', '/workflows/import', gateway.keys.device, { json });
const put = (id: string, json: unknown) =>
  gateway.call('PUT', `/workflows/${id}`, gateway.keys.device, { json });
const bySlug = (reference: string, key = gateway.keys.integration) =>
  gateway.call('GET', `/r/workflows/slug/${reference}`, key);

describe('import', () => {
  it('creates version 1 with the documented defaults', async () => {
    const { workflow_slug, display_name, workflow_json } = { ...sampleWorkflow, workflow_slug: 'bare' };
    const made = await post({ workflow_slug, display_name, workflow_json });
    expect(made).toMatchObject({ status: 200, body: { id: expect.stringMatching(/^[0-9a-f-]{36}$/) } });
    const shown = await gateway.call('GET', `/workflows/${text(made, 'id')}`, gateway.keys.jwt);
    expect(shown).toMatchObject({
      status: 200,
      body: {
        id: text(made, 'id'),
        workflow_slug: 'bare',
        display_name,
        description: '',
        version: 1,
        workflow_status: 'active',
        workflow_json,
        parameters: [],
        required_labels: [],
        task_timeout: 0,
        max_retries: 0,
        preferred_gpu: '',
        default_dispatch_target: 'agent',
        min_vram_gb: 0,
        required_models: [],
        tool_type: 'comfyui',
        created_at: expect.stringMatching(/Z$/),
        updated_at: expect.stringMatching(/Z$/),
      },
    });
  });

  it('overwrites every field of the same slug, under the same id, as the next version; the old one is kept', async () => {
    const first = await gateway.import({ workflow_slug: 'upsert', description: 'old', max_retries: 3 });
    const second = await gateway.import({ workflow_slug: 'upsert', display_name: 'New', parameters: [] });
    expect(second).toBe(first);
    expect((await bySlug('upsert')).body).toMatchObject({
      version: 2,
      display_name: 'New',
      description: '',
      max_retries: 0,
      parameters: [],
    });
    expect((await bySlug('upsert@1')).body).toMatchObject({
      version: 1,
      description: 'old',
      max_retries: 3,
      display_name: sampleWorkflow.display_name,
    });
  });

  it('lets two teams use the same slug', async () => {
    const ours = await gateway.import({ workflow_slug: 'shared-name' });
    const other = await gateway.stranger();
    const theirs = await gateway.call('POST', '/workflows/import', other.jwt, {
      headers: { 'x-team-id': other.teamId },
      json: { ...sampleWorkflow, workflow_slug: 'shared-name' },
    });
    expect(text(theirs, 'id')).not.toBe(ours);
  });

  it.each([
    [{ workflow_slug: 'Upper' }, 'workflow_slug'],
    [{ workflow_slug: 'double--hyphen' }, 'workflow_slug'],
    [{ workflow_slug: 'a' }, 'workflow_slug'],
    [{ workflow_slug: 'a'.repeat(101) }, 'workflow_slug'],
    [{ display_name: '' }, 'display_name'],
    [{ display_name: 'x'.repeat(256) }, 'display_name'],
    [{ description: 'x'.repeat(2001) }, 'description'],
    [{ workflow_json: [] }, 'workflow_json'],
    [{ tool_type: 'blender' }, 'tool_type'],
    [{ task_timeout: -1 }, 'task_timeout'],
    [{ max_retries: -1 }, 'max_retries'],
    [{ preferred_gpu: 'x'.repeat(101) }, 'preferred_gpu'],
    [{ default_dispatch_target: 'moon' }, 'default_dispatch_target'],
    [{ min_vram_gb: 2049 }, 'min_vram_gb'],
    [{ required_models: ['x'.repeat(513)] }, 'required_models'],
    [{ parameters: [{ key: 'a b', node_id: '6', field: 'text' }] }, 'parameters.0.key'],
  ])('refuses %j and names the field', async (change, field) => {
    const reply = await post({ ...sampleWorkflow, workflow_slug: 'refused', ...change });
    expect(reply).toMatchObject({
      status: 400,
      body: { error_code: 'validation_failed', error_message: expect.stringContaining(field) },
    });
    expect((await bySlug('refused')).status).toBe(404);
  });

  it.each([
    [{ nodes: [], links: [] }, 'Export (API)'],
    [{}, 'no nodes'],
    [{ '1': { inputs: {} } }, 'Node 1'],
  ])('refuses the graph %j in words', async (workflow_json, words) => {
    const reply = await post({ ...sampleWorkflow, workflow_json, parameters: [] });
    expect(reply).toMatchObject({
      status: 400,
      body: { error_code: 'invalid_workflow', error_message: expect.stringContaining(words) },
    });
  });

  it.each([
    [[{ key: 'a', node_id: '99', field: 'x' }], 'node "99"'],
    [[{ key: 'a', node_id: 'constructor', field: 'x' }], 'node "constructor"'],
    [
      [
        { key: 'a', node_id: '6', field: 'text' },
        { key: 'a', node_id: '5', field: 'width' },
      ],
      'defined twice',
    ],
    [[{ key: 'a', node_id: '5', field: 'width', min: 9, max: 1 }], 'min 9 above max 1'],
    [[{ key: 'a', node_id: '5', field: 'width', type: 'select' }], 'without options'],
    [[{ key: 'a' }], 'no target'],
  ])('refuses the parameters %j in words', async (parameters, words) => {
    const reply = await post({ ...sampleWorkflow, parameters });
    expect(reply).toMatchObject({
      status: 400,
      body: { error_code: 'invalid_workflow', error_message: expect.stringContaining(words) },
    });
  });

  it('takes a Nerfstudio pipeline, whose targets are paths', async () => {
    const made = await post({
      workflow_slug: 'splat',
      display_name: 'Splat',
      tool_type: 'nerfstudio',
      workflow_json: { train: { max_num_iterations: 30000 } },
      parameters: [{ key: 'steps', type: 'number', target_path: 'train.max_num_iterations' }],
    });
    expect(made.status).toBe(200);
    expect((await bySlug('splat')).body).toMatchObject({ tool_type: 'nerfstudio' });
  });
});

describe('update', () => {
  it('changes the given fields only, and counts the version up', async () => {
    const id = await gateway.import({ workflow_slug: 'to-update', description: 'kept', max_retries: 2 });
    expect(await put(id, { display_name: 'Renamed', workflow_status: 'disabled' })).toMatchObject({
      status: 200,
      body: { id },
    });
    expect((await bySlug('to-update')).body).toMatchObject({
      version: 2,
      display_name: 'Renamed',
      description: 'kept',
      max_retries: 2,
      workflow_status: 'disabled',
      parameters: sampleWorkflow.parameters,
    });
  });

  it('moves a workflow to another slug, but not onto one that is taken', async () => {
    const id = await gateway.import({ workflow_slug: 'before' });
    await gateway.import({ workflow_slug: 'taken' });
    expect((await put(id, { workflow_slug: 'after' })).status).toBe(200);
    expect((await bySlug('after')).body).toMatchObject({ id });
    expect(await put(id, { workflow_slug: 'taken' })).toMatchObject({
      status: 409,
      body: { error_message: expect.stringContaining('taken') },
    });
  });

  it('refuses a graph that leaves parameters without target', async () => {
    const id = await gateway.import({ workflow_slug: 'half' });
    const reply = await put(id, { workflow_json: { '1': { class_type: 'EmptyImage', inputs: {} } } });
    expect(reply).toMatchObject({ status: 400, body: { error_code: 'invalid_workflow' } });
    expect((await bySlug('half')).body).toMatchObject({ version: 1 });
  });

  it('answers 404 for a workflow that is not there, 400 for what is no id', async () => {
    expect((await put(crypto.randomUUID(), { display_name: 'x' })).status).toBe(404);
    expect((await put('sd-portrait', { display_name: 'x' })).status).toBe(400);
  });
});

describe('graph', () => {
  it('is shown to users and withheld from keys', async () => {
    const id = await gateway.import({ workflow_slug: 'secret-graph' });
    for (const path of [`/r/workflows/${id}`, '/r/workflows/slug/secret-graph']) {
      const user = await gateway.call('GET', path, gateway.keys.jwt);
      expect(user.body).toHaveProperty('workflow_json', sampleWorkflow.workflow_json);
      for (const key of [gateway.keys.integration, gateway.keys.device]) {
        const reply = await gateway.call('GET', path, key);
        expect(reply).toMatchObject({ status: 200, body: { parameters: sampleWorkflow.parameters } });
        expect(reply.body).not.toHaveProperty('workflow_json');
      }
    }
    const managed = await gateway.call('GET', `/workflows/${id}`, gateway.keys.device);
    expect(managed.body).not.toHaveProperty('workflow_json');
  });
});

describe('slug@version', () => {
  it('answers 404 for versions that never were, naming them', async () => {
    await gateway.import({ workflow_slug: 'versions' });
    for (const wanted of ['2', '0', '-1', 'latest', '']) {
      const reply = await bySlug(`versions@${wanted}`);
      expect(reply, wanted).toMatchObject({
        status: 404,
        body: { error_message: expect.stringContaining(`no version ${wanted}`) },
      });
    }
    expect((await bySlug('never-imported')).status).toBe(404);
  });
});

describe('list', () => {
  it('turns pages and counts all of them', async () => {
    for (const name of ['a', 'b', 'c']) await gateway.import({ workflow_slug: `listed-${name}` });
    const all = await gateway.call('GET', '/r/workflows?per_page=100', gateway.keys.integration);
    const total = (all.body as { workflow_list: { id: string }[] }).workflow_list;
    expect(all.body).toMatchObject({
      page_meta: { current_page: 1, per_page: 100, total_count: total.length },
    });
    const pages = await Promise.all(
      Array.from({ length: Math.ceil(total.length / 2) }, (_, page) =>
        gateway.call('GET', `/workflows?per_page=2&current_page=${page + 1}`, gateway.keys.device),
      ),
    );
    const ids = pages.flatMap(({ body }) => (body as { workflow_list: { id: string }[] }).workflow_list);
    expect(ids.map(({ id }) => id)).toEqual(total.map(({ id }) => id));
  });

  it.each(['/r/workflows', '/r/tasks', '/r/agents'])(
    '%s has 20 to a page unless told otherwise',
    async (path) => {
      const reply = await gateway.call('GET', path, gateway.keys.integration);
      expect(reply.body).toMatchObject({ page_meta: { current_page: 1, per_page: 20 } });
    },
  );

  it.each([
    ['per_page=0', 'per_page'],
    ['per_page=101', 'per_page'],
    ['per_page=two', 'per_page'],
    ['current_page=0', 'current_page'],
    ['current_page=1.5', 'current_page'],
    ['current_page=9007199254740991', 'current_page'],
  ])('refuses ?%s on every list', async (query, field) => {
    for (const path of ['/r/workflows', '/workflows', '/r/tasks', '/r/agents', '/agents', '/credentials']) {
      const reply = await gateway.call('GET', `${path}?${query}`, gateway.keys.jwt);
      expect(reply, path).toMatchObject({
        status: 400,
        body: { error_message: expect.stringContaining(field) },
      });
    }
  });

  it('has nothing on a page far beyond the last', async () => {
    for (const path of ['/r/workflows', '/r/tasks', '/r/agents']) {
      const reply = await gateway.call(
        'GET',
        `${path}?current_page=2147483647&per_page=100`,
        gateway.keys.jwt,
      );
      expect(reply.status, path).toBe(200);
      expect(Object.values(reply.body as object).find(Array.isArray), path).toEqual([]);
    }
  });
});

describe('agents', () => {
  it('lists nobody while no agent is connected, to users and keys alike', async () => {
    for (const [path, key] of [
      ['/agents', gateway.keys.device],
      ['/agents', gateway.keys.jwt],
      ['/r/agents', gateway.keys.integration],
    ] as const) {
      expect(await gateway.call('GET', path, key)).toMatchObject({
        status: 200,
        body: { agent_list: [], page_meta: { current_page: 1, per_page: 20, total_count: 0 } },
      });
    }
  });
});
