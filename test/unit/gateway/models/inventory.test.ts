import { describe, expect, it } from 'vitest';
import { inventoryQuery } from '#shared/wire/models.ts';
import { engine, model, Studio } from '../studio.ts';

const all = inventoryQuery.parse({});
const hash = (digit: string) => digit.repeat(64);

const graph = (name: string) => ({
  '1': { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: name } },
});

async function open() {
  const studio = await Studio.open();
  const { inventory } = studio.rooms.models;
  return { studio, team: studio.teamId, inventory, ...studio.rooms };
}

describe('the models of a studio', () => {
  it('are listed by path, with agents, engines and the workflows that name them', async () => {
    const { studio, team, inventory } = await open();
    const facts = { kind: 'checkpoint', base: 'SDXL' } as const;
    const one = await studio.agent();
    await one.models([model('checkpoints/xl.safetensors', { sha256: hash('a'), size: 7, ...facts })]);
    const two = await studio.agent({ agent_id: 'agent-2' });
    await two.models([
      model('checkpoints/xl.safetensors', { sha256: hash('a'), size: 7 }),
      model('loras/b.safetensors', { engines: ['engine', 'other'] }),
    ]);
    const id = await studio.workflow({ workflow_json: graph('xl.safetensors') });
    const { models, total } = inventory.list(team, all);
    expect(total).toBe(2);
    expect(models).toMatchObject([
      {
        model_path: 'checkpoints/xl.safetensors',
        folder: 'checkpoints',
        file_name: 'xl.safetensors',
        size: 7,
        sha256: hash('a'),
        kind: 'checkpoint',
        base: 'SDXL',
        problem: '',
        agents: [{ agent_id: 'agent-1' }, { agent_id: 'agent-2', engines: ['engine'] }],
        workflows: [{ id, display_name: 'Tiny' }],
      },
      { model_path: 'loras/b.safetensors', agents: [{ engines: ['engine', 'other'] }], workflows: [] },
    ]);
    const found = (query: object) => inventory.list(team, { ...all, ...query }).total;
    expect(found({ folder: 'loras' })).toBe(1);
    expect(found({ text: 'sdxl XL' })).toBe(1);
    expect(found({ text: 'nothing' })).toBe(0);
    expect(found({ agent_id: 'agent-1' })).toBe(1);
    expect(inventory.list(team, { ...all, per_page: 1, current_page: 2 }).models).toMatchObject([
      { folder: 'loras' },
    ]);
  });

  it('that differ under one name are told', async () => {
    const { studio, team, inventory } = await open();
    const one = await studio.agent();
    await one.models([model('vae/v.safetensors', { sha256: hash('a') })]);
    const two = await studio.agent({ agent_id: 'agent-2' });
    await two.models([model('vae/v.safetensors', { sha256: hash('b') })]);
    expect(inventory.list(team, all).models[0]?.problem).toContain('differ between agents');
  });

  it('are counted with what duplicates waste; two names of one file waste nothing', async () => {
    const { studio, team, inventory } = await open();
    const agent = await studio.agent();
    const same = { sha256: hash('a'), size: 100 };
    await agent.models([
      model('checkpoints/a.safetensors', { ...same, file: '1:1' }),
      model('checkpoints/b.safetensors', { ...same, file: '1:2' }),
      model('checkpoints/c.safetensors', { ...same, file: '1:2' }),
      model('loras/d.safetensors', { sha256: hash('b'), size: 5, file: '1:3' }),
      model('loras/e.safetensors', { sha256: hash('b'), size: 5, file: '1:3' }),
      model('loras/f.safetensors', { size: 9, file: '1:4' }),
    ]);
    const summary = await inventory.summary(team);
    expect(summary).toMatchObject({
      reclaimable_bytes: 100,
      unread: 1,
      duplicates: [
        {
          agent_id: 'agent-1',
          reclaimable_bytes: 100,
          model_paths: [
            'checkpoints/a.safetensors',
            'checkpoints/b.safetensors',
            'checkpoints/c.safetensors',
          ],
        },
      ],
      folders: [
        { folder: 'checkpoints', count: 3, bytes: 300 },
        { folder: 'loras', count: 3, bytes: 19 },
      ],
      agents: [{ agent_id: 'agent-1', is_known: true, count: 6, bytes: 214 }],
    });
    expect(inventory.list(team, all).models[0]).toMatchObject({ copies: 1 });
  });

  it('that workflows name and nobody has come with their source, and with what lies elsewhere', async () => {
    const { studio, team, inventory } = await open();
    const agent = await studio.agent();
    const declared = { name: 'xl.safetensors', url: 'https://example.org/xl', hash: hash('c') };
    await studio.workflow({
      workflow_json: graph('xl.safetensors'),
      required_models: ['models/loras/style.safetensors'],
      editor_json: {
        nodes: [{ id: 1, properties: { models: [{ ...declared, directory: 'checkpoints' }] } }],
      },
    });
    expect((await inventory.summary(team)).missing).toEqual([]);
    await agent.models([
      model('checkpoints/renamed.safetensors', { sha256: hash('c') }),
      model('loras/old/style.safetensors'),
    ]);
    expect((await inventory.summary(team)).missing).toMatchObject([
      {
        model_path: 'checkpoints/xl.safetensors',
        url: 'https://example.org/xl',
        sha256: hash('c'),
        workflows: [{ workflow_slug: 'tiny' }],
        model_id: null,
        lies_at: ['checkpoints/renamed.safetensors'],
      },
      { model_path: 'loras/style.safetensors', url: null, lies_at: ['loras/old/style.safetensors'] },
    ]);
    const fetching = ['loras/style.safetensors'];
    agent.tell({ type: 'sync', phase: 'downloading', detail: 'x', percent: 45, fetching });
    expect((await inventory.summary(team)).missing[1]?.fetching).toEqual([
      { agent_id: 'agent-1', percent: 45, is_stuck: false },
    ]);
  });
});

