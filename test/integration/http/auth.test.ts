import { describe, expect, it } from 'vitest';
import { type Reply, text, withGateway } from './support.ts';

const gateway = withGateway();
const email = 'owner@atelier.local';
const password = 'correct horse battery';

const login = (email_address: string, user_password: string): Promise<Reply> =>
  gateway.call('POST', '/auth/login', null, { json: { email_address, user_password } });
const refresh = (refresh_token: string): Promise<Reply> =>
  gateway.call('POST', '/auth/refresh', null, { json: { refresh_token } });

describe('login', () => {
  it('gives an access token that opens the own profile, with a lifetime in seconds', async () => {
    await gateway.gateway.rooms.identity.setPassword(email, password);
    const reply = await login('Owner@Atelier.local', password);
    expect(reply).toMatchObject({
      status: 200,
      body: {
        access_token: expect.stringMatching(/^eyJ/),
        refresh_token: expect.any(String),
        expires_in: 3600,
      },
    });
    expect(reply.headers.get('cache-control')).toBe('no-store');
    const me = await gateway.call('GET', '/users/me', text(reply, 'access_token'));
    expect(me).toMatchObject({ status: 200, body: { id: gateway.owner.userId, email_address: email } });
  });

  it('refuses a wrong password, an unknown account and a disabled one with the very same words', async () => {
    const other = await gateway.stranger();
    const { store } = gateway.gateway.rooms;
    const [row] = store.read.hot<{ email: string }>('SELECT email FROM users WHERE id = ?', other.userId);
    await store.write((writer) => writer.hotRun('UPDATE users SET disabled = 1 WHERE id = ?', other.userId));
    const replies = [
      await login(email, 'wrong'),
      await login('nobody@example.org', password),
      await login(row?.email ?? '', 'a long password'),
    ];
    for (const { status, body } of replies) {
      expect(status).toBe(401);
      expect(body).toMatchObject({ error_message: 'invalid email or password' });
    }
    expect((await gateway.call('GET', '/users/me', other.jwt)).status).toBe(401);
  });

  it('says which field is missing', async () => {
    const reply = await gateway.call('POST', '/auth/login', null, { json: { email_address: email } });
    expect(reply).toMatchObject({
      status: 400,
      body: { error_message: expect.stringContaining('user_password') },
    });
  });

  it('stops guessing after ten tries a minute', async () => {
    const statuses = await Promise.all(
      Array.from({ length: 12 }, async () => (await login(email, '')).status),
    );
    expect(statuses).toContain(429);
    const refused = await login(email, password);
    expect(refused).toMatchObject({ status: 429, body: { error_code: 'too_many_requests' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});

describe('refresh', () => {
  const signIn = () => gateway.call('POST', '/auth/local', null);

  it('hands out a new pair and takes the old refresh token out of use', async () => {
    const first = await signIn();
    const second = await refresh(text(first, 'refresh_token'));
    expect(second).toMatchObject({ status: 200, body: { expires_in: 3600 } });
    expect(text(second, 'refresh_token')).not.toBe(text(first, 'refresh_token'));
    expect((await gateway.call('GET', '/users/me', text(second, 'access_token'))).status).toBe(200);
    expect((await refresh(text(second, 'refresh_token'))).status).toBe(200);
  });

  it('answers a reused token with 401 and ends what descended from it', async () => {
    const first = await signIn();
    const second = await refresh(text(first, 'refresh_token'));
    expect((await refresh(text(first, 'refresh_token'))).status).toBe(401);
    expect((await refresh(text(second, 'refresh_token'))).status).toBe(401);
  });

  it('lets one of two simultaneous uses through at most', async () => {
    const token = text(await signIn(), 'refresh_token');
    const statuses = (await Promise.all([refresh(token), refresh(token)])).map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([200, 401]);
  });

  it('refuses what it never gave out, and an access token', async () => {
    expect((await refresh('made-up')).status).toBe(401);
    expect((await refresh(gateway.keys.jwt)).status).toBe(401);
  });
});

describe('users/me', () => {
  it('shows the fields of the documentation to a user, without X-Team-ID', async () => {
    const reply = await gateway.call('GET', '/users/me', gateway.keys.jwt, { headers: { 'x-team-id': '' } });
    expect(reply).toMatchObject({
      status: 200,
      body: {
        first_name: expect.any(String),
        last_name: expect.any(String),
        display_name: expect.any(String),
        team_list: [{ id: gateway.owner.teamId, display_name: expect.any(String) }],
        feature_flags: {
          global: {
            features: { mcp_server: expect.any(Boolean) },
            quotas: { max_agents: expect.any(Number) },
          },
          account: { features: { manual_team_creation: true }, quotas: { max_owned_teams: -1 } },
          teams: {},
        },
      },
    });
  });

  it('shows a device key the user it acts for', async () => {
    const reply = await gateway.call('GET', '/users/me', gateway.keys.device);
    expect(reply).toMatchObject({ status: 200, body: { id: gateway.owner.userId } });
  });

  it.each(['integration', 'agent'] as const)('refuses an %s key, which has no user', async (kind) => {
    const reply = await gateway.call('GET', '/users/me', gateway.keys[kind]);
    expect(reply).toMatchObject({ status: 403, body: { error_code: 'wrong_credential_kind' } });
  });
});

describe('local sign-in', () => {
  it('refuses whoever comes through a proxy', async () => {
    for (const header of ['forwarded', 'x-forwarded-for', 'via']) {
      const reply = await gateway.call('POST', '/auth/local', null, { headers: { [header]: '10.0.0.7' } });
      expect(reply).toMatchObject({ status: 403, body: { error_code: 'forbidden' } });
    }
  });
});
