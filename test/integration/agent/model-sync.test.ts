import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { ModelInfo, WantedModel } from '#shared/link/models.ts';
import { noFacts } from '#shared/models/facts.ts';
import { HttpClient } from '../../../electron/agent/http.ts';
import { ModelReader } from '../../../electron/agent/models/model-reader.ts';
import { partOf } from '../../../electron/agent/models/sync/fetch.ts';
import type { SyncState } from '../../../electron/agent/models/sync/report.ts';
import { Syncer, type SyncPorts } from '../../../electron/agent/models/sync/syncer.ts';
import { safetensors } from '../../unit/shared/models/samples.ts';

const bytes = Buffer.from(
  safetensors({ 'encoder.conv_in.weight': [300_000], 'decoder.conv_in.weight': [1] }),
);
const sha256 = createHash('sha256').update(bytes).digest('hex');
const soon = { timeout: 10_000, interval: 10 };

let folder = '';
let server: Server;
let asked: (string | undefined)[];
/** Breaks off after so many bytes. */
let breaks: number[];
let status = 200;
let served = bytes;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-sync-'));
  [asked, breaks, status, served] = [[], [], 200, bytes];
  server = createServer((request, response) => {
    const { range } = request.headers;
    asked.push(range);
    if (status !== 200) return response.writeHead(status).end();
    const from = range ? Number(/bytes=(\d+)-/.exec(range)?.[1]) : 0;
    const rest = served.subarray(from);
    response.writeHead(from > 0 ? 206 : 200, { 'content-length': rest.length });
    const broken = breaks.shift();
    if (broken === undefined) return response.end(rest);
    return response.write(rest.subarray(0, broken), () => setTimeout(() => response.destroy(), 50));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  await rm(folder, { recursive: true, force: true });
});

const wanted = (path = 'vae/v.safetensors', fields: Partial<WantedModel> = {}): WantedModel => ({
  ...{ id: crypto.randomUUID(), path, size: bytes.length, sha256, url: '/model' },
  ...fields,
});

const held = (path: string, fields: Partial<ModelInfo> = {}): ModelInfo => ({
  ...{ id: path, path, size: bytes.length, modified: 1, file: path, engines: ['comfyui'] },
  ...noFacts,
  ...fields,
});

function open(ports: Partial<SyncPorts> = {}) {
  const told: SyncState[] = [];
  const models: ModelInfo[] = [];
  const reader = new ModelReader();
  const http = new HttpClient();
  let askedAgain = 0;
  const syncer = new Syncer({
    ...{ http, log: pino({ level: 'silent' }), folder: () => folder, models: () => models },
    gatewayUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fileOf: (id) => join(folder, ...id.split('/')),
    hash: (path) => reader.hash(path),
    disk: async () => ({ folder, total: 1e12, free: 1e11 }),
    arrived: async (path, hash) => {
      models.push(held(path.slice(folder.length + 1), { sha256: hash }));
    },
    tell: (state) => void told.push(state),
    askAgain: () => {
      askedAgain += 1;
    },
    timings: { firstRetryMs: 5, mostRetryMs: 20 },
    ...ports,
  });
  onTestFinished(async () => {
    await syncer.stop();
    await reader.stop();
    http.close();
  });
  const quiet = () => expect.poll(() => told.at(-1)?.phase, soon).toBe('');
  return { syncer, told, models, quiet, askedAgain: () => askedAgain };
}

const file = (path = 'vae/v.safetensors') => readFile(join(folder, path));
const visible = async (): Promise<string[]> =>
  (await readdir(folder, { recursive: true })).filter((name) => /\.safetensors$/.test(name)).sort();

