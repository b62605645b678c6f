import { createHash } from 'node:crypto';
import { link, mkdir, mkdtemp, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ModelInfo } from '#shared/link/models.ts';
import { HashCache } from '../../../electron/agent/models/hash-cache.ts';
import { Learner } from '../../../electron/agent/models/learner.ts';
import { ModelLibrary } from '../../../electron/agent/models/library.ts';
import { ModelReader } from '../../../electron/agent/models/model-reader.ts';
import { type FoundFile, scanFolder } from '../../../electron/agent/models/scan.ts';
import type { ModelNews } from '../../../electron/agent/models/teller.ts';
import { claiming, samples } from '../../unit/shared/models/samples.ts';
import { FakeComfyUi } from './fake-comfyui.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const soon = { timeout: 10_000, interval: 20 };
const log = pino({ level: 'silent' });

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-models-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function put(path: string, bytes: Uint8Array): Promise<string> {
  const at = join(folder, path);
  await mkdir(dirname(at), { recursive: true });
  await writeFile(at, bytes);
  return at;
}

describe('a scan', () => {
  const names = async (root = folder) => {
    const found: string[] = [];
    for await (const { name } of scanFolder(root)) found.push(name);
    return found.sort();
  };

  it('finds models in folders below, and nothing else', async () => {
    await put('a.safetensors', samples.vae);
    await put('style/deep/b.gguf', samples.vae);
    await put('style/c.ckpt', samples.vae);
    await put('a.preview.png', samples.vae);
    await put('put_models_here', samples.vae);
    await put('half.safetensors.part', samples.vae);
    expect(await names()).toEqual(['a.safetensors', 'style/c.ckpt', 'style/deep/b.gguf']);
  });

  it('follows links, but not in a circle, and passes over those that lead nowhere', async () => {
    await put('real/a.safetensors', samples.vae);
    await symlink(folder, join(folder, 'real', 'up'));
    await symlink(join(folder, 'real'), join(folder, 'again'));
    await symlink('self', join(folder, 'self'));
    await symlink('/nowhere/at/all', join(folder, 'gone.safetensors'));
    expect(await names()).toEqual(['again/a.safetensors', 'real/a.safetensors']);
  });

  it('of a folder that is not there finds nothing', async () => {
    expect(await names(join(folder, 'none'))).toEqual([]);
  });
});

describe('the reader', () => {
  const reader = new ModelReader();
  afterEach(() => reader.stop());

  it('hashes and reads headers in a thread that the event loop does not wait for', async () => {
    const large = await put('large.safetensors', new Uint8Array(8));
    await truncate(large, 60_000_000);
    const small = await put('small.safetensors', samples.sdxl);
    const [hash, facts] = await Promise.all([reader.hash(large), reader.facts(small)]);
    expect(facts).toMatchObject({ kind: 'checkpoint', base: 'SDXL' });
    expect(hash).toBe(sha256(new Uint8Array(60_000_000)));
  });

  it('says what can not be read, and goes on', async () => {
    await expect(reader.hash(join(folder, 'none'))).rejects.toThrow('ENOENT');
    expect(await reader.hash(await put('empty.pt', new Uint8Array(0)))).toBe(sha256(new Uint8Array(0)));
  });

  it('does not believe a header of 100 MB', async () => {
    const path = await put('lying.safetensors', claiming(100_000_000n, samples.sdxl));
    await truncate(path, 150_000_000);
    expect((await reader.facts(path)).problem).toContain('100 MB');
  });
});

describe('what is known of files', () => {
  const file = (absolute: string, fields: Partial<FoundFile> = {}): FoundFile => ({
    ...{ absolute, name: 'a.safetensors', size: samples.vae.length, modified: 1, file: '1:1' },
    ...fields,
  });

  it('is read once, and again only when the file has changed, also after a restart', async () => {
    const absolute = await put('a.safetensors', samples.vae);
    const path = join(folder, 'cache', 'known.json');
    const learn = async (found: FoundFile) => {
      const cache = new HashCache(path);
      await cache.open();
      const reader = new ModelReader();
      const hash = vi.spyOn(reader, 'hash');
      const learner = new Learner({ reader, cache, log, learned: () => undefined });
      learner.learn([found]);
      await learner.idle();
      await cache.save();
      await reader.stop();
      return { reads: hash.mock.calls.length, ...cache.of(found) };
    };
    const first = await learn(file(absolute));
    expect(first).toMatchObject({ reads: 1, sha256: sha256(samples.vae), facts: { kind: 'vae' } });
    expect(await learn(file(absolute))).toEqual({ ...first, reads: 0 });
    await writeFile(absolute, samples.clip);
    expect(await learn(file(absolute, { modified: 2 }))).toMatchObject({
      reads: 1,
      sha256: sha256(samples.clip),
      facts: { kind: 'text_encoder' },
    });
  });

  it('that can not be read is not tried for ever', async () => {
    const cache = new HashCache(join(folder, 'known.json'));
    const reader = new ModelReader();
    const learner = new Learner({ reader, cache, log, learned: () => undefined });
    learner.learn([file(join(folder, 'none.safetensors'))]);
    await learner.idle();
    await reader.stop();
    expect(cache.of(file(join(folder, 'none.safetensors')))).toEqual({});
  });

  it('begins anew when what was kept is damaged', async () => {
    const path = await put('known.json', new TextEncoder().encode('{"a": 1'));
    const cache = new HashCache(path);
    await cache.open();
    expect(cache.of(file('a'))).toEqual({});
  });
});

