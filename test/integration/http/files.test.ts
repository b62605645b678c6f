import { createHash, randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { type MadeFile, send, soon, text, withGateway } from './support.ts';

const hour = 3_600_000;
let now = Date.now();
/** Files may be larger than JSON bodies: here 200 kB and 20 kB. */
/** What the gateway writes into its log as a fault of its own. */
const faults: string[] = [];
const gateway = withGateway({
  clock: () => now,
  limits: { bodyBytes: 20_000, fileBytes: 200_000 },
  log: pino({ level: 'error' }, { write: (line) => void faults.push(line) }),
});

const presign = (json: unknown) =>
  gateway.call('POST', '/r/files/presign', gateway.keys.integration, { json });
const slotFor = (size: number, name = 'photo.png', type = 'image/png') =>
  gateway.presign(gateway.keys.integration, name, type, size);
const put = (url: string, headers: Record<string, string>, body: Uint8Array | string) =>
  send(url, { method: 'PUT', headers, body });
/** Only a result shows signed reading addresses, so a file is read as a task's output. */
async function outputUrl(made: MadeFile): Promise<string> {
  const task = await gateway.run(await gateway.import());
  await (await gateway.perform(task)).complete(made);
  return text(await gateway.call('GET', `/r/tasks/${task}/result`, gateway.keys.integration), 'download_url');
}
const incoming = () => readdir(join(gateway.folder, 'objects', 'incoming'));

describe('presign', () => {
  it('gives a key of the team, an address and exactly the two documented headers', async () => {
    const reply = await presign({ file_name: 'photo.png', file_size: 1048, content_type: 'image/png' });
    expect(reply).toMatchObject({
      status: 200,
      body: {
        file_key: expect.stringMatching(
          new RegExp(`^inputs/${gateway.owner.teamId}/[0-9a-f-]{36}/aW1hZ2UvcG5n/photo\\.png$`),
        ),
        upload_url: expect.stringContaining(`${gateway.url}/`),
      },
    });
    expect(reply.body).toHaveProperty('upload_headers', { 'Content-Length': '1048', 'If-None-Match': '*' });
  });

  it.each([
    [{ file_name: 'a/b.png' }, 'file_name'],
    [{ file_name: '..' }, 'file_name'],
    [{ file_name: 'a\\b.png' }, 'file_name'],
    [{ file_name: 'a\nb.png' }, 'file_name'],
    [{ file_name: '\ud800.png' }, 'file_name'],
    [{ file_name: '' }, 'file_name'],
    [{ file_size: 0 }, 'file_size'],
    [{ file_size: 1.5 }, 'file_size'],
    [{ file_size: '12' }, 'file_size'],
    [{ content_type: 'picture' }, 'content_type'],
  ])('refuses %j and names the field', async (change, field) => {
    const reply = await presign({ file_name: 'a.png', file_size: 1, content_type: 'image/png', ...change });
    expect(reply).toMatchObject({ status: 400, body: { error_message: expect.stringContaining(field) } });
  });

  it('refuses a file over the limit with 413, naming the limit', async () => {
    const reply = await presign({ file_name: 'a.png', file_size: 200_001, content_type: 'image/png' });
    expect(reply).toMatchObject({ status: 413, body: { error_message: expect.stringContaining('200000') } });
  });
});

describe('upload', () => {
  it('takes the bytes, also more than a JSON body may have, and whatever Content-Type a client writes', async () => {
    const bytes = randomBytes(150_000);
    const slot = await slotFor(bytes.length);
    const sent = await put(
      slot.url,
      { ...slot.headers, 'content-type': 'application/x-www-form-urlencoded' },
      bytes,
    );
    expect(sent).toMatchObject({ status: 200, body: '' });
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect(await gateway.gateway.rooms.objects.has(sha256)).toBe(true);
    expect(gateway.gateway.rooms.files.find(slot.file_key)).toMatchObject({ sha256 });
  });

  it.each(['Content-Length', 'If-None-Match'])(
    'is refused with 403 without the signed header %s',
    async (name) => {
      const slot = await slotFor(4);
      const { [name]: _left, ...rest } = slot.headers;
      const headers = name === 'Content-Length' ? { ...rest, 'transfer-encoding': 'chunked' } : rest;
      const refused = await put(slot.url, headers, 'data');
      expect(refused.status).toBe(403);
      expect(JSON.parse(refused.body)).toMatchObject({
        error_message: expect.stringContaining(name.toLowerCase()),
      });
      expect((await put(slot.url, slot.headers, 'data')).status).toBe(200);
    },
  );

  it('is refused with 412 when the file exists, and the first one stays', async () => {
    const slot = await slotFor(4);
    expect((await put(slot.url, slot.headers, 'data')).status).toBe(200);
    const again = await put(slot.url, slot.headers, 'DATA');
    expect([again.status, JSON.parse(again.body)]).toEqual([
      412,
      expect.objectContaining({ error_code: 'already_exists' }),
    ]);
    const sha256 = createHash('sha256').update('data').digest('hex');
    expect(gateway.gateway.rooms.files.find(slot.file_key)).toMatchObject({ sha256 });
  });

  it('lets one of two simultaneous uploads win', async () => {
    const slot = await slotFor(4);
    const both = await Promise.all([
      put(slot.url, slot.headers, 'left'),
      put(slot.url, slot.headers, 'rite'),
    ]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 412]);
  });

  it('is refused when its length is not the announced one, and says both', async () => {
    const slot = await slotFor(4);
    const refused = await put(slot.url, { ...slot.headers, 'Content-Length': '5' }, 'data5');
    expect(refused.status).toBe(400);
    expect(JSON.parse(refused.body)).toMatchObject({
      error_code: 'upload_mismatch',
      error_message: expect.stringMatching(/5 bytes.*4 were announced/),
    });
  });

  it('that breaks off leaves nothing, and can be done again', async () => {
    const slot = await slotFor(100_000);
    const { hostname, port, pathname, search } = new URL(slot.url);
    const socket = connect(Number(port), hostname);
    socket.write(
      `PUT ${pathname}${search} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Length: 100000\r\nIf-None-Match: *\r\n\r\n`,
    );
    socket.write(randomBytes(1000));
    await expect.poll(incoming, soon).toHaveLength(1);
    socket.destroy();
    await expect.poll(incoming, soon).toEqual([]);
    expect(gateway.gateway.rooms.files.find(slot.file_key)).toMatchObject({ sha256: null });
    expect((await put(slot.url, slot.headers, randomBytes(100_000))).status).toBe(200);
    expect(faults).toEqual([]);
  });

  it('needs its own signature: changed, for another file, for reading, or expired, it is a 403', async () => {
    const slot = await slotFor(4);
    const other = await slotFor(4, 'other.png');
    const signature = new URL(slot.url).search;
    const wrong = [
      slot.url.replace(/sig=(.)/, (_all, first: string) => `sig=${first === '_' ? '-' : '_'}`),
      slot.url.split('?')[0] ?? '',
      (other.url.split('?')[0] ?? '') + signature,
      slot.url.replace('op=put', 'op=get'),
      slot.url.replace(/exp=\d+/, `exp=${now + 100 * hour}`),
    ];
    for (const url of wrong) expect((await put(url, slot.headers, 'data')).status, url).toBe(403);
    expect((await send(slot.url)).status).toBe(403);
    now += 2 * hour;
    expect((await put(slot.url, slot.headers, 'data')).status).toBe(403);
  });

  it.each(['100%.png', 'a%2Fb.png', 'ä ö#?&=+.png', '夜景.png', "it's (1).png", 'x'.repeat(255)])(
    'keeps the name %s through address, key and run',
    async (name) => {
      const slot = await slotFor(4, name);
      expect(slot.file_key.endsWith(`/${name}`)).toBe(true);
      expect((await put(slot.url, slot.headers, 'data')).status).toBe(200);
      const workflow = await gateway.import();
      await gateway.run(workflow, { parameters: { input_image: slot.file_key } });
    },
  );
});

