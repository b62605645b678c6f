import { describe, expect, it } from 'vitest';
import { openReceiver, signedWith, status, told } from '../../helpers/webhook-receiver.ts';
import { soon } from './support.ts';
import { arrived, Hooks } from './webhook-support.ts';

const hooks = new Hooks();

describe('what is told', () => {
  it('of a task that is done: the documented body, and a signature of exactly these bytes', async () => {
    await hooks.allowPrivate();
    const receiver = await openReceiver();
    const id = await hooks.add(receiver.url);
    const task = await hooks.finish();
    await arrived(receiver, 1);
    const [one] = receiver.received;
    const result = (await hooks.gateway.call('GET', `/r/tasks/${task}/result`, hooks.gateway.keys.device))
      .body;
    const { task_output } = result as { task_output: unknown };
    expect(task_output).toMatchObject({ image_count: 1 });
    const body = JSON.parse(one?.body ?? '') as object;
    expect(Object.keys(body)).toEqual([
      'event_type',
      'task_id',
      'task_status',
      'task_output',
      'task_error',
      'timestamp',
    ]);
    expect(body).toEqual({
      event_type: 'task.completed',
      task_id: task,
      task_status: 'completed',
      task_output,
      task_error: '',
      timestamp: expect.stringMatching(/Z$/),
    });
    expect(one?.headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': 'Atelier/0.0.0-test',
      host: new URL(receiver.url).host,
    });
    expect(signedWith(await hooks.secretOf(id), one as never)).toBe(true);
    expect(signedWith('whsec_another', one as never)).toBe(false);
    expect(await hooks.logAfter(id, 1)).toMatchObject({
      delivery_status: 'delivered',
      next_attempt_at: null,
      error: '',
      request_body: one?.body,
      attempts: [{ status_code: 204, error: '' }],
    });
    expect((await hooks.call('GET', `/${id}`)).body).toMatchObject({
      last_delivered_at: new Date(hooks.now).toISOString(),
    });
  });

  it('of a task that failed: its error, and no output', async () => {
    await hooks.allowPrivate();
    const receiver = await openReceiver();
    await hooks.add(receiver.url, ['task.failed']);
    await hooks.finish();
    const task = await hooks.fail('out of paint – “blue”');
    await arrived(receiver, 1);
    expect(told(receiver)).toMatchObject([
      {
        event_type: 'task.failed',
        task_id: task,
        task_status: 'failed',
        task_output: null,
        task_error: 'out of paint – “blue”',
      },
    ]);
  });

  it('is nothing of a task that was cancelled, nor of other teams', async () => {
    await hooks.allowPrivate();
    const receiver = await openReceiver();
    const id = await hooks.add(receiver.url);
    const stranger = await hooks.gateway.stranger();
    const { webhooks, tasks } = hooks.rooms;
    const foreign = await webhooks.create(stranger.teamId, {
      display_name: 'theirs',
      webhook_url: receiver.url,
      webhook_events: ['task.completed'],
    });
    await tasks.attempts.cancel(await hooks.run());
    const task = await hooks.finish();
    await arrived(receiver, 1);
    expect(told(receiver)).toMatchObject([{ task_id: task }]);
    expect(await hooks.log(id)).toHaveLength(1);
    expect(webhooks.deliveries(stranger.teamId, foreign.id, { current_page: 1, per_page: 9 }).total).toBe(0);
  });

  it('stands in the store with the task’s end, or neither does', async () => {
    await hooks.allowPrivate();
    const receiver = await openReceiver();
    const id = await hooks.add(receiver.url);
    const { store, events } = hooks.rooms;
    const task = { id: await hooks.run(), team_id: hooks.gateway.owner.teamId };
    const waiting = () => store.read.hot('SELECT * FROM webhook_deliveries WHERE webhook_id = ?', id).length;
    const data = { status: 'failed', error: 'x', failure: null } as const;
    const unit = store.write((writer) => {
      events.append(writer, task, 'failed', data);
      throw new Error('the unit fails later on');
    });
    await expect(unit).rejects.toThrow('later on');
    expect(waiting()).toBe(0);
    await store.write((writer) => events.append(writer, task, 'failed', data));
    expect(waiting()).toBe(1);
  });
});