describe('the library of a machine', () => {
  let fake: FakeComfyUi;
  let told: ModelNews[];
  let library: ModelLibrary;

  beforeEach(async () => {
    fake = await FakeComfyUi.make();
    told = [];
    const { record, registry } = fake;
    library = new ModelLibrary({
      engines: async () => [
        { name: 'fake', url: '', choice: { kind: 'launch', record, registry }, http: undefined as never },
        { name: 'starter', url: '', choice: { kind: 'starter', command: [] }, http: undefined as never },
      ],
      address: () => '',
      dataDir: folder,
      sharedModels: () => registry.sharedModels,
      connected: () => true,
      send: (news) => void told.push(news),
      log,
    });
  });
  afterEach(async () => {
    await library.stop();
    await fake.remove();
  });

  const inEngine = async (path: string, bytes: Uint8Array) => {
    const at = join(fake.record.path, 'models', path);
    await mkdir(dirname(at), { recursive: true });
    await writeFile(at, bytes);
    return at;
  };
  const gatewaySees = (): ModelInfo[] => {
    const seen = new Map<string, ModelInfo>();
    for (const news of told) {
      if (news.anew) seen.clear();
      for (const id of news.removed) seen.delete(id);
      for (const model of news.changed) seen.set(model.id, model);
    }
    return [...seen.values()].sort((one, other) => one.path.localeCompare(other.path));
  };

  it('tells each model with its folder, what it is, its hash and the engines that see it', async () => {
    await inEngine('checkpoints/xl.safetensors', samples.sdxl);
    await inEngine('unet/flux.safetensors', samples.flux);
    await library.start();
    await library.known();
    library.introduce();
    expect(gatewaySees()).toMatchObject([
      {
        path: 'checkpoints/xl.safetensors',
        size: samples.sdxl.length,
        kind: 'checkpoint',
        base: 'SDXL',
        sha256: sha256(samples.sdxl),
        engines: ['fake'],
      },
      { path: 'diffusion_models/flux.safetensors', base: 'Flux', engines: ['fake'] },
    ]);
    expect(told.at(-1)).toMatchObject({ more: false, known: ['fake', 'starter'] });
    expect(told.at(-1)?.disk?.free).toBeGreaterThan(0);
  });

  it('tells what changes, and nothing when nothing does', async () => {
    const first = await inEngine('loras/a.safetensors', samples.loraXl);
    await library.start();
    library.introduce();
    await library.known();
    await vi.waitFor(() => expect(gatewaySees()[0]?.sha256).toBe(sha256(samples.loraXl)), soon);
    const before = told.length;
    await library.look();
    expect(told.length).toBe(before);
    await inEngine('loras/b.safetensors', samples.loraFlux);
    await writeFile(first, samples.embedding);
    await utimes(first, 5, 5);
    await library.look();
    await library.known();
    await vi.waitFor(
      () =>
        expect(gatewaySees()).toMatchObject([
          { path: 'loras/a.safetensors', kind: 'embedding' },
          { path: 'loras/b.safetensors', sha256: sha256(samples.loraFlux) },
        ]),
      soon,
    );
    await rm(first);
    await library.look();
    expect(gatewaySees().map(({ path }) => path)).toEqual(['loras/b.safetensors']);
    expect(told.filter(({ anew }) => anew)).toHaveLength(1);
  });

  it('tells two names of one file as one file', async () => {
    const path = await inEngine('vae/a.safetensors', samples.vae);
    await link(path, join(dirname(path), 'b.safetensors'));
    await library.start();
    await library.look();
    const [a, b] = library.models;
    expect(a?.file).toBeTruthy();
    expect(a?.file).toBe(b?.file);
  });

  it('tells thousands in pieces that each fit', async () => {
    const at = join(fake.record.path, 'models', 'loras');
    await mkdir(at, { recursive: true });
    await Promise.all(Array.from({ length: 1200 }, (_, n) => writeFile(join(at, `${n}.ckpt`), '')));
    await library.start();
    await library.look();
    const anew = told.slice(told.findLastIndex((news) => news.anew));
    expect(anew.slice(0, 3).map(({ changed, more }) => [changed.length, more])).toEqual([
      [500, true],
      [500, true],
      [200, false],
    ]);
    expect(gatewaySees()).toHaveLength(1200);
    expect(gatewaySees()[0]).toMatchObject({ format: expect.stringMatching(/other|pickle/) });
  });
});
