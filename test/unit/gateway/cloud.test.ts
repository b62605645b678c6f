import { describe, expect, it } from 'vitest';
import { jobState } from '../../../electron/gateway/cloud/job-states.ts';
import { FakeCloud } from '../../helpers/fake-cloud.ts';
import { eventually, Studio } from './studio.ts';

const cloudRun = { dispatch_target: 'comfy_cloud' };

async function open(
  options: { fallback?: boolean; fallbackMs?: number } = {},
  folder?: string,
  old?: FakeCloud,
) {
  const cloud = old ?? (await FakeCloud.open());
  const timings = { cloudPollMs: 5, cloudFallbackMs: options.fallbackMs ?? 0 };
  const studio = await Studio.open({ comfyCloudUrl: cloud.url, timings }, folder);
  await studio.start();
  if (!old) await setKey(studio, cloud.key, options.fallback);
  return { cloud, studio };
}

const setKey = (studio: Studio, api_key: string, cloud_fallback = false) =>
  studio.rooms.cloud.accounts.set(studio.teamId, { api_key, cloud_fallback });

const job = (cloud: FakeCloud) => eventually(() => cloud.job);

describe('a run at ComfyUI Cloud', () => {
  it('is submitted, followed, and its files are copied into our own store, the key told to nobody else', async () => {
    const { cloud, studio } = await open();
    const id = await studio.submit(await studio.workflow(), cloudRun);
    const at = await job(cloud);
    expect(at.prompt).toMatchObject({ '2': { class_type: 'SaveImage' } });
    at.status = 'executing';
    expect((await studio.until(id, 'running')).agent_id).toBe('comfy-cloud');
    at.status = 'success';
    await studio.until(id, 'completed');
    const { outputs } = studio.rooms.tasks.result(studio.teamId, id, '');
    expect(outputs.map(({ name, kind, size }) => [name, kind, size])).toEqual([
      ['x_00001_.png', 'image', cloud.picture.length],
      ['text.txt', 'text', 9],
    ]);
    expect(cloud.leaks).toEqual([]);
  });

  it.each([
    ['success', 'completed'],
    ['completed', 'completed'],
    ['error', 'failed'],
    ['failed', 'failed'],
    ['non_retryable_error', 'failed'],
    ['lost', 'failed'],
    ['cancelled', 'cancelled'],
    ['in_progress', 'running'],
    ['queued_waiting', 'waiting'],
    ['cancel_requested', 'waiting'],
    ['something new', 'waiting'],
  ])('knows what %s means', (said, state) => {
    expect(jobState(said)).toBe(state);
  });

  it('fails with what the cloud says, and what to do about it', async () => {
    const { cloud, studio } = await open();
    const id = await studio.submit(await studio.workflow(), cloudRun);
    const at = await job(cloud);
    at.error = { exception_type: 'InsufficientFundsError', exception_message: 'no credits', node_id: '2' };
    at.status = 'non_retryable_error';
    await studio.until(id, 'failed');
    expect(studio.detail(id).task_error).toBe(
      'ComfyUI Cloud: no credits. The account has no credits left; add some at platform.comfy.org.',
    );
  });

  it('is patient with a cloud that does not answer just now', async () => {
    const { cloud, studio } = await open();
    const id = await studio.submit(await studio.workflow(), cloudRun);
    const at = await job(cloud);
    cloud.refusals.push({ status: 503, error: 'busy' }, { status: 500, error: 'oh' });
    at.status = 'completed';
    await studio.until(id, 'completed');
    expect(cloud.jobs.size).toBe(1);
  });

  it('is cancelled there too', async () => {
    const { cloud, studio } = await open();
    const id = await studio.submit(await studio.workflow(), cloudRun);
    const at = await job(cloud);
    at.status = 'running';
    await studio.until(id, 'running');
    await studio.rooms.tasks.cancel(studio.teamId, id);
    await eventually(() => expect(cloud.cancelled).toEqual([at.id]));
  });

  it('is followed by the next life of the gateway, and paid for once', async () => {
    const { cloud, studio } = await open();
    const id = await studio.submit(await studio.workflow(), cloudRun);
    const at = await job(cloud);
    at.status = 'running';
    await studio.until(id, 'running');
    await studio.stop();
    at.status = 'completed';
    const { studio: next } = await open({}, studio.folder, cloud);
    await next.until(id, 'completed');
    expect(cloud.jobs.size).toBe(1);
  });

  it('needs a key: one that is refused is not tried again, and what waits says so', async () => {
    const { cloud, studio } = await open();
    const workflow = await studio.workflow();
    await setKey(studio, 'cfy_wrong_wrong_wrong_wrong');
    const id = await studio.submit(workflow, cloudRun);
    await studio.until(id, 'failed');
    expect(studio.detail(id).task_error).toContain('It refused the API key');
    await eventually(() =>
      expect(studio.rooms.cloud.accounts.status(studio.teamId)).toMatchObject({
        credential_status: 'revoked',
      }),
    );
    await expect(studio.submit(workflow, cloudRun)).rejects.toThrow('no ComfyUI Cloud key is in use');
    expect(cloud.jobs.size).toBe(0);
  });

  it('waits while the line stands still', async () => {
    const { cloud, studio } = await open();
    await studio.rooms.tasks.line.pause(studio.teamId, true);
    const id = await studio.submit(await studio.workflow(), cloudRun);
    expect(studio.detail(id)).toMatchObject({
      waiting_reason: 'The queue is paused; resume it to go on.',
      queue_position: 1,
    });
    await studio.rooms.tasks.line.pause(studio.teamId, false);
    (await job(cloud)).status = 'completed';
    await studio.until(id, 'completed');
  });
});

describe('a task that no agent can run', () => {
  it('goes to the cloud when the team wants that', async () => {
    const { cloud, studio } = await open({ fallback: true });
    const id = await studio.submit(await studio.workflow());
    (await job(cloud)).status = 'completed';
    expect((await studio.until(id, 'completed')).agent_id).toBe('comfy-cloud');
  });

  it('stays when the team does not, or when an agent that could run it is only busy', async () => {
    const { cloud, studio } = await open();
    const waits = await studio.submit(await studio.workflow());
    await studio.until(waits, 'waiting');
    studio.rooms.cloud.fallback.look();
    const agent = await studio.agent();
    await agent.assignment(waits);
    await setKey(studio, cloud.key, true);
    const second = await studio.submit(await studio.workflow());
    await studio.until(second, 'waiting');
    studio.rooms.cloud.fallback.look();
    expect(studio.detail(second).waiting_reason).toBe('The agent agent-1 is busy.');
    expect(cloud.jobs.size).toBe(0);
  });

  it('waits a while first: an agent may be about to come', async () => {
    const { cloud, studio } = await open({ fallback: true, fallbackMs: 60_000 });
    const id = await studio.submit(await studio.workflow());
    await studio.until(id, 'waiting');
    studio.rooms.cloud.fallback.look();
    expect(studio.detail(id).waiting_reason).toBe('No agent is connected.');
    expect(cloud.jobs.size).toBe(0);
  });
});
