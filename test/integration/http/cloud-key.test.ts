import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FakeCloud } from '../../helpers/fake-cloud.ts';
import { text, withGateway } from './support.ts';

const gateway = withGateway();
const path = '/cloud-providers/comfy-cloud';
const call = (method: string, json?: unknown) =>
  gateway.call(method, path, gateway.keys.jwt, json === undefined ? {} : { json });

it('is set, told of without being told, replaced and removed (spec 3.15)', async () => {
  expect((await call('GET')).status).toBe(404);
  const all = () => gateway.call('GET', '/cloud-providers', gateway.keys.jwt);
  expect((await all()).body).toEqual({ provider_list: [] });
  const cloud = await FakeCloud.open();
  const set = await call('PUT', { api_key: cloud.key });
  expect(set.body).toEqual({
    provider_name: 'comfy_cloud',
    credential_status: 'active',
    cloud_fallback: false,
    created_at: expect.any(String),
    updated_at: expect.any(String),
    key_preview: 'cfy_0123...klmn',
  });
  expect((await call('GET')).body).toEqual(set.body);
  expect((await all()).body).toEqual({ provider_list: [set.body] });
  const other = await call('PUT', { api_key: 'short', cloud_fallback: true });
  expect(other.body).toMatchObject({ cloud_fallback: true, key_preview: '…' });
  expect(text(other, 'created_at')).toBe(text(set, 'created_at'));
  expect((await call('DELETE')).body).toEqual({ is_success: true });
  expect((await call('DELETE')).status).toBe(404);
});

it('lies nowhere on disk as it is', async () => {
  const secret = 'cfy_find_me_nowhere_0123456789';
  await call('PUT', { api_key: secret });
  const names = await readdir(gateway.folder, { recursive: true, withFileTypes: true });
  for (const entry of names.filter((one) => one.isFile())) {
    const bytes = await readFile(join(entry.parentPath, entry.name));
    expect(bytes.includes(secret), entry.name).toBe(false);
  }
});

it.each([[''], ['two words'], ['x'.repeat(513)]])('refuses %j', async (api_key) => {
  expect((await call('PUT', { api_key })).status).toBe(400);
});

it('is needed before anything may be meant for the cloud', async () => {
  await call('DELETE');
  const id = await gateway.import({ workflow_slug: 'for-the-cloud' });
  const reply = await gateway.call('POST', `/r/workflows/${id}/run`, gateway.keys.integration, {
    json: { dispatch_target: 'comfy_cloud' },
  });
  expect(reply.status).toBe(400);
  expect(text(reply, 'error_message')).toContain('no ComfyUI Cloud key is in use in this team');
});

it('that can’t be read any more is as good as none, and nothing falls over it', async () => {
  await call('PUT', { api_key: 'cfy_soon_unreadable_0123456789', cloud_fallback: true });
  const { store, cloud } = gateway.gateway.rooms;
  await store.write((writer) => writer.hotRun('UPDATE cloud_accounts SET api_key = ?', Buffer.alloc(60, 1)));
  expect(cloud.accounts.key(gateway.owner.teamId)).toBeUndefined();
  expect(await call('GET')).toMatchObject({ status: 200, body: { credential_status: 'revoked' } });
  const again = await call('PUT', { api_key: 'cfy_entered_again_0123456789' });
  expect(again.body).toMatchObject({ credential_status: 'active' });
});

it('goes with its team at once', async () => {
  const { identity, cloud, store } = gateway.gateway.rooms;
  const teamId = await identity.teams.create(gateway.owner.userId, 'Short-lived');
  await cloud.accounts.set(teamId, { api_key: 'cfy_short_lived_0123456789', cloud_fallback: true });
  await identity.deleteTeam(teamId);
  expect(store.read.hot('SELECT 1 FROM cloud_accounts WHERE team_id = ?', teamId)).toEqual([]);
});
