import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { z } from 'zod';
import { createStudio, type Studio } from '../../../electron/studio.ts';
import { missingPackList } from '../../../shared/wire/engine-missing.ts';
import { type EngineItem, engineList, engineLog, engineSettings } from '../../../shared/wire/engines.ts';
import { taskDetail } from '../../../shared/wire/tasks.ts';
import { FakeComfyUi } from '../agent/fake-comfyui.ts';
import { probeGraph } from '../agent/support.ts';

/**
 * The engines of a machine managed over HTTP, as the desk does it: a whole studio with its built-in agent, the starter
 * engine as a program, and a ComfyUI whose main.py is a program of the tests.
 */
const soon = { timeout: 90_000, interval: 50 };
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
const starter = {
  kind: 'starter',
  command: [process.execPath, resolve(import.meta.dirname, '../../../electron/starter-engine/main.ts')],
  probeNodes: true,
} as const;

let fake: FakeComfyUi;
let dataDir: string;
let studio: Studio;
let url = '';
let key = '';
let agent = '';

async function open(): Promise<void> {
  studio = await createStudio({
    ...{ dataDir, host: '127.0.0.1', port: 0, version: '0.0.0', starter },
    log: pino({ level: process.env.ATELIER_LOG ?? 'silent' }),
  });
  url = (await studio.start()).url;
  const { identity } = studio.gateway.rooms;
  key = await identity.createKey({ kind: 'device', name: 'test', ...(await identity.ensureOwner()) });
  agent = await vi.waitFor(async () => {
    const { agent_list, engine_list } = await list();
    expect(engine_list).not.toEqual([]);
    return agent_list[0]?.agent_id ?? '';
  }, soon);
}

async function call(
  method: string,
  path: string,
  json?: unknown,
): Promise<{ status: number; body: unknown }> {
  const reply = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(json ? { 'content-type': 'application/json' } : {}) },
    ...(json ? { body: JSON.stringify(json) } : {}),
  });
  return { status: reply.status, body: reply.status === 204 ? null : await reply.json() };
}

const list = async (): Promise<z.infer<typeof engineList>> =>
  engineList.parse((await call('GET', '/engines')).body);
const card = async (id: string): Promise<EngineItem | undefined> =>
  (await list()).engine_list.find(({ engine_id }) => engine_id === id);
const at = (id: string, rest = ''): string => `/agents/${agent}/engines/${id}${rest}`;
const becomes = (id: string, state: EngineItem['state']): Promise<void> =>
  expect.poll(async () => (await card(id))?.state, soon).toBe(state);

/** A task of the starter engine's nodes that goes on for a while. */
async function submit(seconds: number, seed: number): Promise<string> {
  const slug = 'slow-one';
  const graph = probeGraph('ok', { steps: 10, seconds: seconds / 10, seed });
  const workflow = { workflow_slug: slug, display_name: 'Slow one', workflow_json: graph };
  await call('POST', '/workflows/import', workflow);
  const { body } = await call('POST', `/r/workflows/slug/${slug}/run`, { parameters: {} });
  return (body as { task_id: string }).task_id;
}
const task = async (id: string) => taskDetail.parse((await call('GET', `/r/tasks/${id}`)).body);
const runs = (id: string) => expect.poll(async () => (await task(id)).task_status, soon).toBe('running');
const ends = (id: string) => expect.poll(async () => (await task(id)).task_status, soon).toBe('completed');

beforeAll(async () => {
  fake = await FakeComfyUi.make();
  dataDir = await mkdtemp(join(tmpdir(), 'atelier-engines-'));
  await mkdir(join(fake.record.path, 'comfy'));
  await open();
});

afterAll(async () => {
  await studio?.stop();
  expect(await fake.processes()).toEqual([]);
  await fake.remove();
  await rm(dataDir, { recursive: true, force: true });
});

