import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { linkPath, linkProtocol } from '../../../shared/link/protocol.ts';
import { type Reply, text, withGateway } from './support.ts';

const gateway = withGateway({ limits: { triesPerMinute: 1000 } });
const set = (json: unknown, key = gateway.keys.jwt) => gateway.call('PUT', '/features', key, { json });
const newTeam = () => gateway.call('POST', '/teams', gateway.keys.jwt, { json: { display_name: 'Another' } });
const newKey = () =>
  gateway.call('POST', '/credentials', gateway.keys.jwt, {
    json: { kind: 'integration', display_name: 'one more' },
  });
const statuses = (replies: readonly Reply[]) => replies.map(({ status }) => status).toSorted();

afterEach(() => gateway.gateway.rooms.store.write((writer) => writer.hotRun('DELETE FROM feature_settings')));

describe('features', () => {
  it('are the owner’s to see and to set, and are shown in the profile', async () => {
    expect(
      await set({ global: { features: { registration: true }, quotas: { max_users: 5 } } }),
    ).toMatchObject({
      status: 200,
      body: { global: { features: { registration: true, oauth: false }, quotas: { max_users: 5 } } },
    });
    expect((await gateway.call('GET', '/users/me', gateway.keys.jwt)).body).toMatchObject({
      feature_flags: {
        global: { features: { registration: true }, quotas: { max_users: 5 } },
        teams: { [gateway.owner.teamId]: { quotas: { max_members: -1 } } },
      },
    });
    expect((await set({ global: { quotas: { max_users: null } } })).body).toMatchObject({
      global: { quotas: { max_users: -1 } },
    });
    const admin = await gateway.stranger('admin');
    expect((await gateway.call('GET', '/features', admin.jwt)).status).toBe(403);
    expect((await set({}, admin.jwt)).status).toBe(403);
    expect((await set({}, gateway.keys.device)).status).toBe(403);
  });

  it.each([
    { global: { features: { telepathy: true } } },
    { global: { features: { registration: 'yes' } } },
    { global: { quotas: { max_users: -2 } } },
    { global: { quotas: { max_users: 1.5 } } },
    { elsewhere: {} },
  ])('refuse what does not exist: %j', async (json) => {
    expect((await set(json)).status).toBe(400);
  });

  it('can’t be switched on when there is nothing to switch on', async () => {
    expect(await set({ global: { features: { oauth: true } } })).toMatchObject({
      status: 409,
      body: { error_message: expect.stringContaining('oauth') },
    });
  });

  it('that are off are a 403 that names them', async () => {
    await set({ account: { features: { manual_team_creation: false } } });
    expect(await newTeam()).toMatchObject({
      status: 403,
      body: {
        error_code: 'feature_disabled',
        error_message: expect.stringContaining('manual_team_creation'),
        error_details: { feature: 'manual_team_creation', scope: 'account' },
      },
    });
  });

  it('of one team come before those of all', async () => {
    const { teamId } = gateway.owner;
    const path = `/features/teams/${teamId}`;
    const put = (json: unknown) => gateway.call('PUT', path, gateway.keys.jwt, { json });
    await set({ team: { quotas: { max_integration_credentials: 0 } } });
    expect((await newKey()).status).toBe(403);
    expect((await put({ quotas: { max_integration_credentials: -1 } })).status).toBe(200);
    expect((await newKey()).status).toBe(200);
    await put({ features: { nerfstudio: false } });
    expect(
      await gateway.call('POST', '/workflows/import', gateway.keys.jwt, {
        json: { workflow_slug: 'ns', display_name: 'N', workflow_json: {}, tool_type: 'nerfstudio' },
      }),
    ).toMatchObject({ status: 403, body: { error_details: { feature: 'nerfstudio' } } });
    const nowhere = `/features/teams/${crypto.randomUUID()}`;
    expect((await gateway.call('PUT', nowhere, gateway.keys.jwt, { json: {} })).status).toBe(404);
  });
});

describe('quotas', () => {
  it('let in as many as they say, however many come at once', async () => {
    const { store } = gateway.gateway.rooms;
    const [row] = store.read.hot<{ count: number }>('SELECT COUNT(*) AS count FROM teams');
    await set({ global: { quotas: { max_teams: (row?.count ?? 0) + 2 } } });
    const replies = await Promise.all([newTeam(), newTeam(), newTeam(), newTeam()]);
    expect(statuses(replies)).toEqual([200, 200, 429, 429]);
    expect(replies.find(({ status }) => status === 429)?.body).toMatchObject({
      error_code: 'quota_exceeded',
      error_details: { quota: 'max_teams' },
    });
  });

  it('hold for owned teams, members and users', async () => {
    await set({ account: { quotas: { max_owned_teams: 1 } } });
    expect((await newTeam()).status).toBe(429);
    const invite = (email_address: string) =>
      gateway.call('POST', '/invitations', gateway.keys.jwt, {
        json: { email_address, invitation_role: 'viewer' },
      });
    const token = text(await invite('quota@example.org'), 'invitation_token');
    await set({ team: { quotas: { max_members: 1 } } });
    expect((await invite('other@example.org')).status).toBe(429);
    const join = () =>
      gateway.call('POST', '/auth/accept-invitation', null, {
        json: { invitation_token: token, user_password: 'a long password' },
      });
    expect((await join()).status).toBe(429);
    await set({ team: { quotas: { max_members: -1 } }, global: { quotas: { max_users: 1 } } });
    expect((await join()).status).toBe(429);
    await set({ global: { quotas: { max_users: -1 } } });
    expect((await join()).status).toBe(200);
  });

  it('of keys count those that live', async () => {
    const made = await newKey();
    const { store } = gateway.gateway.rooms;
    const [row] = store.read.hot<{ count: number }>(
      `SELECT COUNT(*) AS count FROM credentials WHERE kind = 'integration' AND revoked_at IS NULL`,
    );
    await set({ team: { quotas: { max_integration_credentials: row?.count ?? 0 } } });
    expect((await newKey()).status).toBe(429);
    await gateway.call('DELETE', `/credentials/${text(made, 'id')}`, gateway.keys.jwt);
    expect((await newKey()).status).toBe(200);
  });

  it('of agents send the one too many away for a while; who is in may come again', async () => {
    const connect = async (agent_id: string) => {
      const socket = new WebSocket(gateway.url.replace('http', 'ws') + linkPath, {
        headers: { authorization: `Bearer ${gateway.keys.agent}` },
      });
      await once(socket, 'open');
      const machine = {
        hostname: 'here',
        platform_arch: 'linux/amd64',
        os: 'linux',
        cpu_count: 2,
        ram_total: 1,
        ram_free: 1,
        gpus: [],
      };
      const lists = { engines: [], labels: [], models: [], attempts: [] };
      socket.send(
        JSON.stringify({
          type: 'hello',
          protocol: linkProtocol,
          agent_id,
          agent_version: '1',
          machine,
          region: '',
          slots: 1,
          staging: 0,
          ...lists,
        }),
      );
      const closed = once(socket, 'close').then(([code]) => code as number);
      const welcomed = once(socket, 'message').then(() => 'welcome' as const);
      return { socket, outcome: await Promise.race([closed, welcomed]) };
    };
    await set({ global: { quotas: { max_agents: 1 } } });
    const first = await connect('gpu-01');
    expect(first.outcome).toBe('welcome');
    expect((await connect('gpu-02')).outcome).toBe(1013);
    const again = await connect('gpu-01');
    expect(again.outcome).toBe('welcome');
    again.socket.close();
  });
});
