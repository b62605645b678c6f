import { pino } from 'pino';
import { beforeEach, describe, expect, it } from 'vitest';
import { send, text, withGateway } from './support.ts';

const day = 86_400_000;
let now = Date.now();
const logged: string[] = [];
const gateway = withGateway({
  clock: () => now,
  limits: { partBytes: 10 },
  log: pino({ level: 'info' }, { write: (line) => void logged.push(line) }),
});
// Time goes on in some tests, and a sign-in doesn't last for ever.
beforeEach(async () => {
  gateway.keys.jwt = (await gateway.gateway.rooms.identity.localSignIn()).access_token;
});

const jwt = () => gateway.keys.jwt;
const quota = (bytes: number | null) =>
  gateway.call('PUT', '/features', jwt(), { json: { team: { quotas: { max_storage_bytes: bytes } } } });
const presign = (file_size: number) =>
  gateway.call('POST', '/r/files/presign', gateway.keys.integration, {
    json: { file_name: 'a.png', file_size, content_type: 'image/png' },
  });
const storage = async () => (await gateway.call('GET', '/storage', jwt())).body as Record<string, never>;

it('tells what the team keeps by kind, beside its quota and the disk', async () => {
  await gateway.upload(gateway.keys.integration, 'a.png', 'image/png', new Uint8Array(30));
  await presign(20);
  const task = await gateway.run(await gateway.import());
  await (await gateway.perform(task)).complete({ name: 'out.png', bytes: Buffer.alloc(50, 1) });
  expect(await storage()).toEqual({
    kinds: {
      inputs: { file_count: 1, total_bytes: 30 },
      uploads: { file_count: 1, total_bytes: 20 },
      outputs: { file_count: 1, total_bytes: 50 },
      models: { file_count: 0, total_bytes: 0 },
    },
    used_bytes: 100,
    quota_bytes: -1,
    disk_free_bytes: expect.any(Number),
    disk_total_bytes: expect.any(Number),
  });
  const { jwt: other, teamId } = await gateway.stranger();
  const foreign = await gateway.call('GET', '/storage', other, { headers: { 'x-team-id': teamId } });
  expect(foreign).toMatchObject({ body: { used_bytes: 0 } });
});

describe('the quota', () => {
  it('is a hard cap: what fits is taken, what does not is refused with numbers', async () => {
    const { used_bytes } = (await storage()) as unknown as { used_bytes: number };
    await quota(used_bytes + 40);
    expect(await storage()).toMatchObject({ quota_bytes: used_bytes + 40 });
    expect((await presign(30)).status).toBe(200);
    expect(await presign(11)).toMatchObject({
      status: 429,
      body: {
        error_code: 'quota_exceeded',
        error_message: expect.stringContaining('11 B more'),
        error_details: { quota: 'max_storage_bytes', wanted: 11, used: used_bytes + 30 },
      },
    });
    expect((await presign(10)).status).toBe(200);
  });

  it('that is used up lets no task begin, and none of many that ask at once is over it', async () => {
    const { used_bytes } = (await storage()) as unknown as { used_bytes: number };
    const workflow = await gateway.import();
    await quota(used_bytes + 100);
    const many = await Promise.all(Array.from({ length: 10 }, () => presign(30)));
    expect(many.filter(({ status }) => status === 200)).toHaveLength(3);
    await quota(used_bytes + 90);
    const run = () => gateway.call('POST', `/r/workflows/${workflow}/run`, gateway.keys.integration);
    expect(await run()).toMatchObject({ status: 429, body: { error_code: 'quota_exceeded' } });
    await quota(used_bytes + 91);
    expect((await run()).status).toBe(202);
  });

  it('holds for uploads in parts: they are for what was announced, and that was counted', async () => {
    await quota(null);
    const slot = text(await presign(25), 'file_key');
    const before = (await storage()) as unknown as { used_bytes: number };
    await quota(before.used_bytes);
    const begun = await gateway.call('POST', '/uploads/multipart/initiate', jwt(), {
      json: { storage_key: slot, file_size: 25 },
    });
    const id = text(begun, 'upload_id');
    for (const [number, size] of [
      [1, 10],
      [2, 10],
      [3, 5],
    ] as const) {
      const { multipart } = gateway.gateway.rooms;
      const { path } = multipart.presignPart(id, number, () => undefined);
      const put = { method: 'PUT', headers: { 'content-length': String(size) }, body: 'x'.repeat(size) };
      expect((await send(gateway.url + path, put)).status).toBe(200);
    }
    expect((await gateway.call('POST', `/uploads/multipart/${id}/complete`, jwt())).status).toBe(200);
    expect(((await storage()) as unknown as { used_bytes: number }).used_bytes).toBe(before.used_bytes);
    const larger = await gateway.call('POST', '/uploads/multipart/initiate', jwt(), {
      json: { storage_key: text(await quota(null).then(() => presign(5)), 'file_key'), file_size: 500 },
    });
    expect(larger.status).toBe(400);
  });

  it('of 0 switches storing off, and -1 lets everything in', async () => {
    await quota(0);
    expect(await presign(1)).toMatchObject({ status: 403, body: { error_code: 'feature_disabled' } });
    await quota(-1);
    expect((await presign(400_000_000)).status).toBe(200);
    expect((await quota(5_000_000_000_000)).status).toBe(200);
    await quota(null);
  });
});

describe('retention', () => {
  const get = () => gateway.call('GET', '/storage/retention', jwt());
  const put = (json: unknown) => gateway.call('PUT', '/storage/retention', jwt(), { json });

  it('is a day for inputs and for ever for outputs, until the owner says otherwise', async () => {
    expect(await get()).toMatchObject({ status: 200, body: { input_days: 1, output_days: -1 } });
    expect(await put({ output_days: 30 })).toMatchObject({ body: { input_days: 1, output_days: 30 } });
    expect(await put({ input_days: -1 })).toMatchObject({ body: { input_days: -1, output_days: 30 } });
    expect(await get()).toMatchObject({ body: { input_days: -1, output_days: 30 } });
    expect((await put({ input_days: 1, output_days: -1 })).status).toBe(200);
  });

  it.each([{ input_days: 0 }, { input_days: -2 }, { output_days: 1.5 }, { output_days: 4000 }])(
    'is not %j',
    async (json) => {
      expect(await put(json)).toMatchObject({ status: 400 });
    },
  );

  it('is cleaned up by hand, after saying what that would free, and the log says it too', async () => {
    await gateway.upload(gateway.keys.integration, 'b.png', 'image/png', new Uint8Array(1234));
    now += 2 * day;
    gateway.keys.jwt = (await gateway.gateway.rooms.identity.localSignIn()).access_token;
    const clean = (json: unknown) => gateway.call('POST', '/storage/clean', jwt(), { json });
    const planned = await clean({ dry_run: true });
    const { inputs, freed_bytes } = planned.body as { inputs: number; freed_bytes: number };
    expect([inputs, freed_bytes]).toEqual([expect.any(Number), expect.any(Number)]);
    expect(freed_bytes).toBeGreaterThanOrEqual(1234);
    expect((await clean({})).body).toEqual(planned.body);
    expect(await storage()).toMatchObject({ kinds: { inputs: { file_count: 0 } } });
    expect(logged.filter((line) => line.includes('cleaned up'))).toHaveLength(1);
  });
});
