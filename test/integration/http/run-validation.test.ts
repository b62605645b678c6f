import { beforeAll, describe, expect, it } from 'vitest';
import { type Reply, text, withGateway } from './support.ts';

/** The validation rules of the run page (seed 001, step 3), each with its 400 that names the key and the rule. */
const gateway = withGateway();
let workflow = '';
let needy = '';

beforeAll(async () => {
  workflow = await gateway.import();
  needy = await gateway.import({
    workflow_slug: 'needy',
    parameters: [
      { key: 'prompt', type: 'string', node_id: '6', field: 'text', required: true, default: 'unused' },
      { key: 'input_image', type: 'file', node_id: '10', field: 'image', required: true },
    ],
  });
});

const run = (json: unknown, id = workflow, key = gateway.keys.integration): Promise<Reply> =>
  gateway.call('POST', `/r/workflows/${id}/run`, key, { json });
const tasksSoFar = async (): Promise<unknown> => {
  const { body } = await gateway.call('GET', '/r/tasks', gateway.keys.integration);
  return (body as { page_meta: { total_count: number } }).page_meta.total_count;
};

describe('a run is refused and leaves no task', () => {
  it.each([
    ['an unknown key', { heigth: 512 }, 'heigth', 'unknown', 'This workflow has: prompt, width'],
    ['text for a number', { width: '512' }, 'width', 'type', 'must be a number'],
    ['a number for text', { prompt: 5 }, 'prompt', 'type', 'must be text'],
    ['text for a switch', { tiled: 'yes' }, 'tiled', 'type', 'must be true or false'],
    ['a list for text', { prompt: ['a'] }, 'prompt', 'type', 'must be text'],
    ['a number for a file', { input_image: 7 }, 'input_image', 'type', 'file_key'],
    ['a number below min', { width: 63 }, 'width', 'range', 'at least 64 (min)'],
    ['a number above max', { width: 2049 }, 'width', 'range', 'at most 2048 (max)'],
    [
      'a value outside the options',
      { sampler: 'ddim' },
      'sampler',
      'options',
      'euler, euler_ancestral, dpmpp_2m',
    ],
  ])('%s', async (_name, parameters, key, rule, words) => {
    const before = await tasksSoFar();
    const reply = await run({ parameters });
    expect(reply).toMatchObject({
      status: 400,
      body: {
        error_code: 'invalid_parameter',
        error_message: expect.stringContaining(`"${key}"`),
        error_details: { key, rule },
      },
    });
    expect(text(reply, 'error_message')).toContain(words);
    expect(await tasksSoFar()).toBe(before);
  });

  it('a missing required key, also when the definition has a default', async () => {
    expect(await run({}, needy)).toMatchObject({
      status: 400,
      body: {
        error_message: expect.stringMatching(/"prompt".*required/),
        error_details: { key: 'prompt', rule: 'required' },
      },
    });
    expect(await run({ parameters: { prompt: 'x' } }, needy)).toMatchObject({
      status: 400,
      body: { error_details: { key: 'input_image', rule: 'required' } },
    });
  });

  it('more than a hundred keys', async () => {
    const parameters = Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`k${n}`, n]));
    expect(await run({ parameters })).toMatchObject({
      status: 400,
      body: { error_message: expect.stringContaining('100') },
    });
  });

  it.each([
    [{ parameters: [] }, 'parameters'],
    [{ dispatch_target: 'moon' }, 'dispatch_target'],
    [{ target_pool: 'everyone' }, 'target_pool'],
    [{ submitter_region: 'x'.repeat(65) }, 'submitter_region'],
    [{ tool_type: 'blender' }, 'tool_type'],
    [{ tool_type: 'nerfstudio' }, 'tool_type'],
    [{ dispatch_target: 'comfy_cloud' }, 'dispatch_target'],
  ])('the body %j, naming the field', async (body, field) => {
    expect(await run(body)).toMatchObject({
      status: 400,
      body: { error_message: expect.stringContaining(field) },
    });
  });

  it('a workflow that is disabled, unknown, or no id', async () => {
    const disabled = await gateway.import({ workflow_slug: 'disabled' });
    await gateway.call('PUT', `/workflows/${disabled}`, gateway.keys.device, {
      json: { workflow_status: 'disabled' },
    });
    expect(await run({}, disabled)).toMatchObject({ status: 409, body: { error_code: 'workflow_disabled' } });
    expect((await run({}, crypto.randomUUID())).status).toBe(404);
    expect((await run({}, 'sd-portrait-v2')).status).toBe(400);
  });
});

