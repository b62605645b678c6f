import { beforeAll, describe, expect, it } from 'vitest';
import type { TaskDetail } from '../../../shared/wire/tasks.ts';
import { soon, withGateway } from './support.ts';

const gateway = withGateway();
let workflow = '';
beforeAll(async () => {
  workflow = await gateway.import();
});

const queue = async (query = '') =>
  (await gateway.call('GET', `/r/queue/tasks${query}`, gateway.keys.integration)).body as {
    task_list: TaskDetail[];
    page_meta: { total_count: number };
  };
const order = async () => (await queue('?per_page=100')).task_list.map(({ id }) => id);
const move = (id: string, json: unknown) =>
  gateway.call('POST', `/r/tasks/${id}/move`, gateway.keys.integration, { json });
const clear = () =>
  gateway.call('POST', '/r/tasks/cancel', gateway.keys.integration, { json: { all: true } });

/** So many tasks in an empty line, in the order of submission. */
async function line(count: number, priority = 0): Promise<string[]> {
  await clear();
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) ids.push(await gateway.run(workflow, { priority }));
  await expect.poll(order, soon).toEqual(ids);
  return ids;
}

describe('the line', () => {
  it('is listed next first, by pages, with places that rise by one', async () => {
    const ids = await line(5);
    const urgent = await gateway.run(workflow, { priority: 9 });
    await expect.poll(order, soon).toEqual([urgent, ...ids]);
    const { task_list, page_meta } = await queue('?per_page=2&current_page=2');
    expect(task_list.map(({ id }) => id)).toEqual(ids.slice(1, 3));
    expect(task_list.map((task) => task.queue_position)).toEqual([3, 4]);
    expect(page_meta).toEqual({ current_page: 2, per_page: 2, total_count: 6 });
  });

  it('gives people their turns, and lists them so', async () => {
    const [a = '', b = '', c = ''] = await line(3);
    const { tasks, workflows } = gateway.gateway.rooms;
    const { teamId } = gateway.owner;
    const run = { parameters: {}, target_pool: 'team', submitter_region: '', priority: 0 } as const;
    const other = await tasks.submit(
      { teamId, submitterId: 'somebody-else' },
      workflows.get(teamId, workflow),
      run,
    );
    await expect.poll(order, soon).toEqual([a, other, b, c]);
    const { task_list } = await queue();
    expect(task_list.map((task) => task.queue_position)).toEqual([1, 2, 3, 4]);
    // Beside somebody else's task: the nearest turn of one's own.
    await move(c, { after: other });
    expect(await order()).toEqual([a, other, c, b]);
    await move(b, { before: other });
    expect(await order()).toEqual([b, other, a, c]);
    await move(b, { after: other });
    expect(await order()).toEqual([a, other, b, c]);
  });
});

describe('moving', () => {
  it('puts a task directly before or after another one, again and again', async () => {
    const [a = '', b = '', c = '', d = ''] = await line(4);
    expect((await move(d, { before: b })).body).toEqual({ id: d, priority: 0 });
    expect(await order()).toEqual([a, d, b, c]);
    await move(a, { after: c });
    expect(await order()).toEqual([d, b, c, a]);
    await move(c, { before: d });
    expect(await order()).toEqual([c, d, b, a]);
    for (let turn = 0; turn < 30; turn += 1) await move(turn % 2 ? b : a, { after: c });
    expect(await order()).toEqual([c, b, a, d]);
    // What is submitted later still goes behind.
    const late = await gateway.run(workflow);
    await expect.poll(order, soon).toEqual([c, b, a, d, late]);
  });

  it('takes the priority of the other one', async () => {
    const [low = '', lower = ''] = await line(2);
    const high = await gateway.run(workflow, { priority: 7 });
    await expect.poll(order, soon).toEqual([high, low, lower]);
    expect((await move(lower, { after: high })).body).toEqual({ id: lower, priority: 7 });
    expect(await order()).toEqual([high, lower, low]);
    // A priority of its own puts it back by submission.
    await gateway.call('PUT', `/r/tasks/${lower}/priority`, gateway.keys.integration, {
      json: { priority: 0 },
    });
    expect(await order()).toEqual([high, low, lower]);
  });

  it('is refused for what is not in line, or not here', async () => {
    const [a = '', b = ''] = await line(2);
    expect((await move(a, { before: crypto.randomUUID() })).status).toBe(404);
    expect((await move(a, { before: a })).status).toBe(400);
    for (const json of [{}, { before: a, after: b }, { before: 'x' }])
      expect((await move(a, json)).status).toBe(400);
    await gateway.perform(b);
    expect((await move(a, { after: b })).status).toBe(409);
    expect((await move(b, { after: a })).status).toBe(409);
  });
});

it('filters tasks by who submitted them', async () => {
  const id = await gateway.run(workflow);
  const mine = async (submitter: string) => {
    const path = `/r/tasks?per_page=1&submitted_by=${submitter}`;
    return (await gateway.call('GET', path, gateway.keys.integration)).body;
  };
  const { submitted_by } = (await gateway.call('GET', `/r/tasks/${id}`, gateway.keys.jwt)).body as TaskDetail;
  expect(await mine(submitted_by)).toMatchObject({ task_list: [{ id, submitted_by }] });
  expect(await mine(crypto.randomUUID())).toMatchObject({ task_list: [], page_meta: { total_count: 0 } });
});