describe('models of the team', () => {
  it('are fetched, checked and told with phase, words and per cent', async () => {
    const { syncer, told, quiet } = open();
    syncer.want([wanted()]);
    await quiet();
    expect((await file()).equals(bytes)).toBe(true);
    expect(told.map(({ phase }) => phase)).toEqual(['waiting', 'downloading', 'verifying', '']);
    expect(told[1]).toMatchObject({
      detail: 'Downloading model v.safetensors (1 MB)',
      fetching: ['vae/v.safetensors'],
    });
    expect(await readdir(join(folder, '.incoming'))).toEqual([]);
  });

  it('are gone on with after a break, and never lie half under their name', async () => {
    breaks = [100_000, 100_000];
    const { syncer, quiet } = open();
    syncer.want([wanted()]);
    await expect.poll(() => asked.length, soon).toBeGreaterThan(1);
    expect((await visible()).length === 0 || (await file()).equals(bytes)).toBe(true);
    await quiet();
    expect(asked[1]).toMatch(/^bytes=\d+-$/);
    expect((await file()).equals(bytes)).toBe(true);
  });

  it('are gone on with by the next life of the agent', async () => {
    const part = partOf(folder, sha256);
    await mkdir(dirname(part), { recursive: true });
    await writeFile(part, bytes.subarray(0, 200_000));
    const { syncer, quiet } = open();
    syncer.want([wanted()]);
    await quiet();
    expect(asked).toEqual(['bytes=200000-']);
    expect((await file()).equals(bytes)).toBe(true);
  });

  it('with other bytes than promised get no name, and are told', async () => {
    served = Buffer.from(bytes);
    served[bytes.length - 1] = 99;
    const { syncer, told } = open();
    syncer.want([wanted()]);
    await expect
      .poll(() => told.at(-1), soon)
      .toMatchObject({
        phase: 'stuck',
        detail: expect.stringContaining('not what the library promised'),
      });
    expect(await visible()).toEqual([]);
    served = bytes;
    await expect.poll(async () => (await visible()).length, soon).toBe(1);
  });

  it('that do not fit on the disk are told with what to do, before a byte is fetched', async () => {
    let free = 1_000_000_000;
    const { syncer, told, quiet } = open({ disk: async () => ({ folder, total: 2e9, free }) });
    syncer.want([wanted()]);
    await expect
      .poll(() => told.at(-1), soon)
      .toMatchObject({
        phase: 'stuck',
        detail: expect.stringContaining('The disk is full: vae/v.safetensors needs 1 MB more'),
        fetching: ['vae/v.safetensors'],
      });
    expect(asked).toEqual([]);
    free = 1e11;
    await quiet();
    expect(await visible()).toEqual(['vae/v.safetensors']);
  });

  it('that are here are not fetched, whatever their folder is called', async () => {
    const { syncer, models } = open();
    models.push(held('diffusion_models/f.safetensors', { sha256 }));
    syncer.want([wanted('models/unet/f.safetensors')]);
    await syncer.stop();
    expect(asked).toEqual([]);
  });

  it('of which a file of that name has not been read yet wait for that', async () => {
    const { syncer, models, quiet } = open();
    models.push(held('vae/v.safetensors'));
    syncer.want([wanted(), wanted('vae/w.safetensors')]);
    await quiet();
    expect(await visible()).toEqual(['vae/w.safetensors']);
  });

  it('never replace another file of the same name', async () => {
    const { syncer, models, told } = open();
    models.push(held('vae/v.safetensors', { sha256: '0'.repeat(64) }));
    syncer.want([wanted()]);
    await expect.poll(() => told.at(-1)?.detail, soon).toContain('is another file than the team’s');
    await mkdir(join(folder, 'vae'), { recursive: true });
    await writeFile(join(folder, 'vae', 'w.safetensors'), 'mine');
    syncer.want([wanted('vae/w.safetensors')]);
    await expect.poll(() => told.at(-1)?.detail, soon).toContain('Another file lies at');
    expect((await file('vae/w.safetensors')).toString()).toBe('mine');
  });

  it('whose content lies here under another name are taken from there', async () => {
    const { syncer, models, quiet } = open();
    await mkdir(join(folder, 'checkpoints'), { recursive: true });
    await writeFile(join(folder, 'checkpoints', 'mine.safetensors'), bytes);
    models.push(held('checkpoints/mine.safetensors', { sha256 }));
    syncer.want([wanted()]);
    await quiet();
    expect(asked).toEqual([]);
    const [one, other] = await Promise.all(
      ['checkpoints/mine.safetensors', 'vae/v.safetensors'].map((path) => stat(join(folder, path))),
    );
    expect(one?.ino).toBe(other?.ino);
  });

  it.each([
    '../../up.safetensors',
    '/abs/x.safetensors',
    'vae/../../x.safetensors',
    'vae/run.py',
    'x.safetensors',
  ])('are not written to %s', async (path) => {
    const { syncer } = open();
    syncer.want([wanted(path)]);
    await syncer.stop();
    expect(asked).toEqual([]);
    expect(await visible()).toEqual([]);
  });

  it('whose address is too old are asked for again', async () => {
    status = 403;
    const { syncer, askedAgain, quiet } = open();
    syncer.want([wanted()]);
    await expect.poll(askedAgain, soon).toBeGreaterThan(0);
    status = 200;
    syncer.want([wanted()]);
    await quiet();
  });

  it('are not fetched where no engine of ours would look for them', async () => {
    const { syncer, told } = open({ folder: () => undefined });
    syncer.want([wanted()]);
    await syncer.stop();
    expect({ asked, told }).toEqual({ asked: [], told: [] });
  });
});
