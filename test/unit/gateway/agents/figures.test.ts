import { beforeEach, describe, expect, it } from 'vitest';
import { agentItem as agentItemShape } from '#shared/wire/agents.ts';
import type { EngineCard } from '#shared/wire/engines.ts';
import { agentItem } from '../../../../electron/gateway/agents/view.ts';
import { engine, type FakeAgent, machine, Studio } from '../studio.ts';

const device = { name: 'cuda:0 A', type: 'cuda', vram_total: 100, vram_free: 90 };
const gpu = { name: 'A', type: 'cuda', index: 1, uuid: 'GPU-1', vram_total: 100, vram_free: 80 };
const live = { load_percent: 37, temperature_c: 61, power_w: 212.5, power_limit_w: 450 };

const card = (engine_id: string): EngineCard => ({
  engine_id,
  kind: 'adopt',
  ...{ place: '/x', state: 'ready', reason: '', serves: true, version: '1', commit: '', pytorch_version: '' },
  ...{ python: '', url: '', pid: null, devices: [], queue_remaining: null, running_tasks: 0, options: null },
  ...{ starting_since: null, launch: null, job: null, candidate: null, can_switch_back: false },
});

describe('figures of an agent', () => {
  let studio: Studio;
  let agent: FakeAgent;

  beforeEach(async () => {
    studio = await Studio.open();
    const engines = [engine({ name: 'one', devices: [device] }), engine({ name: 'two', node_types: ['X'] })];
    agent = await studio.agent({ machine, engines });
  });

  it('come with the heartbeat: those of the machine, and those of engines that are known', () => {
    const list = agent.session.hello.engines;
    const devices = [{ ...device, vram_free: 10, torch_vram_total: 50, torch_vram_free: 5 }];
    agent.tell({
      type: 'heartbeat',
      machine: { ...machine, ram_free: 0.5, gpus: [{ ...gpu, ...live }] },
      engines: [
        { name: 'one', devices, queue_remaining: 3 },
        { name: 'three', devices },
      ],
    });
    expect(agent.session.machine).toMatchObject({ ram_free: 0.5, gpus: [live] });
    const [one, two, ...more] = agent.session.hello.engines;
    expect(one).toMatchObject({ name: 'one', state: 'ready', devices, queue_remaining: 3 });
    expect(two).toEqual(engine({ name: 'two', node_types: ['X'] }));
    expect(more).toEqual([]);
    // What scheduling keeps by this list stays good.
    expect(agent.session.hello.engines).toBe(list);
  });

  it('leave alone what a heartbeat does not tell', () => {
    const before = structuredClone(agent.session.hello);
    agent.tell({ type: 'heartbeat' });
    expect(agent.session.hello).toEqual(before);
  });

  it('are shown per GPU, as far as they are known', () => {
    agent.tell({ type: 'heartbeat', machine: { ...machine, gpus: [{ ...gpu, ...live }, device] } });
    const shown = agentItemShape.parse(agentItem(agent.session)).system_stats.gpu_devices;
    expect(shown).toEqual([
      { device_name: 'A', device_type: 'cuda', vram_total: 100, vram_free: 80, index: 1, ...live },
      { device_name: 'cuda:0 A', device_type: 'cuda', vram_total: 100, vram_free: 90 },
    ]);
  });

  it('are shown with each engine that is up, as new as the last heartbeat', () => {
    const engines = [card('one'), card('two'), card('unserved')];
    agent.tell({ type: 'engines', report: { managed: true, engines } });
    const devices = [{ ...device, vram_free: 10 }];
    agent.tell({ type: 'heartbeat', engines: [{ name: 'one', devices, queue_remaining: 3 }] });
    const [listed] = studio.rooms.engines.list(studio.teamId);
    expect(listed?.report.engines).toEqual([
      { ...card('one'), devices, queue_remaining: 3 },
      ...engines.slice(1),
    ]);
  });

  it('are those of the engine where the machine tells none', () => {
    const { gpu_devices } = agentItem(agent.session).system_stats;
    expect(gpu_devices).toEqual([
      { device_name: 'cuda:0 A', device_type: 'cuda', vram_total: 100, vram_free: 90 },
    ]);
  });
});
