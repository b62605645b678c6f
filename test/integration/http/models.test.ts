import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { samples } from '../../unit/shared/models/samples.ts';
import { send, text, withGateway } from './support.ts';

const gateway = withGateway({ limits: { fileBytes: 20_000, partBytes: 4096 } });
const hashOf = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const call = (method: string, path: string, json?: unknown) =>
  gateway.call(method, path, gateway.keys.jwt, json === undefined ? {} : { json });

interface Presigned {
  readonly storage_key: string;
  readonly upload_url: string;
  readonly upload_headers: Record<string, string>;
}

async function presign(model_path: string, size: number): Promise<Presigned> {
  const wish = { file_name: 'x.safetensors', file_size: size, model_type: 'checkpoints', model_path };
  const reply = await call('POST', '/models/presign', wish);
  expect(reply.status).toBe(200);
  return reply.body as Presigned;
}

async function upload(model_path: string, bytes: Uint8Array): Promise<Record<string, unknown>> {
  const slot = await presign(model_path, bytes.length);
  const put = await send(slot.upload_url, { method: 'PUT', headers: slot.upload_headers, body: bytes });
  expect(put.status).toBe(200);
  const { storage_key } = slot;
  const file = { file_size: bytes.length, file_hash: hashOf(bytes), model_path, storage_key };
  return { display_name: 'A model', model_type: 'checkpoints', ...file };
}

/** Uploads and registers; returns the id. */
const add = async (model_path: string, bytes: Uint8Array): Promise<string> =>
  text(await call('POST', '/models', await upload(model_path, bytes)), 'id');

const path = (): string => `models/checkpoints/${crypto.randomUUID()}.safetensors`;

describe('a model of the library', () => {
  it('is uploaded, registered and told with every documented field', async () => {
    const model_path = path();
    const id = await add(model_path, samples.sdxl);
    const reply = await call('GET', `/models/${id}`);
    expect(reply.body).toEqual({
      id,
      display_name: 'A model',
      model_type: 'checkpoints',
      storage_key: expect.stringMatching(new RegExp(`^models/${gateway.owner.teamId}/`)),
      file_size: samples.sdxl.length,
      file_hash: hashOf(samples.sdxl),
      model_path: model_path.slice('models/'.length),
      model_status: 'active',
      created_at: expect.any(String),
      updated_at: expect.any(String),
      facts: { format: 'safetensors', kind: 'checkpoint', base: 'SDXL', title: '', problem: '' },
      source_url: '',
    });
    expect((await call('GET', `/models?text=${id}`)).body).toMatchObject({ model_list: [] });
    const [, , name] = model_path.split('/');
    expect((await call('GET', `/models?text=${name}&model_status=active`)).body).toMatchObject({
      model_list: [{ id }],
      page_meta: { total_count: 1 },
    });
  });

  it('goes in parts when it is larger than one piece may be', async () => {
    const bytes = new Uint8Array(30_000).fill(7);
    const slot = await presign('loras/large.pt', bytes.length);
    const whole = await send(slot.upload_url, { method: 'PUT', headers: slot.upload_headers, body: bytes });
    expect(whole).toMatchObject({ status: 413, body: expect.stringContaining('in parts') });
    const { storage_key } = slot;
    const begun = await call('POST', '/uploads/multipart/initiate', { storage_key, file_size: bytes.length });
    expect(begun.body).toMatchObject({ part_size: 4096, part_count: 8 });
    const uploadId = text(begun, 'upload_id');
    for (let part_number = 1; part_number <= 8; part_number += 1) {
      const part = (await call('POST', `/uploads/multipart/${uploadId}/parts`, { part_number }))
        .body as Presigned;
      const body = bytes.slice((part_number - 1) * 4096, part_number * 4096);
      expect(
        (await send(part.upload_url, { method: 'PUT', headers: part.upload_headers, body })).status,
      ).toBe(200);
    }
    const done = await call('POST', `/uploads/multipart/${uploadId}/complete`, {});
    expect(done.body).toMatchObject({ file_hash: hashOf(bytes) });
    const file = {
      file_size: bytes.length,
      file_hash: hashOf(bytes),
      model_path: 'loras/large.pt',
      storage_key,
    };
    const model = { display_name: 'Large', model_type: 'loras', ...file };
    const id = text(await call('POST', '/models', model), 'id');
    expect((await call('GET', `/models/${id}`)).body).toMatchObject({ facts: { format: 'pickle' } });
  });

  it('with another hash or size than was uploaded is refused, and can be registered rightly then', async () => {
    const right = await upload(path(), samples.vae);
    const wrong = await call('POST', '/models', { ...right, file_hash: `sha256:${'0'.repeat(64)}` });
    expect(wrong).toMatchObject({
      status: 400,
      body: { error_code: 'upload_mismatch', error_message: expect.stringContaining(hashOf(samples.vae)) },
    });
    expect((await call('POST', '/models', { ...right, file_size: 5 })).status).toBe(400);
    const upper = `sha256:${hashOf(samples.vae).slice(7).toUpperCase()}`;
    expect((await call('POST', '/models', { ...right, file_hash: upper })).status).toBe(200);
    expect((await call('POST', '/models', right)).status).toBe(409);
  });

  it('must be uploaded before it is registered, and by this team', async () => {
    const { storage_key } = await presign('vae/never.safetensors', 10);
    const model = {
      ...{ display_name: 'x', model_type: 'vae', file_size: 10, file_hash: hashOf(samples.vae) },
      ...{ model_path: 'vae/never.safetensors', storage_key },
    };
    expect((await call('POST', '/models', model)).body).toMatchObject({ error_code: 'invalid_file' });
    const theirs = await upload(path(), samples.clip);
    const { jwt, teamId } = await gateway.stranger();
    const stolen = await gateway.call('POST', '/models', jwt, {
      json: theirs,
      headers: { 'x-team-id': teamId },
    });
    expect(stolen.body).toMatchObject({ error_code: 'invalid_file' });
  });

  it.each([
    '../up.safetensors',
    '/abs/x.pt',
    'a\\b.pt',
    'alone.safetensors',
    'custom_nodes/x.bin',
    'vae/x.py',
  ])('can not lie at %s', async (model_path) => {
    const wish = { file_name: 'x', file_size: 10, model_type: 'vae', model_path };
    expect((await call('POST', '/models/presign', wish)).status).toBe(400);
  });

  it('shares no path with another that is active', async () => {
    const model_path = path();
    const first = await add(model_path, samples.sdxl);
    const second = await upload(model_path, samples.sd15);
    const refused = await call('POST', '/models', second);
    expect(refused).toMatchObject({
      status: 409,
      body: { error_message: expect.stringContaining('A model') },
    });
    expect((await call('PUT', `/models/${first}`, { model_status: 'disabled' })).status).toBe(200);
    expect((await call('POST', '/models', second)).status).toBe(200);
    expect((await call('PUT', `/models/${first}`, { model_status: 'active' })).status).toBe(409);
    const changed = await call('PUT', `/models/${first}`, { model_path: path(), model_status: 'active' });
    expect(changed.status).toBe(200);
    expect((await call('GET', `/models/${first}`)).body).toMatchObject({ model_status: 'active' });
  });

  it('is gone when it is deleted', async () => {
    const id = await add(path(), samples.flux);
    expect((await call('DELETE', `/models/${id}`)).body).toEqual({ is_success: true });
    expect((await call('GET', `/models/${id}`)).status).toBe(404);
    expect((await call('DELETE', `/models/${id}`)).status).toBe(404);
  });

  it('can not be uploaded twice, nor under a changed address', async () => {
    const slot = await presign(path(), samples.vae.length);
    const put = (url: string) =>
      send(url, { method: 'PUT', headers: slot.upload_headers, body: samples.vae });
    expect((await put(slot.upload_url.replace('op=put', 'op=get'))).status).toBe(403);
    expect((await put(slot.upload_url)).status).toBe(200);
    expect((await put(slot.upload_url)).status).toBe(412);
  });

  it('needs the feature custom_models', async () => {
    const { features } = gateway.gateway.rooms.identity;
    const set = (custom_models: boolean) =>
      features.set('team', gateway.owner.teamId, { features: { custom_models } });
    await set(false);
    const wish = { file_name: 'x', file_size: 10, model_type: 'vae', model_path: path() };
    const refused = await call('POST', '/models/presign', wish);
    expect(refused).toMatchObject({ status: 403, body: { error_code: 'feature_disabled' } });
    await set(true);
    expect((await call('POST', '/models/presign', wish)).status).toBe(200);
  });
});