describe('the engines of a machine, over HTTP', () => {
  it('begin with the starter engine', async () => {
    await becomes('starter', 'ready');
    expect(await list()).toMatchObject({
      agent_list: [{ agent_id: agent, managed: true }],
      engine_list: [{ engine_id: 'starter', kind: 'starter', serves: true, reason: '', options: null }],
    });
  });

  it('take in a folder of others as it is, refuse what is none, and launch it with its stages', async () => {
    const none = await call('POST', `/agents/${agent}/engines`, { kind: 'adopt', path: '/nowhere' });
    expect(none).toMatchObject({
      status: 409,
      body: { error_message: expect.stringContaining('no ComfyUI') },
    });
    const wish = { kind: 'adopt', engine_id: 'mine', path: fake.record.path, python: process.execPath };
    expect(await call('POST', `/agents/${agent}/engines`, wish)).toEqual({
      status: 201,
      body: { engine_id: 'mine' },
    });
    await expect.poll(async () => (await card('mine'))?.state, soon).toBe('stopped');
    expect((await call('POST', `/agents/${agent}/engines`, wish)).status).toBe(409);
    expect((await call('POST', at('mine', '/start'))).status).toBe(200);
    await becomes('mine', 'ready');
    expect(await card('mine')).toMatchObject({
      ...{ kind: 'adopt', serves: true, place: fake.record.path, version: expect.stringMatching(/\d/) },
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:/),
      pid: expect.any(Number),
      launch: {
        stage: 'ready',
        packs: [
          { name: 'tidy-pack', failed: false },
          { name: 'broken-pack', failed: true, seconds: 1.5 },
        ],
      },
    });
    expect((await call('POST', at('mine', '/start'))).status).toBe(409);
  });

  it('work side by side, one run each', async () => {
    const [one, two] = [await submit(5, 1), await submit(5, 2)];
    await Promise.all([runs(one), runs(two)]);
    const working = async () =>
      (await list()).engine_list.map(({ engine_id, running_tasks }) => [engine_id, running_tasks]);
    await expect.poll(working, soon).toEqual([
      ['mine', 1],
      ['starter', 1],
    ]);
    await Promise.all([ends(one), ends(two)]);
  });

  it('run from one folder on two GPUs, with inputs, outputs and database apart', async () => {
    const wish = { kind: 'adopt', engine_id: 'gpu1', path: fake.record.path, python: process.execPath };
    const options = { device: 1 };
    expect((await call('POST', `/agents/${agent}/engines`, { ...wish, options })).status).toBe(201);
    await call('POST', at('gpu1', '/start'));
    await becomes('gpu1', 'ready');
    const commands = await Promise.all(
      ['mine', 'gpu1'].map(async (id) => {
        const { pid } = (await card(id)) ?? {};
        return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
      }),
    );
    // The number is that of nvidia-smi, not of CUDA's own order.
    const environment = await readFile(`/proc/${(await card('gpu1'))?.pid}/environ`, 'utf8');
    expect(environment.split('\0')).toContain('CUDA_DEVICE_ORDER=PCI_BUS_ID');
    expect(commands[0]).not.toContain('--output-directory');
    expect(commands[1]).toEqual(
      expect.arrayContaining([
        '--cuda-device',
        '1',
        '--output-directory',
        join(dataDir, 'engines/gpu1/output'),
      ]),
    );
    await call('POST', at('gpu1', '/stop'));
    expect((await call('DELETE', at('gpu1'))).status).toBe(200);
  });

  it('give back what runs in them when they are stopped, and it is done elsewhere', async () => {
    const ids = [await submit(4, 3), await submit(4, 4)];
    await Promise.all(ids.map(runs));
    expect((await call('POST', at('mine', '/stop'))).status).toBe(200);
    await becomes('mine', 'stopped');
    expect(await card('mine')).toMatchObject({ serves: false, url: '', pid: null });
    expect(await fake.processes()).toEqual([]);
    // Its other engine works on: only the one that was stopped is gone, the machine does not rest.
    const { agent_list } = (await call('GET', '/agents')).body as { agent_list: { status_reason: string }[] };
    expect(agent_list.map(({ status_reason }) => status_reason)).toEqual(['']);
    await Promise.all(ids.map(ends));
  });

  it('tell which node packs workflows need that they lack, and what installs them', async () => {
    const packs = join(fake.record.path, 'custom_nodes');
    await mkdir(join(packs, 'off-pack.disabled'), { recursive: true });
    await mkdir(join(packs, 'ComfyUI-Manager'));
    const index = { 'https://localhost/grain': [['Grain'], {}], 'https://localhost/noise': [['Grain'], {}] };
    await writeFile(join(packs, 'ComfyUI-Manager', 'extension-node-map.json'), JSON.stringify(index));
    const node = (class_type: string, _meta: object = {}) => ({ class_type, inputs: {}, _meta });
    const graph = { 1: node('EmptyImage'), 2: node('Blur'), 3: node('Grain'), 4: node('Gone') };
    const drawing = {
      ...{ version: 0.4, links: [], last_node_id: 4 },
      nodes: [{ id: 2, type: 'Blur', properties: { cnr_id: 'blur-pack', ver: '1.2.0' } }],
    };
    const imported = await call('POST', '/workflows/import', {
      ...{ workflow_slug: 'needy', display_name: 'Needy', workflow_json: graph, editor_json: drawing },
    });
    const { id } = imported.body as { id: string };
    const missing = async (json: object) => {
      const { status, body } = await call('POST', at('mine', '/packs/missing'), json);
      return { status, list: missingPackList.safeParse(body).data?.missing_list, body };
    };
    expect(await missing({})).toMatchObject({
      status: 409,
      body: { error_message: expect.stringContaining('Start "mine" first') },
    });
    await call('POST', at('mine', '/start'));
    await becomes('mine', 'ready');
    const needed_by = [{ workflow_id: id, display_name: 'Needy' }];
    const none = { source: '', version: '', others: [], of_comfyui: false, there: null, needed_by };
    const lacking = [
      {
        ...none,
        pack: 'blur-pack',
        source: 'blur-pack',
        version: '1.2.0',
        known: 'file',
        node_types: ['Blur'],
      },
      {
        ...{ ...none, pack: 'https://localhost/grain', source: 'https://localhost/grain' },
        ...{ known: 'index', node_types: ['Grain'], others: ['https://localhost/noise'] },
      },
      { ...none, pack: '', known: 'unknown', node_types: ['Gone'] },
    ];
    expect((await missing({ workflow_ids: [id] })).list).toEqual(lacking);
    // All of the team’s: the others run here.
    expect((await missing({})).list).toEqual(lacking);
    const workflow = {
      ...{ 1: node('EmptyImage'), 2: node('Off', { cnr_id: 'off-pack' }) },
      ...{ 3: node('NewCore', { cnr_id: 'comfy-core', ver: '9.9' }), 4: node('Evil', { aux_id: '$(id)/x' }) },
    };
    const unsaved = { ...none, known: 'file', needed_by: [] };
    const off = { name: 'off-pack', enabled: false, failed: false, error: '' };
    expect((await missing({ workflow })).list).toEqual([
      { ...unsaved, pack: 'off-pack', node_types: ['Off'], there: off },
      { ...unsaved, pack: 'comfy-core', version: '9.9', node_types: ['NewCore'], of_comfyui: true },
      { ...unsaved, pack: '$(id)/x', node_types: ['Evil'] },
    ]);
    expect((await missing({ workflow: { a: 1 } })).status).toBe(400);
    expect((await missing({ workflow_ids: [crypto.randomUUID()] })).status).toBe(404);
    await call('POST', at('mine', '/stop'));
    await call('DELETE', `/workflows/${id}`);
    await rm(packs, { recursive: true });
  });

  it('check options against the very ComfyUI and keep secrets to themselves', async () => {
    const before = await call('GET', at('mine', '/settings'));
    expect(engineSettings.parse(before.body)).toMatchObject({
      options: { preview: 'auto' },
      env_names: [],
      offered: { '--preview-method': ['none', 'auto', 'latent2rgb', 'taesd'] },
    });
    const wrong = await call('PUT', at('mine', '/settings'), { options: { extra: ['--lowvran'] } });
    expect(wrong).toMatchObject({
      status: 400,
      body: { error_message: expect.stringContaining('--lowvram') },
    });
    const right = { options: { vram: 'lowvram' }, env: { MY_TOKEN: 'hidden' } };
    expect((await call('PUT', at('mine', '/settings'), right)).status).toBe(200);
    const after = await call('GET', at('mine', '/settings'));
    expect(after.body).toMatchObject({ options: { vram: 'lowvram' }, env_names: ['MY_TOKEN'] });
    expect(JSON.stringify([after.body, await list()])).not.toContain('hidden');
    const { snapshot_list } = (await call('GET', at('mine', '/snapshots'))).body as {
      snapshot_list: unknown[];
    };
    expect(snapshot_list).toMatchObject([{ reason: 'before its options were changed' }]);
  });

  it('say why they crashed, show it in the log, and are started again by hand', async () => {
    await fake.misbehave('vram');
    await call('POST', at('mine', '/start'));
    const reason = async () => (await card('mine'))?.reason;
    await expect.poll(reason, soon).toMatch(/graphics memory ran out.*5 times in a row/s);
    expect(await card('mine')).toMatchObject({ state: 'crashed', url: '', pid: null });
    const errors = engineLog.parse((await call('GET', at('mine', '/log?level=error'))).body);
    expect(errors.lines.map(({ text }) => text)).toContainEqual(expect.stringContaining('OutOfMemoryError'));
    const found = engineLog.parse((await call('GET', at('mine', '/log?search=pytorch'))).body);
    // The log of the start before is kept too.
    expect(found.lines.at(-1)).toEqual({ text: 'pytorch version: 2.13.0+cpu', level: 'info' });
    expect(found.lines.every(({ text }) => text.includes('pytorch'))).toBe(true);
    await fake.misbehave('');
    await call('POST', at('mine', '/start'));
    await becomes('mine', 'ready');
  });

  it('read a log on from where they were', async () => {
    const first = engineLog.parse((await call('GET', at('mine', '/log?lines=3'))).body);
    expect(first.lines).toHaveLength(3);
    const next = engineLog.parse((await call('GET', at('mine', `/log?after=${first.next}`))).body);
    expect(next).toMatchObject({ reset: false });
    const anew = engineLog.parse(
      (await call('GET', at('mine', `/log?after=${first.next + 1_000_000}`))).body,
    );
    expect(anew.reset).toBe(true);
  });

  it('start again with the studio when they served before', async () => {
    await studio.stop();
    expect(await fake.processes()).toEqual([]);
    await open();
    await becomes('mine', 'ready');
    await becomes('starter', 'ready');
  });

  it('are forgotten only when they do not run, and the folder stays', async () => {
    expect((await call('DELETE', at('mine'))).status).toBe(409);
    await call('POST', at('mine', '/stop'));
    expect((await call('DELETE', at('mine'))).status).toBe(200);
    await expect.poll(() => card('mine'), soon).toBeUndefined();
    expect((await call('DELETE', at('mine'))).status).toBe(404);
    await rm(join(fake.record.path, 'comfy'), { recursive: true });
  });

  it('show what an install would do, and what stands in its way, without doing it', async () => {
    const wish = { kind: 'install', source: '/nowhere/ComfyUI' };
    const plan = await call('POST', `/agents/${agent}/engines/plan`, wish);
    expect(plan).toMatchObject({
      status: 200,
      body: {
        engine_id: 'comfyui',
        source_kind: 'git',
        problems: expect.arrayContaining([expect.stringContaining('/nowhere')]),
      },
    });
    expect((await call('POST', `/agents/${agent}/engines`, wish)).status).toBe(409);
    expect(await card('comfyui')).toBeUndefined();
  });
});
