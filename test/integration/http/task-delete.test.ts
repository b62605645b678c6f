import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Studio } from '../../unit/gateway/studio.ts';
import { text, withGateway } from './support.ts';

const gateway = withGateway();
let workflow = '';
beforeAll(async () => {
  workflow = await gateway.import();
});

const remove = (id: string, key = gateway.keys.jwt, headers = {}) =>
  gateway.call('DELETE', `/r/tasks/${id}`, key, { headers });
const count = (table: string, id: string): number =>
  gateway.gateway.rooms.store.read.hot<{ count: number }>(
    `SELECT COUNT(*) AS count FROM ${table} WHERE task_id = ?`,
    id,
  )[0]?.count ?? -1;

describe('deleting a task', () => {
  it('takes its outputs, events, attempts and log along, and leaves the bytes for the janitor', async () => {
    const id = await gateway.run(workflow);
    const run = await gateway.perform(id);
    const { tasks, objects, store } = gateway.gateway.rooms;
    tasks.logs.add(id, crypto.randomUUID(), ['a line']);
    await tasks.logs.flush(0);
    await run.complete({ name: 'kept.png', bytes: Buffer.from(`bytes of ${id}`) });
    const result = await gateway.call('GET', `/r/tasks/${id}/result`, gateway.keys.jwt);
    const url = text(result, 'download_url');
    const [{ sha256 } = { sha256: '' }] = (result.body as { outputs: { sha256: string }[] }).outputs;
    expect((await fetch(url)).status).toBe(200);
    const listed = async () =>
      ((await gateway.call('GET', '/r/tasks?per_page=1', gateway.keys.jwt)).body as TaskPage).page_meta
        .total_count;
    const before = await listed();

    expect((await remove(id)).body).toEqual({ is_success: true });

    for (const table of ['outputs', 'task_events', 'attempts', 'task_logs']) expect(count(table, id)).toBe(0);
    for (const path of ['', '/result', '/log', '/events'])
      expect((await gateway.call('GET', `/r/tasks/${id}${path}`, gateway.keys.jwt)).status).toBe(404);
    expect((await fetch(url)).status).toBe(404);
    expect(await listed()).toBe(before - 1);
    expect(await objects.has(sha256)).toBe(true);
    expect(store.read.hot('SELECT 1 FROM outputs WHERE sha256 = ?', sha256)).toEqual([]);
    expect((await remove(id)).status).toBe(404);
  });

  it('is told to the team', async () => {
    const id = await gateway.run(workflow);
    await gateway.gateway.rooms.tasks.attempts.cancel(id);
    const told: string[] = [];
    const stop = gateway.gateway.rooms.events.onTeam(gateway.owner.teamId, ({ event }) => told.push(event));
    await remove(id);
    stop();
    expect(told).toEqual(['tasks_changed']);
  });

  it('is refused for one that is not over, and to members for what others submitted', async () => {
    const id = await gateway.run(workflow);
    expect(await remove(id)).toMatchObject({
      status: 409,
      body: { error_message: expect.stringContaining('cancel it first') },
    });
    await gateway.gateway.rooms.tasks.attempts.cancel(id);
    const { jwt } = await gateway.stranger('member');
    const headers = { 'x-team-id': gateway.owner.teamId };
    expect((await remove(id, jwt, headers)).status).toBe(403);
    // The key that submitted it may.
    expect((await remove(id, gateway.keys.integration)).status).toBe(200);
  });
});

interface TaskPage {
  readonly page_meta: { readonly total_count: number };
}

describe('after the newest task was deleted', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'atelier-fence-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('numbers of events and fences go on above those that were given, also over a restart', async () => {
    const highest = (studio: Studio, column: string, table: string): number =>
      studio.rooms.store.read.hot<{ top: number | null }>(`SELECT MAX(${column}) AS top FROM ${table}`)[0]
        ?.top ?? 0;
    const first = await Studio.open({}, folder);
    const made = await first.workflow();
    const id = await first.submit(made);
    const agent = await first.agent();
    const attempt = await agent.assignment(id);
    await agent.say('failed', attempt, {
      failure: { code: 'engine_error', message: 'x', retryable: false },
    });
    await first.until(id, 'failed');
    const seq = highest(first, 'seq', 'task_events');
    const fence = highest(first, 'fence', 'attempts');
    expect(fence).toBeGreaterThan(0);
    await first.rooms.tasks.delete(first.teamId, id);
    expect(highest(first, 'seq', 'task_events')).toBe(0);
    await first.stop();

    const second = await Studio.open({}, folder);
    const next = await second.submit(made);
    expect(highest(second, 'seq', 'task_events')).toBeGreaterThan(seq);
    const again = await (await second.agent()).assignment(next);
    expect(again.fence).toBeGreaterThan(fence);
  });
});
