import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { soon, text, withGateway } from './support.ts';

const gateway = withGateway();
let workflow = '';

beforeAll(async () => {
  workflow = await gateway.import();
});

const get = (path: string) => gateway.call('GET', path, gateway.keys.integration);
const detail = async (id: string) => (await get(`/r/tasks/${id}`)).body;
const cancel = (id: string) => gateway.call('POST', `/r/tasks/${id}/cancel`, gateway.keys.integration);
const listed = async (query: string): Promise<string[]> => {
  const reply = await get(`/r/tasks?per_page=100&${query}`);
  expect(reply.status).toBe(200);
  return (reply.body as { task_list: { id: string }[] }).task_list.map(({ id }) => id);
};
const picture = (words: string) => ({ name: `${words}.png`, bytes: Buffer.from(`picture of ${words}`) });

describe('a task', () => {
  it('waits while no agent is connected, and says why and at which place', async () => {
    const id = await gateway.run(workflow);
    await expect
      .poll(() => detail(id), soon)
      .toMatchObject({
        id,
        workflow_id: workflow,
        task_status: 'waiting',
        task_error: '',
        retry_count: 0,
        created_at: expect.stringMatching(/Z$/),
        started_at: null,
        completed_at: null,
        agent_id: null,
        agent_labels: [],
        gateway_id: expect.stringMatching(/^gw-[0-9a-f]{8}$/),
        gpu_type: '',
        dispatch_target: 'agent',
        target_pool: 'team',
        tool_type: 'comfyui',
        waiting_reason: expect.stringMatching(/agent/),
        queue_position: expect.any(Number),
      });
  });

  it('names its agent while it runs', async () => {
    const id = await gateway.run(workflow);
    await gateway.perform(id);
    expect(await detail(id)).toMatchObject({
      task_status: 'running',
      agent_id: 'gpu-01',
      agent_labels: ['gpu'],
      gpu_type: 'Test GPU',
      started_at: expect.stringMatching(/Z$/),
      waiting_reason: '',
      queue_position: null,
    });
  });

  it('keeps what it was submitted with when its workflow changes', async () => {
    const changing = await gateway.import({ workflow_slug: 'changing', display_name: 'Before' });
    const id = await gateway.run(changing, { parameters: { width: 64 } });
    await gateway.import({ workflow_slug: 'changing', display_name: 'After', parameters: [] });
    expect(await detail(id)).toMatchObject({
      workflow_name: 'Before',
      workflow_version: 1,
      parameters: { width: 64, sampler: 'euler' },
    });
  });

  it('that is not there is a 404, and what is no id a 400, on every endpoint', async () => {
    for (const end of ['', '/result', '/events']) {
      expect((await get(`/r/tasks/${crypto.randomUUID()}${end}`)).status).toBe(404);
      expect((await get(`/r/tasks/first${end}`)).status).toBe(400);
    }
    expect((await cancel(crypto.randomUUID())).status).toBe(404);
  });
});

