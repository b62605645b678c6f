import { describe, expect, it } from 'vitest';
import { text, withGateway } from './support.ts';

let now = Date.parse('2026-11-23T08:00:00Z');
const gateway = withGateway({ clock: () => now });

const create = (json: unknown, key = gateway.keys.jwt) => gateway.call('POST', '/credentials', key, { json });
const usable = async (key: string): Promise<boolean> =>
  (await gateway.call('GET', '/r/tasks', key)).status === 200;

describe('create', () => {
  it('shows the secret once, with its first twelve characters as prefix', async () => {
    const made = await create({ kind: 'integration', display_name: '  CI  ' });
    expect(made).toMatchObject({
      status: 200,
      body: { kind: 'integration', raw_key: expect.stringMatching(/^sk-.{40,}$/) },
    });
    const raw = text(made, 'raw_key');
    expect(text(made, 'key_prefix')).toBe(raw.slice(0, 12));
    expect(await usable(raw)).toBe(true);
    const listed = await gateway.call('GET', '/credentials', gateway.keys.jwt);
    expect(JSON.stringify(listed.body)).not.toContain(raw);
    expect(listed.body).toMatchObject({
      credentials: expect.arrayContaining([
        {
          id: text(made, 'id'),
          kind: 'integration',
          display_name: 'CI',
          key_prefix: raw.slice(0, 12),
          user_id: null,
          key_status: 'active',
          created_at: '2026-11-23T08:00:00.000Z',
          last_used_at: '2026-11-23T08:00:00.000Z',
          expires_at: null,
        },
      ]),
    });
  });

  it('makes agent keys, but no device keys', async () => {
    expect(text(await create({ kind: 'agent', display_name: 'gpu-01' }), 'raw_key')).toMatch(/^ak-/);
    const refused = await create({ kind: 'device', display_name: 'laptop' });
    expect(refused).toMatchObject({
      status: 400,
      body: { error_message: expect.stringContaining('pairing') },
    });
  });

  it('refuses device keys as callers, so that a stolen one can’t make others', async () => {
    const refused = await create({ kind: 'integration', display_name: 'x' }, gateway.keys.device);
    expect(refused).toMatchObject({ status: 403, body: { error_code: 'wrong_credential_kind' } });
    expect((await gateway.call('GET', '/credentials', gateway.keys.device)).status).toBe(403);
  });

  it.each([
    [{ display_name: 'x' }, 'kind'],
    [{ kind: 'root', display_name: 'x' }, 'kind'],
    [{ kind: 'agent', display_name: '' }, 'display_name'],
    [{ kind: 'agent', display_name: 'x'.repeat(101) }, 'display_name'],
    [{ kind: 'agent', display_name: 'x', expires_in_days: 0 }, 'expires_in_days'],
    [{ kind: 'agent', display_name: 'x', expires_in_days: 366 }, 'expires_in_days'],
    [{ kind: 'agent', display_name: 'x', expires_in_days: 1.5 }, 'expires_in_days'],
  ])('refuses %j and names %s', async (json, field) => {
    expect(await create(json)).toMatchObject({
      status: 400,
      body: { error_message: expect.stringContaining(field) },
    });
  });

  it('ends a key when its days are over', async () => {
    const made = await create({ kind: 'integration', display_name: 'short', expires_in_days: 1 });
    expect(await usable(text(made, 'raw_key'))).toBe(true);
    const before = now;
    now += 86_400_000;
    try {
      expect(await usable(text(made, 'raw_key'))).toBe(false);
      const { access_token: jwt } = await gateway.gateway.rooms.identity.localSignIn();
      const listed = await gateway.call('GET', '/credentials', jwt, {
        headers: { 'x-team-id': gateway.owner.teamId },
      });
      expect(listed.body).toMatchObject({
        credentials: expect.arrayContaining([
          expect.objectContaining({
            id: text(made, 'id'),
            key_status: 'expired',
            expires_at: '2026-11-24T08:00:00.000Z',
          }),
        ]),
      });
    } finally {
      now = before;
    }
  });
});

describe('list', () => {
  it('filters by kind and turns pages, newest first', async () => {
    const ids: string[] = [];
    for (const name of ['one', 'two', 'three']) {
      ids.unshift(text(await create({ kind: 'agent', display_name: name }), 'id'));
    }
    const page = await gateway.call('GET', '/credentials?kind=agent&per_page=2', gateway.keys.jwt);
    expect(page.body).toMatchObject({
      credentials: ids.slice(0, 2).map((id) => ({ id, kind: 'agent' })),
      page_meta: { current_page: 1, per_page: 2 },
    });
    const next = await gateway.call(
      'GET',
      '/credentials?kind=agent&per_page=2&current_page=2',
      gateway.keys.jwt,
    );
    expect(next.body).toHaveProperty('credentials.0.id', ids[2]);
    expect((await gateway.call('GET', '/credentials?kind=none', gateway.keys.jwt)).status).toBe(400);
  });

  it('shows whom a device key acts for', async () => {
    const listed = await gateway.call('GET', '/credentials?kind=device', gateway.keys.jwt);
    expect(listed.body).toMatchObject({ credentials: [{ user_id: gateway.owner.userId }] });
  });
});

describe('revoke', () => {
  it('answers 204 without a body, and the key is dead at its next use', async () => {
    const made = await create({ kind: 'integration', display_name: 'leaked' });
    expect(await usable(text(made, 'raw_key'))).toBe(true);
    const path = `/api/v1/credentials/${text(made, 'id')}`;
    const reply = await gateway.fetch('DELETE', path, gateway.keys.jwt);
    expect([reply.status, await reply.text(), reply.headers.get('content-type')]).toEqual([204, '', null]);
    expect(await usable(text(made, 'raw_key'))).toBe(false);
    const again = await gateway.fetch('DELETE', path, gateway.keys.jwt);
    expect(again.status).toBe(204);
    const listed = await gateway.call('GET', '/credentials', gateway.keys.jwt);
    expect(listed.body).toMatchObject({
      credentials: expect.arrayContaining([
        expect.objectContaining({ id: text(made, 'id'), key_status: 'revoked' }),
      ]),
    });
  });

  it('refuses the secret or its prefix in the path with 400, and does not repeat it', async () => {
    const made = await create({ kind: 'integration', display_name: 'careful' });
    for (const wrong of [text(made, 'raw_key'), text(made, 'key_prefix')]) {
      const reply = await gateway.call('DELETE', `/credentials/${wrong}`, gateway.keys.jwt);
      expect(reply).toMatchObject({ status: 400, body: { error_message: expect.stringContaining('id') } });
      expect(JSON.stringify(reply.body)).not.toContain(wrong);
    }
    expect(await usable(text(made, 'raw_key'))).toBe(true);
  });

  it('knows only the keys of the own team', async () => {
    const other = await gateway.stranger();
    const made = await create({ kind: 'integration', display_name: 'ours' });
    const reply = await gateway.call('DELETE', `/credentials/${text(made, 'id')}`, other.jwt, {
      headers: { 'x-team-id': other.teamId },
    });
    expect(reply.status).toBe(404);
    expect(await usable(text(made, 'raw_key'))).toBe(true);
  });
});
