import { describe, expect, it } from 'vitest';
import { type CallOptions, type Reply, text, withGateway } from './support.ts';

const gateway = withGateway({ limits: { triesPerMinute: 1000 } });

/** Calls as somebody in a team. */
const as =
  (jwt: string, teamId: string) =>
  (method: string, path: string, json?: unknown, options: CallOptions = {}): Promise<Reply> =>
    gateway.call(method, path, jwt, {
      headers: { 'x-team-id': teamId },
      ...(json === undefined ? {} : { json }),
      ...options,
    });
const owner = () => as(gateway.keys.jwt, gateway.owner.teamId);
const statusOf = async (reply: Promise<Reply>) => (await reply).status;

async function newTeam(name = 'Night shift'): Promise<string> {
  return text(await gateway.call('POST', '/teams', gateway.keys.jwt, { json: { display_name: name } }), 'id');
}

describe('teams', () => {
  it('are made, listed, read and renamed', async () => {
    const id = await newTeam();
    expect((await gateway.call('GET', '/teams', gateway.keys.jwt)).body).toMatchObject({
      team_list: expect.arrayContaining([{ id, display_name: 'Night shift', team_role: 'owner' }]),
      page_meta: { current_page: 1 },
    });
    const inIt = as(gateway.keys.jwt, id);
    expect(await inIt('PUT', '/teams/current', { display_name: ' Day shift ' })).toMatchObject({
      status: 200,
      body: { id },
    });
    expect((await inIt('GET', '/teams/current')).body).toMatchObject({
      id,
      display_name: 'Day shift',
      owner_id: gateway.owner.userId,
      member_count: 1,
      team_role: 'owner',
      feature_flags: { quotas: { max_members: -1 } },
    });
    for (const display_name of ['', '   ', 'x'.repeat(101), 7]) {
      expect(await statusOf(inIt('PUT', '/teams/current', { display_name }))).toBe(400);
    }
  });

  it('are handed over to a member; the owner becomes an admin', async () => {
    const heir = await gateway.stranger('viewer');
    const { teamId } = await gateway.stranger();
    const hand = (new_owner_id: string) => owner()('POST', '/teams/current/transfer', { new_owner_id });
    expect(await statusOf(hand(crypto.randomUUID()))).toBe(404);
    expect(await statusOf(hand(teamId))).toBe(404);
    expect(await statusOf(hand(gateway.owner.userId))).toBe(409);
    const both = await Promise.all([hand(heir.userId), hand(heir.userId)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 403]);
    expect((await owner()('GET', '/teams/current')).body).toMatchObject({
      team_role: 'admin',
      owner_id: heir.userId,
    });
    const back = as(heir.jwt, gateway.owner.teamId);
    expect(
      await statusOf(back('POST', '/teams/current/transfer', { new_owner_id: gateway.owner.userId })),
    ).toBe(200);
  });

  it('are left by anybody but their owner', async () => {
    const viewer = await gateway.stranger('viewer');
    const mine = as(viewer.jwt, gateway.owner.teamId);
    expect(await statusOf(mine('POST', '/teams/current/leave'))).toBe(200);
    expect(await statusOf(mine('GET', '/teams/current'))).toBe(403);
    expect(await owner()('POST', '/teams/current/leave')).toMatchObject({
      status: 409,
      body: { error_message: expect.stringContaining('transfer') },
    });
  });

  it('end with all they have: tasks cancelled, keys dead, nobody in', async () => {
    const teamId = await newTeam();
    const inIt = as(gateway.keys.jwt, teamId);
    const { identity, store, tasks } = gateway.gateway.rooms;
    const raw = await identity.createKey({ kind: 'integration', name: 'CI', teamId });
    const workflow = text(
      await inIt('POST', '/workflows/import', {
        workflow_slug: 'gone',
        display_name: 'Gone',
        workflow_json: { '1': { class_type: 'EmptyImage', inputs: {} } },
      }),
      'id',
    );
    const task = text(await inIt('POST', `/r/workflows/${workflow}/run`, {}), 'task_id');
    const cancelled: string[] = [];
    tasks.signals.listen({ ended: ({ id }, how) => void cancelled.push(`${id} ${String(how)}`) });
    const stream = await gateway.fetch('GET', '/api/v1/events', raw);
    expect(await statusOf(inIt('DELETE', '/teams/current'))).toBe(204);
    expect(cancelled).toEqual([`${task} cancelled`]);
    await stream.text();
    expect(await statusOf(gateway.call('GET', '/r/tasks', raw))).toBe(401);
    expect(await statusOf(inIt('GET', '/teams/current'))).toBe(403);
    await expect
      .poll(() => [
        ...store.read.hot('SELECT id FROM teams WHERE id = ?', teamId),
        ...store.read.hot('SELECT id FROM tasks WHERE team_id = ?', teamId),
        ...store.read.hot('SELECT id FROM workflows WHERE team_id = ?', teamId),
      ])
      .toEqual([]);
  });

  it('of the studio itself may end too: its owner gets a new one', async () => {
    const own = await gateway.gateway.rooms.identity.ensureOwner();
    const before = own.teamId;
    // Not the one of the other tests: it is handed to a team of its own first.
    const { store, identity } = gateway.gateway.rooms;
    const spare = await newTeam('Spare');
    const point = (teamId: string) =>
      store.write((writer) =>
        writer.hotRun(
          `UPDATE settings SET value = ? WHERE name = 'owner'`,
          JSON.stringify({ ...own, teamId }),
        ),
      );
    await point(spare);
    expect(await statusOf(as(gateway.keys.jwt, spare)('DELETE', '/teams/current'))).toBe(204);
    const now = await identity.ensureOwner();
    expect(now.userId).toBe(own.userId);
    expect([before, spare]).not.toContain(now.teamId);
    expect(identity.roleIn(now.teamId, own.userId)).toBe('owner');
    await point(before);
  });
});