describe('a file parameter', () => {
  const picture = new Uint8Array([137, 80, 78, 71]);
  const withFile = (input_image: unknown) => run({ parameters: { input_image } });

  it('takes an uploaded file of the team whose type is accepted', async () => {
    const key = await gateway.upload(gateway.keys.integration, 'photo.png', 'image/png', picture);
    const reply = await withFile(key);
    expect(reply.status).toBe(202);
    const task = await gateway.call('GET', `/r/tasks/${text(reply, 'task_id')}`, gateway.keys.integration);
    expect(task.body).toHaveProperty('parameters.input_image', key);
  });

  it('refuses a file that was announced but never uploaded, and one that nobody announced', async () => {
    const { file_key } = await gateway.presign(gateway.keys.integration, 'late.png', 'image/png', 4);
    for (const key of [file_key, 'photo.png', `inputs/${gateway.owner.teamId}/nothing/photo.png`]) {
      expect(await withFile(key)).toMatchObject({
        status: 400,
        body: {
          error_message: expect.stringContaining('"input_image"'),
          error_details: { key: 'input_image', rule: 'file_missing' },
        },
      });
    }
  });

  it('refuses a file of another team', async () => {
    const foreign = await gateway.upload(await gateway.foreignKey(), 'theirs.png', 'image/png', picture);
    expect(await withFile(foreign)).toMatchObject({
      status: 400,
      body: { error_details: { key: 'input_image', rule: 'file_team' } },
    });
  });

  it('refuses a file whose type does not fit "accept", and says what does', async () => {
    const wrong = await gateway.upload(gateway.keys.integration, 'notes.txt', 'text/plain', picture);
    expect(await withFile(wrong)).toMatchObject({
      status: 400,
      body: {
        error_message: expect.stringMatching(/text\/plain.*image\/\*/),
        error_details: { key: 'input_image', rule: 'file_type' },
      },
    });
  });
});

describe('a run is accepted', () => {
  const task = async (reply: Reply) => {
    expect(reply).toMatchObject({ status: 202, body: { task_id: expect.stringMatching(/^[0-9a-f-]{36}$/) } });
    return (await gateway.call('GET', `/r/tasks/${text(reply, 'task_id')}`, gateway.keys.integration)).body;
  };

  it('with {} and without any body: optional keys get their defaults', async () => {
    const defaults = { width: 512, sampler: 'euler' };
    expect(await task(await run({}))).toHaveProperty('parameters', defaults);
    const path = `/r/workflows/${workflow}/run`;
    expect(await task(await gateway.call('POST', path, gateway.keys.integration))).toHaveProperty(
      'parameters',
      defaults,
    );
    const empty = await gateway.call('POST', path, gateway.keys.integration, {
      headers: { 'content-type': 'application/json' },
      raw: '',
    });
    expect(await task(empty)).toHaveProperty('parameters', defaults);
  });

  it('with values on the bounds', async () => {
    expect(await task(await run({ parameters: { width: 64 } }))).toHaveProperty('parameters.width', 64);
    expect(await task(await run({ parameters: { width: 2048 } }))).toHaveProperty('parameters.width', 2048);
  });

  it('with the body of the documentation’s example, by any runtime caller', async () => {
    const body = {
      parameters: { prompt: 'sunset over ocean', width: 1024 },
      dispatch_target: 'agent',
      target_pool: 'team',
      submitter_region: '  US-East ',
      tool_type: 'comfyui',
    };
    for (const key of [gateway.keys.integration, gateway.keys.device, gateway.keys.jwt]) {
      expect(await task(await run(body, workflow, key))).toMatchObject({
        workflow_id: workflow,
        dispatch_target: 'agent',
        target_pool: 'team',
        tool_type: 'comfyui',
        parameters: { prompt: 'sunset over ocean', width: 1024, sampler: 'euler' },
      });
    }
  });

  it('by slug, and by slug@version with that version’s parameters', async () => {
    await gateway.import({ workflow_slug: 'by-slug' });
    await gateway.import({ workflow_slug: 'by-slug', parameters: [] });
    const bySlug = (reference: string, parameters: object) =>
      gateway.call('POST', `/r/workflows/slug/${reference}/run`, gateway.keys.integration, {
        json: { parameters },
      });
    expect(await task(await bySlug('by-slug', {}))).toMatchObject({
      workflow_slug: 'by-slug',
      workflow_version: 2,
    });
    expect(await bySlug('by-slug', { width: 128 })).toMatchObject({
      status: 400,
      body: { error_details: { key: 'width', rule: 'unknown' } },
    });
    expect(await task(await bySlug('by-slug@1', { width: 128 }))).toMatchObject({
      workflow_version: 1,
      parameters: { width: 128 },
    });
    expect((await bySlug('by-slug@9', {})).status).toBe(404);
  });
});