describe('what an agent told of its models', () => {
  it('makes the verdict definite, for each engine by itself', async () => {
    const { studio, team, inspection } = await open();
    const nodes = { node_types: ['CheckpointLoaderSimple'] };
    const agent = await studio.agent({ engines: [engine(nodes), engine({ ...nodes, name: 'other' })] });
    const verdict = async () =>
      (await inspection.inspect(team, graph('xl.safetensors') as never)).verdicts[0];
    expect(await verdict()).toMatchObject({ runs: 'unknown' });
    await agent.models([], ['engine']);
    expect(await verdict()).toMatchObject({ runs: 'unknown', missing_models: [] });
    await agent.models([], ['engine', 'other']);
    expect(await verdict()).toMatchObject({ runs: 'no', missing_models: ['checkpoints/xl.safetensors'] });
    await agent.models([model('checkpoints/xl.safetensors', { engines: ['other'] })], ['engine', 'other']);
    expect(await verdict()).toMatchObject({ runs: 'yes' });
  });

  it('is forgotten with a new session and kept over a resumed one', async () => {
    const { studio } = await open();
    const agent = await studio.agent();
    await agent.models([model('vae/v.safetensors')]);
    agent.drop();
    await agent.connect({}, true);
    expect(agent.session.models.list?.models).toHaveLength(1);
    agent.drop();
    await agent.connect();
    expect(agent.session.models.list).toBeUndefined();
  });

  it('counts once the last piece of it is here', async () => {
    const { studio } = await open();
    const agent = await studio.agent();
    const news = { type: 'models_changed' as const, removed: [] as string[], known: ['engine'] };
    agent.tell({ ...news, seq: 1, anew: true, more: true, changed: [model('vae/a.safetensors')] });
    await agent.session.settled;
    expect(agent.session.models.list).toBeUndefined();
    agent.tell({ ...news, seq: 2, anew: false, more: false, changed: [model('vae/b.safetensors')] });
    await agent.session.settled;
    expect(agent.session.models.list?.models).toHaveLength(2);
    agent.tell({ ...news, seq: 3, anew: false, more: false, changed: [], removed: ['vae/a.safetensors'] });
    await agent.session.settled;
    expect(agent.session.models.list?.models.map(({ path }) => path)).toEqual(['vae/b.safetensors']);
  });
});
