import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Reply, send, soon, text, withGateway } from './support.ts';

const day = 86_400_000;
const partBytes = 1000;
let now = Date.now();
const gateway = withGateway({ clock: () => now, limits: { partBytes, fileBytes: 200_000 } });

// Time goes on in some tests, and a sign-in doesn't last for ever.
async function signIn(): Promise<void> {
  gateway.keys.jwt = (await gateway.gateway.rooms.identity.localSignIn()).access_token;
}
beforeEach(signIn);

const bytes = randomBytes(3500);
const sha256 = (of: Uint8Array): string => createHash('sha256').update(of).digest('hex');
const part = (number: number): Buffer => bytes.subarray((number - 1) * partBytes, number * partBytes);

const call = (method: string, path: string, json?: unknown, key = gateway.keys.jwt): Promise<Reply> =>
  gateway.call(method, `/uploads/multipart${path}`, key, json === undefined ? {} : { json });

const announce = (size = bytes.length) =>
  gateway.presign(gateway.keys.integration, 'photo.png', 'image/png', size);
async function initiate(size = bytes.length): Promise<{ id: string; key: string }> {
  const { file_key } = await announce(size);
  const reply = await call('POST', '/initiate', { storage_key: file_key, file_size: size });
  expect(reply).toMatchObject({ status: 200 });
  return { id: text(reply, 'upload_id'), key: file_key };
}

async function address(id: string, part_number: number): Promise<string> {
  const reply = await call('POST', `/${id}/parts`, { part_number });
  expect(reply, JSON.stringify(reply.body)).toMatchObject({ status: 200 });
  return text(reply, 'upload_url');
}

async function put(id: string, number: number, body: Uint8Array = part(number)) {
  const reply = await send(await address(id, number), {
    method: 'PUT',
    headers: { 'content-length': String(body.length) },
    body,
  });
  return { ...reply, etag: reply.headers.etag as string };
}

const waiting = () => readdir(join(gateway.folder, 'objects', 'multipart'));
const stored = (hash: string) => readFile(join(gateway.folder, 'objects', hash.slice(0, 2), hash.slice(2)));

