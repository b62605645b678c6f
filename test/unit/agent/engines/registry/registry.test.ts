import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { engineRecord } from '../../../../../electron/agent/engines/registry/record.ts';
import { EngineRegistry } from '../../../../../electron/agent/engines/registry/registry.ts';

const record = (changes: object = {}) =>
  engineRecord.parse({
    id: 'one',
    kind: 'adopt',
    created: '2026-11-25T08:00:00.000Z',
    path: '/a b/é',
    python: '/a b/bin/python',
    ...changes,
  });

describe('EngineRegistry', () => {
  let folder = '';
  let registry: EngineRegistry;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'atelier registry é '));
    registry = new EngineRegistry(folder);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('keeps engines, one file each, with the defaults filled in', async () => {
    expect(await registry.list()).toEqual([]);
    await registry.add(record());
    await registry.add(record({ id: 'far', kind: 'attach', url: 'http://10.0.0.2:8188' }));
    expect((await registry.list()).map((one) => one.id)).toEqual(['far', 'one']);
    expect(await registry.get('one')).toMatchObject({
      path: '/a b/é',
      options: { preview: 'auto', extra: [] },
    });
    await registry.save(record({ options: { vram: 'cpu' } }));
    expect(await registry.get('one')).toMatchObject({ options: { vram: 'cpu' } });
    await registry.remove('one');
    expect(await registry.find('one')).toBeUndefined();
  });

  it('keeps what is the user’s when it removes an engine, and says where', async () => {
    const put = async (id: string, ...names: string[]) => {
      for (const name of names) {
        await mkdir(join(registry.files(id).folder, name), { recursive: true });
        await writeFile(join(registry.files(id).folder, name, 'mine'), name);
      }
    };
    const lies = async (place: string | undefined) =>
      (await readdir(place ?? '', { recursive: true })).filter((name) => name.endsWith('mine')).sort();
    await registry.add(record({ apart: true }));
    await put('one', 'removed-packs', 'output', 'input', 'snapshots');
    await mkdir(join(registry.files('one').folder, 'user'));
    const kept = await registry.remove('one');
    expect(await lies(kept)).toEqual(['input/mine', 'output/mine', 'removed-packs/mine']);
    expect((await readdir(registry.folder)).sort()).toEqual(['_kept']);
    expect(await registry.list()).toEqual([]);

    // An update of an adopted one is an install whose packs lie in the user's folder.
    await registry.add(record({ id: 'updated', kind: 'install', state: 'ready', base: '/a b/é' }));
    await put('updated', 'removed-packs', 'output', 'versions');
    expect(await lies(await registry.remove('updated'))).toEqual(['removed-packs/mine']);

    const base = join(registry.files('ours').folder, 'base');
    await registry.add(record({ id: 'ours', kind: 'install', state: 'ready', base }));
    await put('ours', 'removed-packs', 'base');
    expect(await registry.remove('ours')).toBeUndefined();
    expect((await readdir(registry.folder)).sort()).toEqual(['_kept']);
  });

  it('lets only one of two add the same name', async () => {
    const both = await Promise.allSettled([registry.add(record()), registry.add(record())]);
    expect(both.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    expect(both.find((one) => one.status === 'rejected')).toMatchObject({
      reason: { message: expect.stringContaining('already an engine named "one"') },
    });
  });

  it('finds free names, and refuses names that would leave its folder', async () => {
    await registry.add(record({ id: 'comfy-ui-e' }));
    expect(await registry.freeName('Comfy UI é')).toBe('comfy-ui-e-2');
    await expect(registry.get('../x')).rejects.toThrow("can't be an engine's name");
    await expect(registry.get('two')).rejects.toThrow('no engine named "two" here. Known: comfy-ui-e.');
  });

  it('names a file that makes no sense', async () => {
    await registry.add(record());
    await writeFile(join(registry.folder, 'one.json'), '{"id":');
    await expect(registry.list()).rejects.toThrow('one.json');
  });

  it.each([{ kind: 'attach', url: 'ftp://x' }, { kind: 'attach', url: 'x' }, { path: '' }, { kind: 'odd' }])(
    'refuses %o',
    (changes) => {
      expect(() => record(changes)).toThrow();
    },
  );
});
