import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine } from '../../helpers/engine.ts';
import { isRunning } from '../../helpers/processes.ts';
import { EngineClient, isOver, picture, probe } from './engine-client.ts';

interface HistoryEntry {
  readonly status: { readonly messages: readonly [string, { readonly nodes?: readonly string[] }][] };
}

let client: EngineClient;
beforeAll(async () => {
  client = await EngineClient.start();
});
afterAll(() => client?.engine.stop());

async function finished(graph: unknown, more: Record<string, unknown> = {}): Promise<string> {
  const heard = await client.listen('routes');
  const id = await client.submit(graph, { client_id: 'routes', ...more });
  await expect.poll(() => isOver(heard, id), { timeout: 20_000, interval: 10 }).toBe(true);
  return id;
}

async function upload(name: string, content: string, fields: Record<string, string> = {}): Promise<unknown> {
  const form = new FormData();
  for (const [key, value] of Object.entries(fields)) form.append(key, value);
  form.append('image', new Blob([content]), name);
  const reply = await client.fetch('/upload/image', { method: 'POST', body: form });
  return reply.status === 200 ? reply.json() : reply.status;
}

describe('the queue', () => {
  it('shows what runs and what waits in order, and lets the waiting be taken out', async () => {
    const running = await client.submit(probe('ok', 1000, 0.05));
    const last = await client.submit(picture(1), { number: 50 });
    const first = await client.submit(picture(2), { front: true });
    const queue = async () => {
      const { body } = await client.get('/queue');
      const { queue_running, queue_pending } = body as Record<string, [number, string][]>;
      return [queue_running, queue_pending].map((list) => (list ?? []).map(([, id]) => id));
    };
    await expect.poll(queue).toEqual([[running], [first, last]]);
    await client.post('/queue', { delete: [last] });
    expect(await queue()).toEqual([[running], [first]]);
    expect((await client.get('/api/jobs?status=pending')).body).toMatchObject({ jobs: [{ id: first }] });
    expect((await client.post(`/api/jobs/${first}/cancel`, {})).body).toEqual({ cancelled: true });
    expect((await client.post(`/api/jobs/${first}/cancel`, {})).body).toEqual({ cancelled: false });
    await client.post('/interrupt', {});
    await expect.poll(queue).toEqual([[], []]);
  });
});

describe('/free', () => {
  it('forgets the results of former runs when memory is wanted back, not when only models are', async () => {
    const graph = picture(77);
    const cached = async (): Promise<unknown> => {
      const id = await finished(graph);
      const entry = ((await client.get(`/history/${id}`)).body as Record<string, HistoryEntry>)[id];
      return entry?.status.messages.find(([type]) => type === 'execution_cached')?.[1].nodes;
    };
    expect(await cached()).toEqual([]);
    expect(await client.post('/free', { unload_models: true })).toEqual({ status: 200, body: '' });
    expect(await cached()).not.toEqual([]);
    expect(await client.post('/free', { unload_models: true, free_memory: true })).toMatchObject({
      status: 200,
    });
    expect(await cached()).toEqual([]);
    expect((await client.fetch('/free', { method: 'POST' })).status).toBe(500);
  });
});

