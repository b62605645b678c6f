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