describe('an upload in parts', () => {
  it('is described as the documentation has it: id, key, size of a part, number of parts', async () => {
    const { file_key } = await announce();
    const reply = await call('POST', '/initiate', { storage_key: file_key, file_size: bytes.length });
    expect(reply).toMatchObject({
      status: 200,
      body: { upload_id: expect.any(String), storage_key: file_key, part_size: 1000, part_count: 4 },
    });
  });

  it('takes its parts in any order, and makes one file of them that a task can use', async () => {
    const { id, key } = await initiate();
    const etags = new Map<number, string>();
    for (const number of [3, 1, 4, 2]) etags.set(number, (await put(id, number)).etag);
    expect(etags.get(1)).toBe(`"${sha256(part(1))}"`);
    const done = await call('POST', `/${id}/complete`, {
      parts: [...etags].map(([part_number, etag]) => ({ part_number, etag })),
    });
    expect(done).toMatchObject({
      status: 200,
      body: { storage_key: key, file_size: 3500, file_hash: `sha256:${sha256(bytes)}` },
    });
    expect((await stored(sha256(bytes))).equals(bytes)).toBe(true);
    expect(await waiting()).not.toContain(id);
    await gateway.run(await gateway.import(), { parameters: { input_image: key } });
    // Asked again, because the answer got lost, it says the same.
    expect(await call('POST', `/${id}/complete`, {})).toMatchObject({ status: 200, body: done.body });
    expect(await call('GET', `/${id}`)).toMatchObject({ body: { is_complete: true, uploaded_bytes: 3500 } });
  });

  it('is gone on with when it is initiated again, and says what is here', async () => {
    const { id, key } = await initiate();
    await put(id, 2);
    const again = await call('POST', '/initiate', { storage_key: key, file_size: bytes.length });
    expect(text(again, 'upload_id')).toBe(id);
    expect(await call('GET', `/${id}`)).toMatchObject({
      status: 200,
      body: {
        file_size: 3500,
        uploaded_bytes: 1000,
        is_complete: false,
        parts: [{ part_number: 2, part_size: 1000, etag: sha256(part(2)) }],
      },
    });
  });

  it('has one id for two who begin it at the same time', async () => {
    const { file_key } = await announce();
    const both = await Promise.all(
      [1, 2].map(() => call('POST', '/initiate', { storage_key: file_key, file_size: bytes.length })),
    );
    expect(new Set(both.map((reply) => text(reply, 'upload_id'))).size).toBe(1);
  });

  it('names the parts that are missing, and the one whose ETag is another', async () => {
    const { id } = await initiate();
    await put(id, 2);
    expect(await call('POST', `/${id}/complete`, {})).toMatchObject({
      status: 409,
      body: {
        error_message: expect.stringContaining('1, 3, 4'),
        error_details: { missing_parts: [1, 3, 4] },
      },
    });
    for (const number of [1, 3, 4]) await put(id, number);
    const wrong = await call('POST', `/${id}/complete`, { parts: [{ part_number: 3, etag: 'nonsense' }] });
    expect(wrong).toMatchObject({
      status: 400,
      body: { error_code: 'upload_mismatch', error_details: { part_number: 3 } },
    });
    expect(await call('POST', `/${id}/complete`, {})).toMatchObject({ status: 200 });
  });

  it('takes a part anew: the last one counts', async () => {
    const { id } = await initiate();
    for (const number of [1, 2, 3, 4]) await put(id, number);
    const other = randomBytes(1000);
    await put(id, 2, other);
    const whole = Buffer.concat([part(1), other, part(3), part(4)]);
    expect(await call('POST', `/${id}/complete`, {})).toMatchObject({
      status: 200,
      body: { file_hash: `sha256:${sha256(whole)}` },
    });
  });

  it('does not count a part that breaks off, also where a good one was before', async () => {
    const { id } = await initiate();
    for (const number of [1, 2, 3, 4]) await put(id, number);
    const { hostname, port, pathname, search } = new URL(await address(id, 3));
    const socket = connect(Number(port), hostname);
    socket.write(
      `PUT ${pathname}${search} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Length: 1000\r\n\r\n`,
    );
    socket.write(randomBytes(10));
    const numbers = async () => {
      const { parts } = (await call('GET', `/${id}`)).body as { parts: { part_number: number }[] };
      return parts.map(({ part_number }) => part_number);
    };
    await expect.poll(numbers, soon).toEqual([1, 2, 4]);
    // While it is coming, it is neither complete nor to be sent twice.
    expect((await put(id, 3)).status).toBe(409);
    expect((await call('POST', `/${id}/complete`, {})).status).toBe(409);
    socket.destroy();
    await expect.poll(async () => (await put(id, 3)).status, soon).toBe(200);
    expect(await call('POST', `/${id}/complete`, {})).toMatchObject({
      status: 200,
      body: { file_hash: `sha256:${sha256(bytes)}` },
    });
  });

  it.each([
    ['too short', 999],
    ['too long', 1001],
  ])('refuses a part that is %s', async (_what, length) => {
    const { id } = await initiate();
    const refused = await put(id, 1, randomBytes(length));
    expect([refused.status, JSON.parse(refused.body)]).toEqual([
      400,
      expect.objectContaining({ error_code: 'upload_mismatch' }),
    ]);
  });

  it('lets the last part be as long as what is left, and knows no part after it', async () => {
    const { id } = await initiate();
    expect((await put(id, 4, part(4))).status).toBe(200);
    expect(await call('POST', `/${id}/parts`, { part_number: 5 })).toMatchObject({ status: 400 });
  });

  it('needs its own signature for each part, and a length', async () => {
    const { id } = await initiate();
    const url = await address(id, 1);
    const headers = { 'content-length': '1000' };
    const wrong = [url.split('?')[0] ?? '', url.replace('/1?', '/2?'), url.replace('op=part', 'op=put')];
    for (const one of wrong) {
      expect((await send(one, { method: 'PUT', headers, body: part(1) })).status, one).toBe(403);
    }
    const chunked = { 'transfer-encoding': 'chunked' };
    expect((await send(url, { method: 'PUT', headers: chunked, body: part(1) })).status).toBe(403);
    now += 2 * 3_600_000;
    expect((await send(url, { method: 'PUT', headers, body: part(1) })).status).toBe(403);
  });

  it('is given up, and can be begun anew', async () => {
    const { id, key } = await initiate();
    await put(id, 1);
    const url = await address(id, 2);
    expect(await waiting()).toContain(id);
    expect(await call('DELETE', `/${id}`)).toMatchObject({ status: 204 });
    expect(await waiting()).not.toContain(id);
    expect((await call('GET', `/${id}`)).status).toBe(404);
    const late = await send(url, { method: 'PUT', headers: { 'content-length': '1000' }, body: part(2) });
    expect(late.status).toBe(404);
    const again = await call('POST', '/initiate', { storage_key: key, file_size: bytes.length });
    expect(text(again, 'upload_id')).not.toBe(id);
  });

  it('leaves the file alone that was put whole meanwhile', async () => {
    const slot = await announce(4);
    const reply = await call('POST', '/initiate', { storage_key: slot.file_key, file_size: 4 });
    const id = text(reply, 'upload_id');
    await put(id, 1, Buffer.from('part'));
    expect((await send(slot.url, { method: 'PUT', headers: slot.headers, body: 'whol' })).status).toBe(200);
    expect(await call('POST', `/${id}/complete`, {})).toMatchObject({ status: 412 });
    const { file_key } = slot;
    expect(gateway.gateway.rooms.files.find(file_key)).toMatchObject({ sha256: sha256(Buffer.from('whol')) });
    expect(await call('POST', '/initiate', { storage_key: file_key, file_size: 4 })).toMatchObject({
      status: 412,
    });
  });

  it('is for members of its team, signed in', async () => {
    const { id, key } = await initiate();
    const [viewer, member, stranger] = await Promise.all([
      gateway.stranger('viewer'),
      gateway.stranger('member'),
      gateway.stranger(),
    ]);
    const begin = { storage_key: key, file_size: bytes.length };
    const answers = async (token: string) => [
      (await call('POST', '/initiate', begin, token)).status,
      (await call('GET', `/${id}`, undefined, token)).status,
      (await call('POST', `/${id}/parts`, { part_number: 1 }, token)).status,
      (await call('POST', `/${id}/complete`, {}, token)).status,
      (await call('DELETE', `/${id}`, undefined, token)).status,
    ];
    expect(await answers(viewer.jwt)).toEqual([403, 403, 403, 403, 403]);
    expect(await answers(stranger.jwt)).toEqual([404, 404, 404, 404, 404]);
    expect(await answers(gateway.keys.integration)).toEqual([403, 403, 403, 403, 403]);
    expect(await answers(member.jwt)).toEqual([200, 200, 200, 409, 204]);
  });

  it.each([
    ['an unknown key', { storage_key: 'inputs/x/y/z' }, 404],
    ['a key of nothing', { storage_key: 'nonsense' }, 404],
    ['another size', { file_size: 1 }, 400],
    ['no size', { file_size: undefined }, 400],
  ])('is not begun for %s', async (_what, change, status) => {
    const { file_key } = await announce();
    const json = { storage_key: file_key, file_size: bytes.length, ...change };
    expect(await call('POST', '/initiate', json)).toMatchObject({ status });
  });

  it('is swept when nobody has touched it for long, and not a moment before', async () => {
    const { multipart } = gateway.gateway.rooms;
    await multipart.sweep(now + day, 1000);
    const { id } = await initiate();
    now += day / 4;
    await signIn();
    await put(id, 1);
    now += day / 2;
    expect(await multipart.sweep(now - day / 2 - 1, 100)).toEqual({ ids: [], bytes: 0 });
    now += day;
    expect(await multipart.sweep(now - day / 2, 100)).toEqual({ ids: [id], bytes: 1000 });
    expect(await waiting()).toEqual([]);
    expect((await gateway.gateway.rooms.store.read.hot('SELECT * FROM upload_parts')).length).toBe(0);
  });
});
