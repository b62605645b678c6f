import { describe, expect, it } from 'vitest';
import { type Reply, send, text, withGateway } from './support.ts';

const gateway = withGateway({ limits: { triesPerMinute: 1000 } });
const login = (email_address: string, user_password: string): Promise<Reply> =>
  gateway.call('POST', '/auth/login', null, { json: { email_address, user_password } });
const change = (key: string, json: unknown) => gateway.call('PUT', '/users/me/password', key, { json });
const works = async (key: string) => (await gateway.call('GET', '/users/me', key)).status === 200;

describe('password', () => {
  it('is set for the first time without another one, on the studio’s own machine only', async () => {
    const far = await send(`${gateway.url}/api/v1/users/me/password`, {
      method: 'PUT',
      headers: {
        authorization: `Bearer ${gateway.keys.jwt}`,
        'content-type': 'application/json',
        'x-forwarded-for': '192.0.2.7',
      },
      body: JSON.stringify({ new_password: 'a first password' }),
    });
    expect(far.status).toBe(403);
    expect(await change(gateway.keys.jwt, { new_password: 'short' })).toMatchObject({ status: 400 });
    expect(await change(gateway.keys.jwt, { new_password: 'a first password' })).toMatchObject({
      status: 200,
      body: { is_success: true },
    });
    expect((await login('owner@atelier.local', 'a first password')).status).toBe(200);
    expect((await gateway.call('GET', '/users/me', gateway.keys.jwt)).body).toMatchObject({
      has_password: true,
      is_operator: true,
    });
  });

  it('changes for who knows the old one, and ends every other sign-in', async () => {
    const { jwt, userId } = await gateway.stranger();
    const email = gateway.gateway.rooms.identity.user(userId)?.email ?? '';
    const other = text(await login(email, 'a long password'), 'access_token');
    expect(await change(jwt, { new_password: 'another password' })).toMatchObject({
      status: 400,
      body: { error_message: expect.stringContaining('current_password') },
    });
    const wrong = await change(jwt, { current_password: 'guess', new_password: 'another password' });
    expect(wrong.status).toBe(403);
    expect(
      (await change(jwt, { current_password: 'a long password', new_password: 'another password' })).status,
    ).toBe(200);
    expect([await works(jwt), await works(other)]).toEqual([true, false]);
    expect((await login(email, 'a long password')).status).toBe(401);
    expect((await login(email, 'another password')).status).toBe(200);
  });

  it('changed twice at the same time is changed once', async () => {
    const { jwt } = await gateway.stranger();
    const replies = await Promise.all(
      ['password one', 'password two'].map((new_password) =>
        change(jwt, { current_password: 'a long password', new_password }),
      ),
    );
    expect(replies.map(({ status }) => status).toSorted()).toEqual([200, 409]);
  });
});

describe('profile', () => {
  it('changes what is given, and an address only to a free one', async () => {
    const { jwt } = await gateway.stranger();
    const put = (json: unknown) => gateway.call('PUT', '/users/me', jwt, { json });
    expect(await put({ display_name: ' Ada ', email_address: 'Ada@Example.org' })).toMatchObject({
      status: 200,
      body: { display_name: 'Ada', first_name: 'Other', email_address: 'ada@example.org' },
    });
    expect((await put({ email_address: 'owner@atelier.local' })).status).toBe(409);
    expect((await put({ display_name: '' })).status).toBe(400);
    expect((await put({ email_address: 'nonsense' })).status).toBe(400);
    expect((await login('ada@example.org', 'a long password')).status).toBe(200);
  });
});

describe('signing out', () => {
  it('ends the access token at once', async () => {
    const signIn = await gateway.call('POST', '/auth/local', null);
    const jwt = text(signIn, 'access_token');
    expect(await works(jwt)).toBe(true);
    const refresh_token = text(signIn, 'refresh_token');
    expect((await gateway.call('POST', '/auth/logout', null, { json: { refresh_token } })).status).toBe(200);
    expect(await works(jwt)).toBe(false);
    expect((await gateway.call('POST', '/auth/refresh', null, { json: { refresh_token } })).status).toBe(401);
  });
});

describe('registration', () => {
  const register = (email_address: string) =>
    gateway.call('POST', '/auth/register', null, {
      json: { email_address, user_password: 'a long password', first_name: 'Grace', last_name: 'Hopper' },
    });

  it('is off until the owner switches it on; with auto_team it comes with a team', async () => {
    expect(await register('grace@example.org')).toMatchObject({
      status: 403,
      body: { error_code: 'feature_disabled', error_details: { feature: 'registration' } },
    });
    await gateway.gateway.rooms.identity.features.set('global', '', {
      features: { registration: true, auto_team: true },
    });
    const made = await register('Grace@example.org');
    expect(made.status).toBe(200);
    expect((await gateway.call('GET', '/users/me', text(made, 'access_token'))).body).toMatchObject({
      email_address: 'grace@example.org',
      display_name: 'Grace Hopper',
      is_operator: false,
      team_list: [{ display_name: 'Grace Hopper’s team', team_role: 'owner' }],
    });
    expect((await register('grace@EXAMPLE.org')).status).toBe(409);
    const both = await Promise.all([register('twice@example.org'), register('twice@example.org')]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409]);
  });
});
