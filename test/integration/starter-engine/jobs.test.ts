import { afterAll, beforeAll, expect, it } from 'vitest';
import { EngineClient, picture, probe } from './engine-client.ts';

let client: EngineClient;
beforeAll(async () => {
  client = await EngineClient.start();
});
afterAll(() => client?.engine.stop());

interface Job {
  readonly id: string;
  readonly status: string;
}

const statusOf = async (id: string) => ((await client.get(`/api/jobs/${id}`)).body as Job).status;
const becomes = (id: string, status: string) =>
  expect.poll(() => statusOf(id), { timeout: 20_000, interval: 10 }).toBe(status);

it('a job is in progress, pending, completed, failed or cancelled, and can be asked for by each', async () => {
  const completed = await client.submit(picture(21));
  const failed = await client.submit(probe('raise'));
  const cancelled = await client.submit(probe('ok', 1000, 0.05));
  await becomes(cancelled, 'in_progress');
  await client.post(`/api/jobs/${cancelled}/cancel`, {});
  await becomes(cancelled, 'cancelled');
  const running = await client.submit(probe('ok', 1001, 0.05));
  const pending = await client.submit(picture(22));
  await becomes(running, 'in_progress');
  const ids = async (query: string) =>
    ((await client.get(`/api/jobs?${query}`)).body as { jobs: Job[] }).jobs.map(({ id }) => id);
  expect(await ids('status=completed')).toEqual([completed]);
  expect(await ids('status=failed')).toEqual([failed]);
  expect(await ids('status=cancelled')).toEqual([cancelled]);
  expect(await ids('status=in_progress')).toEqual([running]);
  expect(await ids('status=pending')).toEqual([pending]);
  expect(await ids('sort_order=asc')).toEqual([completed, failed, cancelled, running, pending]);
  expect(await ids('sort_order=asc&offset=1&limit=2')).toEqual([failed, cancelled]);
  const { body } = await client.get(`/api/jobs/${failed}`);
  expect(body).toMatchObject({ execution_error: { node_id: '2', node_type: 'EngineProbe' } });
  const many = await client.post('/api/jobs/cancel', { job_ids: [running, pending, completed] });
  expect(many.body).toEqual({ cancelled: [running, pending] });
  await becomes(running, 'cancelled');
});