describe('retries', () => {
  it('come after 5 s, 30 s and 2 min; the fourth failure is the last', async () => {
    await hooks.allowPrivate();
    const receiver = await openReceiver();
    receiver.answer = status(500, 'not today');
    const id = await hooks.add(receiver.url);
    await hooks.finish();
    for (const [tries, wait] of [
      [1, 5000],
      [2, 30_000],
      [3, 120_000],
    ] as const) {
      expect(await hooks.logAfter(id, tries)).toMatchObject({
        delivery_status: 'waiting',
        next_attempt_at: new Date(hooks.now + wait).toISOString(),
      });
      await hooks.later(wait - 1);
      expect(receiver.received).toHaveLength(tries);
      await hooks.later(1);
    }
    const last = await hooks.logAfter(id, 4);
    expect(last).toMatchObject({ delivery_status: 'failed', next_attempt_at: null });
    expect(last.error).toBe('127.0.0.1 answered 500.');
    expect(last.attempts.map((one) => [one.status_code, one.response_body])).toEqual(
      Array.from({ length: 4 }, () => [500, 'not today']),
    );
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
    await hooks.later(3_600_000);
    expect(receiver.received).toHaveLength(4);
    expect((await hooks.call('GET', '')).body).toMatchObject({
      webhook_list: [
        { last_delivery: { delivery_status: 'failed', status_code: 500 }, last_delivered_at: null },
      ],
    });
  });

  it('end with the first 2xx', async () => {
    await hooks.allowPrivate();
    const receiver = await openReceiver();
    receiver.answer = status(503);
    const id = await hooks.add(receiver.url);
    await hooks.finish();
    await hooks.logAfter(id, 1);
    receiver.answer = status(202, 'thanks');
    await hooks.later(5000);
    expect(await hooks.logAfter(id, 2)).toMatchObject({
      delivery_status: 'delivered',
      attempts: [{ status_code: 503 }, { status_code: 202, response_body: 'thanks' }],
    });
  });

  it('come after no answer at all, too', async () => {
    await hooks.allowPrivate();
    const rude = await openReceiver();
    rude.answer = (reply) => void reply.destroy();
    const ids = [await hooks.add(rude.url), await hooks.add('http://127.0.0.1:1/')];
    await hooks.finish();
    const tries = await Promise.all(ids.map(async (id) => (await hooks.logAfter(id, 1)).attempts[0]));
    expect(tries.map((one) => one?.status_code)).toEqual([null, null]);
    expect(tries.map((one) => one?.error)).toEqual([
      '127.0.0.1 broke off without an answer (ECONNRESET).',
      'Nothing listens at 127.0.0.1.',
    ]);
  });

  it('and slow targets hold up nobody else', async () => {
    await hooks.allowPrivate();
    const [slow, fast] = [await openReceiver(), await openReceiver()];
    const held: (() => void)[] = [];
    slow.answer = (reply) => void held.push(() => status(204)(reply));
    const id = await hooks.add(slow.url);
    await hooks.add(fast.url);
    for (let n = 0; n < 6; n += 1) await hooks.finish();
    await arrived(fast, 6);
    await arrived(slow, 4);
    await expect
      .poll(async () => {
        for (const release of held.splice(0)) release();
        await hooks.later(5000);
        return (await hooks.log(id)).filter((one) => one.delivery_status === 'delivered').length;
      }, soon)
      .toBe(6);
  });
});

describe('a test', () => {
  it('is sent once, signed, and answered with what came of it', async () => {
    await hooks.allowPrivate();
    const receiver = await openReceiver();
    receiver.answer = status(418, 'I am a teapot\u0007');
    const id = await hooks.add(receiver.url);
    expect(await hooks.call('POST', `/${id}/test`)).toMatchObject({
      status: 200,
      body: {
        event_type: 'webhook.test',
        task_id: null,
        delivery_status: 'failed',
        next_attempt_at: null,
        error: '127.0.0.1 answered 418.',
        attempts: [{ status_code: 418, response_body: 'I am a teapot' }],
      },
    });
    expect(signedWith(await hooks.secretOf(id), receiver.received[0] as never)).toBe(true);
    await hooks.later(3_600_000);
    expect(receiver.received).toHaveLength(1);
    expect(await hooks.log(id)).toHaveLength(1);
  });
});