describe('the result', () => {
  it('is all null while the task is not over', async () => {
    const id = await gateway.run(workflow);
    const nothing = { task_output: null, download_url: null, download_urls: {}, task_error: '', outputs: [] };
    expect((await get(`/r/tasks/${id}/result`)).body).toMatchObject({ id, ...nothing });
    await cancel(id);
    expect((await get(`/r/tasks/${id}/result`)).body).toMatchObject({
      task_status: 'cancelled',
      task_output: null,
      download_url: null,
    });
  });

  it('of a completed task has the documented summary and an address that gives the picture', async () => {
    const id = await gateway.run(workflow);
    const made = picture('a lighthouse');
    await (await gateway.perform(id)).complete(
      { ...picture('a preview'), temporary: true },
      { name: 'words.txt', bytes: Buffer.from('hello'), kind: 'text', content_type: 'text/plain' },
      made,
    );
    const result = await get(`/r/tasks/${id}/result`);
    expect(result.body).toMatchObject({
      id,
      task_status: 'completed',
      task_output: { storage_key: expect.stringContaining(made.name), image_count: 1 },
      download_url: expect.stringContaining(gateway.url),
      task_error: '',
      failure: null,
      outputs: [{ temporary: true }, { kind: 'text' }, { name: made.name, kind: 'image' }],
    });
    const reply = await fetch(text(result, 'download_url'));
    const bytes = Buffer.from(await reply.arrayBuffer());
    expect([reply.status, reply.headers.get('content-type')]).toEqual([200, 'image/png']);
    expect(bytes).toEqual(made.bytes);
    expect(result.body).toHaveProperty(
      'outputs.2.sha256',
      createHash('sha256').update(made.bytes).digest('hex'),
    );
    expect(await detail(id)).toMatchObject({ task_status: 'completed', progress: 1 });
  });

  it('gives every file an address of its own, also two of one name', async () => {
    const id = await gateway.run(workflow);
    await (await gateway.perform(id)).complete(
      { name: 'x.png', bytes: Buffer.from('first') },
      { name: 'x.png', bytes: Buffer.from('second') },
      { name: 'x (2).png', bytes: Buffer.from('third') },
      { name: '.x', bytes: Buffer.from('fourth') },
      { name: '.x', bytes: Buffer.from('fifth') },
    );
    const { download_urls } = (await get(`/r/tasks/${id}/result`)).body as {
      download_urls: Record<string, string>;
    };
    const bytes = await Promise.all(
      Object.entries(download_urls).map(async ([name, url]) => [name, await (await fetch(url)).text()]),
    );
    expect(Object.fromEntries(bytes)).toEqual({
      'x.png': 'first',
      'x (3).png': 'second',
      'x (2).png': 'third',
      '.x': 'fourth',
      '.x (2)': 'fifth',
    });
  });

  it('of a failed task has no output, but the cause', async () => {
    const id = await gateway.run(workflow);
    await (await gateway.perform(id)).fail('CUDA is on holiday');
    expect((await get(`/r/tasks/${id}/result`)).body).toMatchObject({
      task_status: 'failed',
      task_output: null,
      download_url: null,
      task_error: expect.stringContaining('CUDA is on holiday'),
      failure: { code: 'engine_error' },
    });
    expect(await detail(id)).toMatchObject({ task_error: expect.stringContaining('CUDA is on holiday') });
  });
});

describe('cancel', () => {
  it('ends a task in line and one that runs, with or without a JSON header on its empty body', async () => {
    const waiting = await gateway.run(workflow);
    expect(await cancel(waiting)).toMatchObject({ status: 200, body: { is_success: true } });
    expect(await detail(waiting)).toMatchObject({
      task_status: 'cancelled',
      completed_at: expect.stringMatching(/Z$/),
    });

    const running = await gateway.run(workflow);
    await gateway.perform(running);
    const reply = await gateway.call('POST', `/r/tasks/${running}/cancel`, gateway.keys.integration, {
      headers: { 'content-type': 'application/json' },
    });
    expect(reply).toMatchObject({ status: 200, body: { is_success: true } });
    expect(await detail(running)).toMatchObject({ task_status: 'cancelled' });
  });

  it('of a task that is over succeeds and changes nothing', async () => {
    const id = await gateway.run(workflow);
    await (await gateway.perform(id)).complete(picture('done'));
    const before = await detail(id);
    expect(await cancel(id)).toMatchObject({ status: 200, body: { is_success: true } });
    expect(await detail(id)).toEqual(before);
  });

  it('wins over an agent that completes afterwards', async () => {
    const id = await gateway.run(workflow);
    const performance = await gateway.perform(id);
    await cancel(id);
    await performance.complete(picture('too late'));
    expect((await get(`/r/tasks/${id}/result`)).body).toMatchObject({
      task_status: 'cancelled',
      task_output: null,
      outputs: [],
    });
  });
});