describe('history and jobs', () => {
  it('pages from the newest without an offset, and from the oldest with one', async () => {
    const ids = [await finished(picture(11)), await finished(picture(12)), await finished(picture(13))];
    expect(Object.keys((await client.get('/history?max_items=2')).body as object)).toEqual(ids.slice(1));
    const all = Object.keys((await client.get('/history')).body as object);
    const page = (await client.get('/history?max_items=1&offset=1')).body as object;
    expect(Object.keys(page)).toEqual([all[1]]);
    await client.post('/history', { delete: [ids[0]] });
    expect((await client.get(`/history/${ids[0]}`)).body).toEqual({});
  });

  it('lists finished jobs with their result, and refuses questions that make no sense', async () => {
    const id = await finished(picture(14), { extra_data: { extra_pnginfo: { workflow: { id: 'wf-1' } } } });
    const { body } = await client.get('/api/jobs?status=completed&limit=1&workflow_id=wf-1');
    expect(body).toMatchObject({
      jobs: [
        { id, status: 'completed', outputs_count: 1, preview_output: { nodeId: '3', mediaType: 'images' } },
      ],
      pagination: { offset: 0, limit: 1, total: 1, has_more: false },
    });
    expect((await client.get('/api/jobs?status=nope')).status).toBe(400);
    expect((await client.get('/api/jobs?limit=0')).status).toBe(400);
    expect((await client.get('/api/jobs/none')).status).toBe(404);
    const many = await client.post('/api/jobs/cancel', { job_ids: ['x'] });
    expect(many).toMatchObject({ status: 400, body: { invalid_ids: ['x'] } });
  });

  it('never shows keys for partner services again', async () => {
    const secrets = { api_key_comfy_org: 'SECRET-A', auth_token_comfy_org: 'SECRET-B' };
    const id = await finished(picture(15), { extra_data: { ...secrets, kept: 1 } });
    const shown = await Promise.all(
      [`/history/${id}`, '/queue', `/api/jobs/${id}`].map(async (path) => (await client.fetch(path)).text()),
    );
    expect(shown.join()).toContain('"kept":1');
    expect(shown.join()).not.toContain('SECRET');
  });
});

describe('files', () => {
  it('keeps one name for one content, and the next free name for another', async () => {
    expect(await upload('a b.png', 'one')).toEqual({ name: 'a b.png', subfolder: '', type: 'input' });
    expect(await upload('a b.png', 'one')).toMatchObject({ name: 'a b.png' });
    expect(await upload('a b.png', 'two')).toMatchObject({ name: 'a b (1).png' });
    expect(await upload('a b.png', 'three', { overwrite: 'true' })).toMatchObject({ name: 'a b.png' });
    const read = await client.fetch('/view?filename=a%20b.png&type=input');
    expect(await read.text()).toBe('three');
    expect(await upload('c.png', 'x', { subfolder: 'deep/er' })).toMatchObject({ subfolder: 'deep/er' });
    expect(await upload('c.png', 'x', { subfolder: '../out' })).toBe(400);
  });

  it.each([
    ['/view', 404],
    ['/view?filename=', 400],
    ['/view?filename=../x.png', 400],
    ['/view?filename=/etc/passwd', 400],
    ['/view?filename=x.png&type=bad', 400],
    ['/view?filename=x.png&subfolder=../..', 403],
    ['/view?filename=none.png', 404],
    ['/models/nope', 404],
    ['/nope', 404],
  ])('answers %s with %d', async (path, status) => {
    expect((await client.fetch(path)).status).toBe(status);
  });

  it('serves ranges, previews and channels, and never a page', async () => {
    await upload('range.txt', '0123456789');
    const range = await client.fetch('/view?filename=range.txt&type=input', {
      headers: { range: 'bytes=2-4' },
    });
    expect([range.status, await range.text()]).toEqual([206, '234']);
    await finished(picture(16, 'seen'));
    const preview = await client.fetch('/view?filename=seen_00001_.png&preview=jpeg;80');
    expect(preview.headers.get('content-type')).toBe('image/jpeg');
    const alpha = await client.fetch('/view?filename=seen_00001_.png&channel=a');
    expect(alpha.headers.get('content-type')).toBe('image/png');
    await upload('page.html', '<script>1</script>');
    const page = await client.fetch('/view?filename=page.html&type=input');
    expect(page.headers.get('content-type')).toBe('application/octet-stream');
    expect(page.headers.get('content-disposition')).toContain('attachment');
  });
});

describe('who may ask', () => {
  it.each([
    [{ origin: 'http://evil.example' }, 403],
    [{ origin: 'null' }, 403],
    [{}, 200],
  ])('with %j answers %d', async (headers, status) => {
    const answer = await client.fetch('/queue', { headers: headers as Record<string, string> });
    expect(answer.status).toBe(status);
  });
});

it('ends by itself when nobody has been connected for a while', async () => {
  const engine = await startEngine(['--idle-exit', '1']);
  await expect.poll(() => isRunning(engine.pid), { timeout: 20_000 }).toBe(false);
  await engine.stop();
});