describe('download', () => {
  const bytes = Buffer.from('0123456789');

  it('gives the whole file, with its hash as ETag, its name, and nothing a page could do with it', async () => {
    const url = await outputUrl({ name: 'nächtlich.png', bytes });
    const reply = await send(url);
    expect(reply).toMatchObject({
      status: 200,
      body: '0123456789',
      headers: {
        'content-type': 'image/png',
        'content-length': '10',
        'accept-ranges': 'bytes',
        etag: `"${createHash('sha256').update(bytes).digest('hex')}"`,
        'content-disposition': "inline; filename*=UTF-8''n%C3%A4chtlich.png",
        'content-security-policy': "default-src 'none'; sandbox",
        'x-content-type-options': 'nosniff',
      },
    });
    expect(await send(url, { method: 'HEAD' })).toMatchObject({
      status: 200,
      body: '',
      headers: { 'content-length': '10' },
    });
  });

  it.each([
    ['bytes=0-3', '0123', 'bytes 0-3/10'],
    ['bytes=4-', '456789', 'bytes 4-9/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=-99', '0123456789', 'bytes 0-9/10'],
    ['bytes=8-99', '89', 'bytes 8-9/10'],
    ['bytes=9-9', '9', 'bytes 9-9/10'],
  ])('gives the range %s', async (range, body, shown) => {
    const reply = await send(await outputUrl({ name: 'r.png', bytes }), { headers: { range } });
    expect(reply).toMatchObject({ status: 206, body, headers: { 'content-range': shown } });
    expect(reply.headers['content-length']).toBe(String(body.length));
  });

  it.each(['bytes=10-', 'bytes=99-100', 'bytes=-0'])(
    'answers 416 to %s and says how long the file is',
    async (range) => {
      const reply = await send(await outputUrl({ name: 'r.png', bytes }), { headers: { range } });
      expect(reply).toMatchObject({ status: 416, headers: { 'content-range': 'bytes */10' } });
      expect(JSON.parse(reply.body)).toMatchObject({ error_code: 'range_not_satisfiable' });
    },
  );

  it.each(['bytes=5-2', 'bytes=a-b', 'lines=0-3', 'bytes=0-1,4-5', 'bytes=-'])(
    'gives the whole file for %s, which is no range that is served',
    async (range) => {
      const reply = await send(await outputUrl({ name: 'r.png', bytes }), { headers: { range } });
      expect(reply).toMatchObject({ status: 200, body: '0123456789' });
    },
  );

  it('answers 304 to who has it, and gives a range only for the same content', async () => {
    const url = await outputUrl({ name: 'r.png', bytes });
    const { etag } = (await send(url)).headers as { etag: string };
    for (const header of [etag, `"old", ${etag}`, `W/${etag}`]) {
      expect(await send(url, { headers: { 'if-none-match': header } })).toMatchObject({
        status: 304,
        body: '',
      });
    }
    expect((await send(url, { headers: { 'if-none-match': '"old"' } })).status).toBe(200);
    const range = 'bytes=0-3';
    expect((await send(url, { headers: { range, 'if-range': etag } })).status).toBe(206);
    expect((await send(url, { headers: { range, 'if-range': '"old"' } })).status).toBe(200);
  });

  it('offers what a browser would run as a page for download only', async () => {
    for (const content_type of ['text/html', 'image/svg+xml', 'application/xhtml+xml', 'text/javascript']) {
      const reply = await send(await outputUrl({ name: 'page.bin', bytes, content_type }));
      expect(reply.headers, content_type).toMatchObject({
        'content-type': 'application/octet-stream',
        'content-disposition': expect.stringMatching(/^attachment/),
      });
    }
  });

  it('needs its signature, and that in time', async () => {
    const url = await outputUrl({ name: 'r.png', bytes });
    expect((await send(url.split('?')[0] ?? '')).status).toBe(403);
    expect((await send(url.replace('r.png', 'q.png'))).status).toBe(403);
    expect((await send(url, { method: 'PUT', headers: { 'content-length': '1' }, body: 'x' })).status).toBe(
      403,
    );
    now += 2 * hour;
    const late = await send(url);
    expect([late.status, JSON.parse(late.body)]).toEqual([
      403,
      expect.objectContaining({ error_code: 'signature_invalid' }),
    ]);
  });
});