describe('members', () => {
  it('are listed with their roles, and get others at their next request', async () => {
    const one = await gateway.stranger('member');
    expect((await owner()('GET', '/members?per_page=100')).body).toMatchObject({
      member_list: expect.arrayContaining([
        expect.objectContaining({ user_id: gateway.owner.userId, member_role: 'owner' }),
        expect.objectContaining({ user_id: one.userId, member_role: 'member', display_name: 'Other User' }),
      ]),
    });
    const mine = as(one.jwt, gateway.owner.teamId);
    expect(await statusOf(mine('GET', '/credentials'))).toBe(403);
    expect(await statusOf(owner()('PUT', `/members/${one.userId}`, { member_role: 'admin' }))).toBe(200);
    expect(await statusOf(mine('GET', '/credentials'))).toBe(200);
    for (const member_role of ['owner', 'king', 1, undefined]) {
      expect(await statusOf(owner()('PUT', `/members/${one.userId}`, { member_role }))).toBe(400);
    }
    expect(await statusOf(mine('PUT', `/members/${one.userId}`, { member_role: 'viewer' }))).toBe(403);
    expect(await statusOf(mine('PUT', `/members/${gateway.owner.userId}`, { member_role: 'viewer' }))).toBe(
      403,
    );
    expect(await statusOf(mine('DELETE', `/members/${gateway.owner.userId}`))).toBe(403);
    expect(await statusOf(mine('DELETE', `/members/${one.userId}`))).toBe(409);
  });

  it('who are removed are out at once, their open streams too; the keys they made stay', async () => {
    const one = await gateway.stranger('admin');
    const mine = as(one.jwt, gateway.owner.teamId);
    const made = await mine('POST', '/credentials', { kind: 'integration', display_name: 'theirs' });
    const stream = await gateway.fetch('GET', '/api/v1/events', one.jwt, {
      headers: { 'x-team-id': gateway.owner.teamId },
    });
    expect(stream.status).toBe(200);
    expect(await statusOf(owner()('DELETE', `/members/${one.userId}`))).toBe(204);
    await stream.text();
    expect(await statusOf(mine('GET', '/r/tasks'))).toBe(403);
    expect(await statusOf(gateway.call('GET', '/r/tasks', text(made, 'raw_key')))).toBe(200);
    expect(await statusOf(owner()('DELETE', `/members/${one.userId}`))).toBe(404);
  });
});