describe('the list', () => {
  it('is newest first, in pages that neither miss nor repeat a task', async () => {
    const own = await gateway.import({ workflow_slug: 'paged' });
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) ids.unshift(await gateway.run(own));
    const pages = await Promise.all(
      [1, 2, 3, 4].map((page) => get(`/r/tasks?workflow_id=${own}&per_page=2&current_page=${page}`)),
    );
    const found = pages.map(({ body }) =>
      (body as { task_list: { id: string }[] }).task_list.map(({ id }) => id),
    );
    expect(found).toEqual([ids.slice(0, 2), ids.slice(2, 4), ids.slice(4), []]);
    expect(pages[0]?.body).toMatchObject({ page_meta: { current_page: 1, per_page: 2, total_count: 5 } });
  });

  it('filters by status, workflow, agent, pool and time, alone and together', async () => {
    const own = await gateway.import({ workflow_slug: 'filtered' });
    const completed = await gateway.run(own);
    await (await gateway.perform(completed)).complete(picture('one'));
    const cancelled = await gateway.run(own);
    await cancel(cancelled);
    const community = await gateway.run(own, { target_pool: 'community' });

    expect(await listed(`workflow_id=${own}`)).toEqual([community, cancelled, completed]);
    expect(await listed(`workflow_id=${own}&status=completed`)).toEqual([completed]);
    expect(await listed(`workflow_id=${own}&agent_id=gpu-01`)).toEqual([completed]);
    expect(await listed(`workflow_id=${own}&target_pool=community`)).toEqual([community]);
    expect(await listed('status=cancelled')).toContain(cancelled);
    expect(await listed('status=cancelled')).not.toContain(completed);

    const { created_at } = (await detail(cancelled)) as { created_at: string };
    expect(await listed(`workflow_id=${own}&created_after=${created_at}`)).toContain(cancelled);
    expect(await listed(`workflow_id=${own}&created_before=2020-01-01T00:00:00Z`)).toEqual([]);
    expect(await listed(`workflow_id=${own}&created_after=2199-01-01T00:00:00Z`)).toEqual([]);
    expect(await listed(`workflow_id=${crypto.randomUUID()}`)).toEqual([]);
  });

  it('finds a text in a workflow’s name, a value, an error and an id, whatever its case', async () => {
    const own = await gateway.import({ workflow_slug: 'sought', display_name: 'Lighthouse 100%' });
    const id = await gateway.run(own, { parameters: { prompt: 'a "red" _boat_' } });
    await (await gateway.perform(id)).fail('the lamp is out');
    const found = (words: string) => listed(`workflow_id=${own}&text=${encodeURIComponent(words)}`);
    for (const words of ['LIGHTHOUSE', '100%', '"red"', '_boat_', 'Lamp', id.slice(-12), '']) {
      expect(await found(words)).toEqual([id]);
    }
    for (const words of ['1%0', 'b_at', "' OR 1=1", '\\']) expect(await found(words)).toEqual([]);
    expect(await listed(`text=${encodeURIComponent('lamp is out')}`)).toEqual([id]);
  });

  it('counts each status for itself', async () => {
    const count = async (status: string) => {
      const { body } = await get(`/r/tasks?status=${status}&per_page=1`);
      return (body as { page_meta: { total_count: number } }).page_meta.total_count;
    };
    const before = await count('cancelled');
    await cancel(await gateway.run(workflow));
    expect(await count('cancelled')).toBe(before + 1);
    expect(await count('provisioning')).toBe(0);
  });

  it.each([
    ['status=done', 'status'],
    ['workflow_id=mine', 'workflow_id'],
    ['target_pool=all', 'target_pool'],
    ['created_after=yesterday', 'created_after'],
    ['created_before=2026-13-01T00:00:00Z', 'created_before'],
  ])('refuses ?%s and names the filter', async (query, field) => {
    expect(await get(`/r/tasks?${query}`)).toMatchObject({
      status: 400,
      body: { error_message: expect.stringContaining(field) },
    });
  });
});
