import { describe, expect, it } from 'vitest';
import { text, withGateway } from './support.ts';

const gateway = withGateway();
const list = (key: string | null, headers: Record<string, string> = {}) =>
  gateway.call('GET', '/r/tasks', key, { headers });

describe('team of a sign-in', () => {
  it('must be said: without X-Team-ID, or with something else than a UUID, the answer is 400', async () => {
    const jwt = (await gateway.stranger()).jwt;
    expect(await list(jwt)).toMatchObject({ status: 400, body: { error_code: 'team_required' } });
    expect(await list(jwt, { 'x-team-id': 'team_01HX' })).toMatchObject({
      status: 400,
      body: { error_message: expect.stringContaining('X-Team-ID') },
    });
  });

  it('must be one that the user is in', async () => {
    const other = await gateway.stranger();
    expect((await list(other.jwt, { 'x-team-id': gateway.owner.teamId })).status).toBe(403);
    expect((await list(other.jwt, { 'x-team-id': other.teamId })).status).toBe(200);
  });

  it('may be written in capitals', async () => {
    const reply = await list(gateway.keys.jwt, { 'x-team-id': gateway.owner.teamId.toUpperCase() });
    expect(reply.status).toBe(200);
  });
});

describe('team of a key', () => {
  it.each(['integration', 'device'] as const)(
    'is its own, whatever X-Team-ID an %s key sends',
    async (kind) => {
      const { teamId } = await gateway.stranger();
      await gateway.import({ workflow_slug: `own-${kind}` });
      for (const header of [teamId, 'not even a UUID']) {
        const reply = await gateway.call('GET', '/r/workflows', gateway.keys[kind], {
          headers: { 'x-team-id': header },
        });
        expect(reply.status).toBe(200);
        expect(reply.body).toMatchObject({
          workflow_list: expect.arrayContaining([expect.objectContaining({ workflow_slug: `own-${kind}` })]),
        });
      }
    },
  );

  it('keeps teams apart: another team’s key finds neither workflow nor task', async () => {
    const workflow = await gateway.import({ workflow_slug: 'apart' });
    const task = await gateway.run(workflow);
    const foreign = await gateway.foreignKey();
    for (const path of [
      `/r/workflows/${workflow}`,
      '/r/workflows/slug/apart',
      `/r/tasks/${task}`,
      `/r/tasks/${task}/result`,
      `/r/tasks/${task}/events`,
    ]) {
      expect((await gateway.call('GET', path, foreign)).status, path).toBe(404);
    }
    expect((await gateway.call('POST', `/r/tasks/${task}/cancel`, foreign)).status).toBe(404);
    expect((await gateway.call('POST', `/r/workflows/${workflow}/run`, foreign, { json: {} })).status).toBe(
      404,
    );
    expect((await gateway.call('GET', '/r/tasks', foreign)).body).toMatchObject({ task_list: [] });
  });

  it('follows the user of a device key: gone from the team, no longer let in', async () => {
    const { userId } = await gateway.stranger('member');
    const { identity, store } = gateway.gateway.rooms;
    const key = await identity.createKey({ kind: 'device', name: 'd', teamId: gateway.owner.teamId, userId });
    expect((await list(key)).status).toBe(200);
    await store.write((writer) =>
      writer.hotRun('DELETE FROM members WHERE user_id = ? AND team_id = ?', userId, gateway.owner.teamId),
    );
    expect((await list(key)).status).toBe(403);
  });
});

describe('kinds of keys', () => {
  const everywhere = [
    '/r/tasks',
    '/r/workflows',
    '/r/agents',
    '/workflows',
    '/agents',
    '/credentials',
    '/events',
  ];

  it.each(everywhere)('an agent key is refused on %s', async (path) => {
    const reply = await gateway.call('GET', path, gateway.keys.agent);
    expect(reply).toMatchObject({ status: 403, body: { error_code: 'wrong_credential_kind' } });
  });

  it.each([
    ['GET', '/workflows'],
    ['POST', '/workflows/import'],
    ['GET', '/agents'],
    ['GET', '/credentials'],
  ])('an integration key is refused outside the runtime API: %s %s', async (method, path) => {
    const reply = await gateway.call(method, path, gateway.keys.integration);
    expect(reply).toMatchObject({ status: 403, body: { error_message: expect.stringContaining('/r/') } });
  });

  it.each(['/r/tasks', '/r/workflows', '/r/agents'])('an integration key is let in to %s', async (path) => {
    expect((await gateway.call('GET', path, gateway.keys.integration)).status).toBe(200);
  });

  it.each(['/workflows', '/agents', '/r/tasks'])('a device key is let in to %s', async (path) => {
    expect((await gateway.call('GET', path, gateway.keys.device)).status).toBe(200);
  });

  it('asks for a credential before it looks at anything else of a request', async () => {
    const broken = await gateway.call('POST', '/workflows/import', null, { raw: '{broken' });
    expect(broken).toMatchObject({ status: 401, body: { error_code: 'unauthorized' } });
    const basic = await gateway.call('GET', '/r/tasks', null, {
      headers: { authorization: 'Basic b3duZXI=' },
    });
    expect(basic.status).toBe(401);
  });

  it('refuses keys and tokens that nobody gave out', async () => {
    for (const key of ['sk-made-up', 'dk-made-up', 'ak-made-up', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.']) {
      expect((await list(key, { 'x-team-id': gateway.owner.teamId })).status, key).toBe(401);
    }
  });
});

describe('roles', () => {
  it('let a viewer read, and nothing else', async () => {
    const workflow = await gateway.import({ workflow_slug: 'for-viewers' });
    const task = await gateway.run(workflow);
    const headers = { 'x-team-id': gateway.owner.teamId };
    const { jwt } = await gateway.stranger('viewer');
    const as = (method: string, path: string, json?: unknown) =>
      gateway.call(method, path, jwt, { headers, ...(json === undefined ? {} : { json }) });
    expect((await as('GET', `/r/tasks/${task}`)).status).toBe(200);
    for (const reply of [
      await as('POST', `/r/workflows/${workflow}/run`, {}),
      await as('POST', `/r/tasks/${task}/cancel`),
      await as('POST', '/r/files/presign', { file_name: 'a.png', file_size: 1, content_type: 'image/png' }),
      await as('PUT', `/workflows/${workflow}`, { description: 'mine' }),
      await as('GET', '/credentials'),
    ]) {
      expect(reply).toMatchObject({
        status: 403,
        body: { error_message: expect.stringContaining('viewer') },
      });
    }
  });

  it('let a member run but not make keys', async () => {
    const { jwt } = await gateway.stranger('member');
    const headers = { 'x-team-id': gateway.owner.teamId };
    const workflow = await gateway.import({ workflow_slug: 'for-members' });
    const run = await gateway.call('POST', `/r/workflows/${workflow}/run`, jwt, { headers, json: {} });
    expect(text(run, 'task_id')).toMatch(/^[0-9a-f-]{36}$/);
    const key = await gateway.call('POST', '/credentials', jwt, {
      headers,
      json: { kind: 'integration', display_name: 'mine' },
    });
    expect(key).toMatchObject({ status: 403, body: { error_code: 'forbidden' } });
  });
});
