import { beforeAll, expect, it } from 'vitest';
import { withGateway } from './support.ts';

const gateway = withGateway();
let workflow = '';

beforeAll(async () => {
  workflow = await gateway.import();
});

const batch = (json: unknown) =>
  gateway.call('POST', `/r/workflows/${workflow}/run-batch`, gateway.keys.integration, { json });
const values = async (ids: readonly string[]) =>
  Promise.all(
    ids.map(async (id) => {
      const { body } = await gateway.call('GET', `/r/tasks/${id}`, gateway.keys.integration);
      return (body as { parameters: unknown }).parameters;
    }),
  );
const count = async () => {
  const { body } = await gateway.call('GET', '/r/tasks', gateway.keys.integration);
  return (body as { page_meta: { total_count: number } }).page_meta.total_count;
};

it('runs every combination of a sweep, and counts them before in a dry run', async () => {
  const before = await count();
  const sweep = { sampler: ['euler', 'dpmpp_2m'], width: { from: 64, to: 65, step: 0.5 } };
  const request = { parameters: { prompt: 'x', width: 100 }, sweep };
  expect(await batch({ ...request, dry_run: true })).toMatchObject({
    status: 200,
    body: { task_count: 6, task_ids: [] },
  });
  expect(await count()).toBe(before);
  const reply = await batch(request);
  expect(reply).toMatchObject({ status: 202, body: { task_count: 6 } });
  const made = await values((reply.body as { task_ids: string[] }).task_ids);
  expect(made).toEqual(
    ['euler', 'dpmpp_2m'].flatMap((sampler) =>
      [64, 64.5, 65].map((width) => ({ prompt: 'x', sampler, width })),
    ),
  );
});

it('runs a list, each with its own values over the common ones', async () => {
  const reply = await batch({ parameters: { prompt: 'all' }, runs: [{}, { prompt: 'own', width: 64 }] });
  expect(await values((reply.body as { task_ids: string[] }).task_ids)).toMatchObject([
    { prompt: 'all', width: 512 },
    { prompt: 'own', width: 64 },
  ]);
});

it('runs none when one is wrong, and names it', async () => {
  const before = await count();
  expect(await batch({ runs: [{ width: 64 }, { width: 1 }] })).toMatchObject({
    status: 400,
    body: {
      error_message: expect.stringMatching(/^Run 2: .*width/),
      error_details: { key: 'width', run: 2 },
    },
  });
  expect(await count()).toBe(before);
});

it.each([
  [{}, 'runs or sweep'],
  [{ runs: [{}], sweep: { width: [64] } }, 'runs or sweep'],
  [{ runs: [] }, 'runs'],
  [{ sweep: { width: { from: 1, to: 2, step: 0 } } }, 'never gets'],
  [{ sweep: { width: { from: 1, to: 2, step: -1 } } }, 'never gets'],
  [{ sweep: { width: { from: 0, to: 1e300, step: 1e-9 } } }, 'at most 1000'],
  [{ sweep: { width: { from: 64, to: 164, step: 1 }, prompt: Array(10).fill('a') } }, '1010 tasks'],
  [{ sweep: { height: [1] } }, 'height'],
])('refuses %j', async (json, words) => {
  expect(await batch(json)).toMatchObject({
    status: 400,
    body: { error_message: expect.stringContaining(words) },
  });
});