describe('a download', () => {
  const wish = { model_type: 'vae', model_path: 'vae/fetched.safetensors' };

  it.each([
    'http://example.org/a.safetensors',
    'https://127.0.0.1/a.safetensors',
    'https://[::1]/a.safetensors',
    'https://192.168.1.1/a',
    'https://169.254.169.254/latest',
    'https://[::ffff:10.0.0.1]/a',
    'https://user:secret@example.org/a',
    'file:///etc/passwd',
  ])('of %s is refused', async (url) => {
    expect((await call('POST', '/models/fetch', { ...wish, url })).status).toBe(400);
  });

  it('that leads into the own network fails with words', async () => {
    const url = `https://localhost:${new URL(gateway.url).port}/a.safetensors`;
    const id = text(await call('POST', '/models/fetch', { ...wish, url }), 'id');
    await expect
      .poll(async () => (await call('GET', '/models/fetches')).body, { timeout: 10_000 })
      .toMatchObject({
        fetch_list: [{ id, state: 'failed', error: expect.stringContaining('private network') }],
      });
    expect((await call('DELETE', `/models/fetches/${id}`)).status).toBe(200);
    expect((await call('GET', '/models/fetches')).body).toEqual({ fetch_list: [] });
  });
});

it('counts against what the team may keep from its announcement on, until nobody has registered it for a week', async () => {
  const { identity, store, models, storage } = gateway.gateway.rooms;
  const { teamId } = gateway.owner;
  const { used_bytes } = await storage.usage(teamId);
  await identity.features.set('team', teamId, { quotas: { max_storage_bytes: used_bytes + 100 } });
  const announce = (file_size: number) =>
    call('POST', '/models/presign', {
      ...{ file_name: 'q.safetensors', model_type: 'loras', model_path: 'loras/quota.safetensors' },
      file_size,
    });
  const slot = await announce(80);
  expect(slot.status).toBe(200);
  expect(await announce(21)).toMatchObject({ status: 429, body: { error_code: 'quota_exceeded' } });
  await models.uploads.sweep();
  expect((await storage.usage(teamId)).used_bytes).toBe(used_bytes + 80);
  await store.write((writer) =>
    writer.hotRun('UPDATE model_uploads SET created_at = 0 WHERE file_size = 80'),
  );
  await models.uploads.sweep();
  expect((await storage.usage(teamId)).used_bytes).toBe(used_bytes);
});