describe('a webhook', () => {
  it('that is disabled is sent nothing, and what waited is given up', async () => {
    await hooks.allowPrivate();
    const receiver = await openReceiver();
    receiver.answer = status(500);
    const id = await hooks.add(receiver.url);
    await hooks.finish();
    await hooks.logAfter(id, 1);
    expect((await hooks.call('PUT', `/${id}`, { webhook_status: 'disabled' })).body).toEqual({ id });
    expect((await hooks.log(id))[0]).toMatchObject({
      delivery_status: 'failed',
      error: 'The webhook was disabled.',
    });
    await hooks.finish();
    await hooks.later(5000);
    expect(await hooks.log(id)).toHaveLength(1);
    expect(receiver.received).toHaveLength(1);
    receiver.answer = status(204);
    await hooks.call('PUT', `/${id}`, { webhook_status: 'active' });
    await hooks.finish();
    await arrived(receiver, 2);
  });

  it('that is deleted takes its line with it', async () => {
    await hooks.allowPrivate();
    const receiver = await openReceiver();
    receiver.answer = status(500);
    const id = await hooks.add(receiver.url);
    await hooks.finish();
    await hooks.logAfter(id, 1);
    expect((await hooks.call('DELETE', `/${id}`)).status).toBe(204);
    await hooks.later(5000);
    expect(receiver.received).toHaveLength(1);
    expect(hooks.rooms.store.read.hot('SELECT 1 FROM webhook_deliveries')).toEqual([]);
    expect((await hooks.call('GET', `/${id}`)).status).toBe(404);
  });

  it('changes only in what is given; what waits goes to the new address', async () => {
    await hooks.allowPrivate();
    const [old, other] = [await openReceiver(), await openReceiver()];
    old.answer = status(500);
    const id = await hooks.add(old.url, ['task.completed']);
    const before = (await hooks.call('GET', `/${id}`)).body as object;
    await hooks.finish();
    await hooks.logAfter(id, 1);
    await hooks.call('PUT', `/${id}`, { webhook_url: other.url });
    expect((await hooks.call('GET', `/${id}`)).body).toEqual({ ...before, webhook_url: other.url });
    await hooks.later(5000);
    await arrived(other, 1);
    expect((await hooks.call('PUT', `/${id}`, {})).status).toBe(200);
  });

  it('needs the feature, and a place in the quota', async () => {
    await hooks.allowPrivate();
    const receiver = await openReceiver();
    receiver.answer = status(500);
    const id = await hooks.add(receiver.url);
    await hooks.finish();
    await hooks.logAfter(id, 1);
    const { features } = hooks.rooms.identity;
    await features.set('team', hooks.gateway.owner.teamId, { quotas: { max_webhooks: 1 } });
    const more = { display_name: 'x', webhook_url: receiver.url, webhook_events: ['task.failed'] };
    expect(await hooks.call('POST', '', more)).toMatchObject({
      status: 429,
      body: { error_code: 'quota_exceeded' },
    });
    await features.set('team', hooks.gateway.owner.teamId, { features: { webhooks: false } });
    expect(await hooks.call('GET', '')).toMatchObject({
      status: 403,
      body: { error_code: 'feature_disabled', error_details: { feature: 'webhooks' } },
    });
    await hooks.finish();
    await hooks.later(5000);
    await features.set('team', hooks.gateway.owner.teamId, { features: { webhooks: null } });
    expect(await hooks.logAfter(id, 2)).toMatchObject({ delivery_status: 'failed', error: /off/ });
    expect(receiver.received).toHaveLength(1);
  });

  it('goes with its team', async () => {
    const { identity, webhooks, store } = hooks.rooms;
    const teamId = await identity.teams.create(hooks.gateway.owner.userId, 'Short-lived');
    const request = {
      display_name: 'x',
      webhook_url: 'https://1.1.1.1/',
      webhook_events: ['task.failed'],
    } as const;
    await webhooks.create(teamId, { ...request, webhook_events: [...request.webhook_events] });
    await identity.deleteTeam(teamId);
    expect(store.read.hot('SELECT 1 FROM webhooks WHERE team_id = ?', teamId)).toEqual([]);
  });
});