describe('invitations', () => {
  const invite = (email_address: string, invitation_role = 'member') =>
    owner()('POST', '/invitations', { email_address, invitation_role });
  const join = (invitation_token: string, more: Record<string, unknown> = {}) =>
    gateway.call('POST', '/auth/accept-invitation', null, {
      json: { invitation_token, user_password: 'a long password', ...more },
    });

  it('let in somebody without an account, once', async () => {
    const invited = await invite('New@Example.org', 'viewer');
    expect(invited).toMatchObject({ status: 200, body: { id: expect.any(String) } });
    const token = text(invited, 'invitation_token');
    const listed = await owner()('GET', '/invitations');
    expect(listed.body).toMatchObject({
      invitation_list: [{ email_address: 'new@example.org', invitation_role: 'viewer' }],
    });
    expect(JSON.stringify(listed.body)).not.toContain(token);
    const look = await gateway.call('POST', '/auth/invitation', null, { json: { invitation_token: token } });
    expect(look.body).toMatchObject({
      team_name: 'My studio',
      email_address: 'new@example.org',
      has_account: false,
    });
    expect(await statusOf(join(token, { user_password: 'short' }))).toBe(400);
    const both = await Promise.all([join(token, { display_name: 'Nova' }), join(token)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 404]);
    const joined = both.find(({ status }) => status === 200)!;
    expect((await gateway.call('GET', '/users/me', text(joined, 'access_token'))).body).toMatchObject({
      email_address: 'new@example.org',
      team_list: [{ id: gateway.owner.teamId, team_role: 'viewer' }],
    });
    expect(await statusOf(join(token))).toBe(404);
    expect(await statusOf(invite('new@example.org'))).toBe(409);
    expect((await owner()('GET', '/invitations')).body).toMatchObject({ invitation_list: [] });
  });

  it('let in who has an account: signed in with that address, or with its password', async () => {
    const [one, two] = [await gateway.stranger(), await gateway.stranger()];
    const { identity } = gateway.gateway.rooms;
    const tokenFor = async ({ userId }: { userId: string }) =>
      text(await invite(identity.user(userId)?.email ?? ''), 'invitation_token');
    const [first, second] = [await tokenFor(one), await tokenFor(two)];
    const accept = (jwt: string, invitation_token: string) =>
      gateway.call('POST', '/invitations/accept', jwt, { json: { invitation_token } });
    expect(await statusOf(accept(two.jwt, first))).toBe(403);
    expect(await accept(one.jwt, first)).toMatchObject({
      status: 200,
      body: { id: gateway.owner.teamId, team_role: 'member' },
    });
    expect(await statusOf(accept(one.jwt, first))).toBe(404);
    expect(await statusOf(join(second, { user_password: 'not their password' }))).toBe(401);
    expect(await statusOf(join(second))).toBe(200);
    expect(identity.roleIn(gateway.owner.teamId, two.userId)).toBe('member');
  });

  it('are one to an address, and can be cancelled', async () => {
    const both = await Promise.all([invite('late@example.org'), invite('LATE@example.org')]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    const made = both.find(({ status }) => status === 200)!;
    const cancel = (id: string) => owner()('DELETE', `/invitations/${id}`);
    expect(await statusOf(cancel(text(made, 'id')))).toBe(204);
    expect(await statusOf(cancel(text(made, 'id')))).toBe(404);
    expect(await statusOf(join(text(made, 'invitation_token')))).toBe(404);
    expect(await statusOf(invite('late@example.org', 'owner'))).toBe(400);
    expect(await statusOf(invite('nonsense'))).toBe(400);
  });
});
