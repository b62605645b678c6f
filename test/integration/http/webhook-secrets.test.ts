import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openReceiver, signedWith, status } from '../../helpers/webhook-receiver.ts';
import { text } from './support.ts';
import { arrived, Hooks } from './webhook-support.ts';

const hooks = new Hooks();

describe('secrets', () => {
  it('are rotated at once: what still waits carries the new one’s signature', async () => {
    await hooks.allowPrivate();
    const receiver = await openReceiver();
    receiver.answer = status(500);
    const id = await hooks.add(receiver.url);
    const old = await hooks.secretOf(id);
    await hooks.finish();
    await hooks.logAfter(id, 1);
    const rotated = text(await hooks.call('POST', `/${id}/rotate-secret`), 'webhook_secret');
    expect(rotated).toMatch(/^whsec_[\w-]{43}$/);
    expect(rotated).not.toBe(old);
    expect(await hooks.secretOf(id)).toBe(rotated);
    receiver.answer = status(204);
    await hooks.later(5000);
    await arrived(receiver, 2);
    const [first, second] = receiver.received;
    expect([signedWith(old, first as never), signedWith(old, second as never)]).toEqual([true, false]);
    expect(signedWith(rotated, second as never)).toBe(true);
  });

  it('are in the replies that are about them, and nowhere else', async () => {
    await hooks.allowPrivate();
    const receiver = await openReceiver();
    const created = await hooks.call('POST', '', {
      display_name: 'x',
      webhook_url: `${receiver.url}?token=t0psecret`,
      webhook_events: ['task.completed'],
    });
    const [id, secret] = [text(created, 'id'), text(created, 'webhook_secret')];
    expect(await hooks.secretOf(id)).toBe(secret);
    const test = await hooks.call('POST', `/${id}/test`);
    const others = [test, await hooks.call('GET', ''), await hooks.call('GET', `/${id}/deliveries`)];
    others.push(await hooks.call('PUT', `/${id}`, { display_name: 'y' }));
    others.push(await hooks.call('PUT', `/${id}`, { webhook_url: 'https://169.254.169.254/' }));
    const { folder } = hooks.gateway;
    const files = readdirSync(folder).filter((name) => name.startsWith('atelier.db'));
    expect(files.length).toBeGreaterThan(0);
    const stored = files.map((name) => readFileSync(join(folder, name)).toString('latin1')).join('');
    expect(stored).toContain(id);
    for (const place of [JSON.stringify(others.map(({ body }) => body)), hooks.logged.join(''), stored])
      expect(place.includes(secret)).toBe(false);
    // Addresses hold tokens of others.
    expect(hooks.logged.join('').includes('t0psecret')).toBe(false);
  });

  it('that can’t be read any more are a 409 with what to do, and stop nobody', async () => {
    await hooks.allowPrivate();
    const receiver = await openReceiver();
    const id = await hooks.add(receiver.url);
    await hooks.rooms.store.write((writer) =>
      writer.hotRun('UPDATE webhooks SET secret = ? WHERE id = ?', Buffer.alloc(60, 1), id),
    );
    expect(await hooks.call('GET', `/${id}`)).toMatchObject({
      status: 409,
      body: { error_message: expect.stringContaining('secrets.key') },
    });
    expect((await hooks.call('POST', `/${id}/test`)).body).toMatchObject({
      delivery_status: 'failed',
      error: expect.stringContaining('secrets.key'),
    });
    expect(receiver.received).toEqual([]);
    const secret = text(await hooks.call('POST', `/${id}/rotate-secret`), 'webhook_secret');
    await hooks.call('POST', `/${id}/test`);
    expect(signedWith(secret, receiver.received[0] as never)).toBe(true);
  });
});
