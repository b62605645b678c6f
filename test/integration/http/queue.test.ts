import { beforeAll, describe, expect, it } from 'vitest';
import { soon, text, withGateway } from './support.ts';

const gateway = withGateway();
let workflow = '';

beforeAll(async () => {
  workflow = await gateway.import();
});

const post = (path: string, json?: unknown, key = gateway.keys.integration) =>
  gateway.call('POST', path, key, json === undefined ? {} : { json });
const detail = async (id: string) => (await gateway.call('GET', `/r/tasks/${id}`, gateway.keys.jwt)).body;
const state = async () => (await gateway.call('GET', '/r/queue', gateway.keys.integration)).body;
const prioritise = (id: string, priority: unknown) =>
  gateway.call('PUT', `/r/tasks/${id}/priority`, gateway.keys.integration, { json: { priority } });

describe('retry by hand', () => {
  it('makes a new task of the same version and values, and leaves the old one alone', async () => {
    const own = await gateway.import({ workflow_slug: 'again' });
    const id = await gateway.run(own, { parameters: { width: 128 }, priority: 3 });
    await (await gateway.perform(id)).fail('no luck');
    await gateway.import({ workflow_slug: 'again', parameters: [] });
    const reply = await post(`/r/tasks/${id}/retry`);
    expect(reply.status).toBe(202);
    expect(await detail(text(reply, 'task_id'))).toMatchObject({
      retry_of: id,
      retry_count: 0,
      workflow_version: 1,
      parameters: { width: 128 },
      priority: 3,
      task_error: '',
    });
    expect(await detail(id)).toMatchObject({ task_status: 'failed' });
  });

  it('refuses an open task, a disabled workflow and what is not there', async () => {
    const own = await gateway.import({ workflow_slug: 'no-more' });
    const id = await gateway.run(own);
    expect(await post(`/r/tasks/${id}/retry`)).toMatchObject({
      status: 409,
      body: { error_code: 'conflict' },
    });
    await post(`/r/tasks/${id}/cancel`);
    await gateway.call('PUT', `/workflows/${own}`, gateway.keys.jwt, {
      json: { workflow_status: 'disabled' },
    });
    expect(await post(`/r/tasks/${id}/retry`)).toMatchObject({ body: { error_code: 'workflow_disabled' } });
    expect((await post(`/r/tasks/${crypto.randomUUID()}/retry`)).status).toBe(404);
    expect(
      (await post(`/r/tasks/${id}/retry`, undefined, (await gateway.stranger('viewer')).jwt)).status,
    ).toBe(400);
  });
});

describe('the order of the line', () => {
  it('follows the priority, and the front is before everything', async () => {
    await post('/r/tasks/cancel', { all: true });
    const [first = '', second = '', third = ''] = [
      await gateway.run(workflow),
      await gateway.run(workflow),
      await gateway.run(workflow, { priority: 100 }),
    ];
    const places = async () =>
      Promise.all(
        [first, second, third].map(
          async (id) => ((await detail(id)) as { queue_position: number }).queue_position,
        ),
      );
    await expect.poll(places, soon).toEqual([2, 3, 1]);
    expect(await prioritise(second, 5)).toMatchObject({ status: 200, body: { id: second, priority: 5 } });
    expect(await places()).toEqual([3, 2, 1]);
    expect(await post(`/r/tasks/${first}/move-first`)).toMatchObject({ body: { id: first, priority: 101 } });
    expect(await places()).toEqual([1, 3, 2]);
    // Already there: it does not climb for ever.
    expect(await post(`/r/tasks/${first}/move-first`)).toMatchObject({ body: { priority: 101 } });
  });

  it('is not changed for what runs, what is not there, or by a number out of bounds', async () => {
    const id = await gateway.run(workflow);
    for (const priority of [101, -101, 1.5, '1', null])
      expect((await prioritise(id, priority)).status).toBe(400);
    await gateway.perform(id);
    expect((await prioritise(id, 1)).status).toBe(409);
    expect((await post(`/r/tasks/${id}/move-first`)).status).toBe(409);
    expect((await post(`/r/tasks/${crypto.randomUUID()}/move-first`)).status).toBe(404);
  });
});

describe('a paused queue', () => {
  it('says so in its state and as the reason of what waits, until it is resumed', async () => {
    const id = await gateway.run(workflow);
    for (let n = 0; n < 2; n += 1) {
      expect((await post('/queue/pause', undefined, gateway.keys.jwt)).body).toEqual({ is_success: true });
    }
    expect(await state()).toMatchObject({ paused: true, paused_at: expect.stringMatching(/Z$/) });
    expect(await detail(id)).toMatchObject({ waiting_reason: 'The queue is paused; resume it to go on.' });
    await post('/queue/resume', undefined, gateway.keys.device);
    expect(await state()).toMatchObject({
      paused: false,
      paused_at: null,
      waiting_count: expect.any(Number),
    });
    expect(await detail(id)).toMatchObject({ waiting_reason: expect.stringContaining('agent') });
  });

  it('is for admins: no member, no integration key', async () => {
    const { jwt } = await gateway.stranger('member');
    const headers = { 'x-team-id': gateway.owner.teamId };
    expect((await gateway.call('POST', '/queue/pause', jwt, { headers })).status).toBe(403);
    expect((await post('/queue/pause')).status).toBe(403);
    expect(await state()).toMatchObject({ paused: false });
  });
});

describe('cancelling many', () => {
  it('cancels those named and tells which are none of this team', async () => {
    const ids = [await gateway.run(workflow), await gateway.run(workflow)];
    const unknown = crypto.randomUUID();
    await post(`/r/tasks/${ids[0]}/cancel`);
    expect((await post('/r/tasks/cancel', { task_ids: [...ids, ...ids, unknown] })).body).toEqual({
      cancelled_count: 1,
      not_found: [unknown],
    });
    for (const id of ids) expect(await detail(id)).toMatchObject({ task_status: 'cancelled' });
  });

  it('cancels all of a workflow, then all of the team, and nothing of another team', async () => {
    const own = await gateway.import({ workflow_slug: 'crowd' });
    const other = await gateway.run(workflow);
    for (let n = 0; n < 3; n += 1) await gateway.run(own);
    expect((await post('/r/tasks/cancel', { workflow_id: own })).body).toMatchObject({ cancelled_count: 3 });
    expect(await detail(other)).not.toMatchObject({ task_status: 'cancelled' });
    const stranger = await gateway.stranger();
    const headers = { 'x-team-id': stranger.teamId };
    const json = { all: true };
    expect(
      (await gateway.call('POST', '/r/tasks/cancel', stranger.jwt, { headers, json })).body,
    ).toMatchObject({
      cancelled_count: 0,
    });
    expect((await post('/r/tasks/cancel', json)).status).toBe(200);
    expect(await state()).toMatchObject({ waiting_count: 0, running_count: 0 });
  });

  it.each([
    {},
    { all: false },
    { all: true, task_ids: [crypto.randomUUID()] },
    { task_ids: [] },
    { task_ids: ['x'] },
  ])('refuses %j', async (json) => {
    expect((await post('/r/tasks/cancel', json)).status).toBe(400);
  });
});
