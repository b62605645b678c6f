import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findPython } from '../../../electron/agent/engines/install/machine.ts';
import { installPack, updatePack } from '../../../electron/agent/engines/packs/install.ts';
import { installedPacks } from '../../../electron/agent/engines/packs/installed.ts';
import {
  type PackPlan,
  planPackInstall,
  planPackUpdate,
} from '../../../electron/agent/engines/packs/plan.ts';
import { PackBench } from './pack-bench.ts';

const tools = (await findPython())?.venv;

/** A server of our own that answers as the registry's documentation says; the real one is not asked. */
describe.skipIf(!tools)('node packs out of the registry', { timeout: 240_000 }, () => {
  let bench: PackBench;
  let server: Server;
  let url = '';
  let archives: Record<string, string> = {};
  let about: object = {};
  let version: object = {};

  beforeAll(async () => {
    bench = await PackBench.make();
    server = createServer((request, response) => {
      const asked = new URL(request.url ?? '', url);
      const json = (body: object | undefined) => {
        response.writeHead(body ? 200 : 404, { 'content-type': 'application/json' });
        response.end(JSON.stringify(body ?? { message: 'Node not found' }));
      };
      const archive = archives[asked.pathname.slice('/files/'.length)];
      if (asked.pathname === '/nodes/tidy') return json(about);
      if (asked.pathname === '/nodes/tidy/install') {
        const wanted = asked.searchParams.get('version') ?? '1.0.0';
        const known = archives[`${wanted}.zip`];
        return json(
          known === undefined
            ? undefined
            : { version: wanted, downloadUrl: `${url}/moved/${wanted}.zip`, ...version },
        );
      }
      if (asked.pathname.startsWith('/moved/')) {
        response.writeHead(302, { location: asked.pathname.replace('moved', 'files') });
        return response.end();
      }
      if (archive) return createReadStream(archive).pipe(response);
      return json(undefined);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
    archives = {
      '1.0.0.zip': await bench.zip('1.0.0.zip', {
        '__init__.py': 'one',
        'old.py': '',
        'requirements.txt': 'helper',
      }),
      '2.0.0.zip': await bench.zip('2.0.0.zip', { '__init__.py': 'two', 'sub/new.py': '' }),
      '6.6.6.zip': await bench.zip('6.6.6.zip', { '../../escaped.py': 'x' }),
    };
  }, 300_000);
  afterEach(async () => {
    expect(await bench.drafts()).toEqual([]);
    await rm(join(bench.folder, 'base', 'custom_nodes'), { recursive: true, force: true });
    [about, version] = [{}, {}];
  });
  afterAll(async () => {
    await new Promise((done) => server?.close(done));
    await bench?.remove();
  });

  const plan = (source: string, changes = {}): Promise<PackPlan> =>
    planPackInstall({ source, registry: url, ...changes }, bench.record, bench.registry, bench.tools);
  async function carryOut(made: PackPlan) {
    try {
      const work = made.before ? updatePack : installPack;
      return await work(made, bench.owner, bench.listener, new AbortController().signal);
    } finally {
      await made.discard();
    }
  }

  it('are pinned by version and hash, updated, and what was changed by hand is put aside', async () => {
    about = {
      ...{ id: 'tidy', repository: 'https://localhost/me/tidy', status: 'NodeStatusActive' },
      ...{ publisher: { id: 'me', name: 'Me' }, latest_version: { version: '2.0.0' } },
    };
    version = { status: 'NodeVersionStatusActive', createdAt: '2026-01-02T03:04:05Z' };
    const made = await plan('tidy');
    const sha256 = createHash('sha256')
      .update(await readFile(archives['1.0.0.zip'] ?? ''))
      .digest('hex');
    expect(made).toMatchObject({
      fetched: { pin: { version: '1.0.0', sha256, registry: url }, about: '2026-01-02 by Me', guarded: [] },
      notes: ['The newest version in the registry is 2.0.0.'],
      changes: [{ name: 'helper', kind: 'new' }],
    });
    await carryOut(made);
    const pack = join(bench.folder, 'base', 'custom_nodes', 'tidy');
    expect(await readFile(join(pack, '.tracking'), 'utf8')).toBe('__init__.py\nold.py\nrequirements.txt');
    expect(await installedPacks(bench.record)).toMatchObject([
      { name: 'tidy', version: '1.0.0', remote: 'https://localhost/me/tidy', commit: '' },
    ]);

    const update = (changes: object) =>
      planPackUpdate({ name: 'tidy', ...changes }, bench.record, bench.registry, bench.tools);
    const same = await update({});
    expect(same.same).toBe(true);
    await same.discard();
    await writeFile(join(pack, '__init__.py'), 'mine');
    await writeFile(join(pack, 'settings.json'), '{}');
    await expect(carryOut(await update({ commit: '2.0.0' }))).rejects.toThrow(
      'changed by hand (__init__.py)',
    );
    const { keptAt = '' } = await carryOut(await update({ commit: '2.0.0', insist: true }));
    expect(await readFile(join(keptAt, '__init__.py'), 'utf8')).toBe('mine');
    expect(await readFile(join(pack, '__init__.py'), 'utf8')).toBe('two');
    expect((await readdir(pack)).sort()).toEqual([
      ...['.atelier-pack.json', '.tracking', '__init__.py', 'settings.json', 'sub'],
    ]);
    expect(await installedPacks(bench.record)).toMatchObject([{ version: '2.0.0', enabled: true }]);
  });

  it.each([
    [
      { status: 'NodeVersionStatusFlagged', status_reason: 'reads browser files' },
      'flagged: reads browser files',
    ],
    [{ status: 'NodeVersionStatusBanned' }, 'has it as banned'],
  ])('are refused when the registry holds %o against them', async (said, words) => {
    version = said;
    await expect(carryOut(await plan('tidy@2.0.0'))).rejects.toThrow(words);
    expect(await bench.customNodes()).toEqual([]);
    expect((await carryOut(await plan('tidy@2.0.0', { insist: true }))).restart).toBe(false);
  });

  it('tell what the registry has not checked or calls outdated', async () => {
    version = { status: 'NodeVersionStatusPending', deprecated: true };
    const made = await plan('tidy@2.0.0');
    expect(made.notes).toEqual([expect.stringContaining('outdated'), expect.stringContaining('not checked')]);
    await made.discard();
  });

  it.each([
    ['nobody', {}, 'The registry has no node pack "nobody"'],
    ['tidy@9.9.9', {}, 'no version 9.9.9 of "tidy"'],
    ['tidy', { commit: 'abc' }, 'versions, not commits'],
    ['tidy', { registry: 'http://127.0.0.1:1' }, 'did not answer'],
    ['tidy@6.6.6', {}, 'a file that may not be there'],
  ])('can not be had: %s %o', async (source, changes, words) => {
    await expect(plan(source, changes)).rejects.toThrow(words);
    await expect(access(join(bench.folder, 'data/engines/bench/escaped.py'))).rejects.toThrow('ENOENT');
  });
});
