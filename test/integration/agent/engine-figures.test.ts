import { hash, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAgent } from '../../../electron/agent/agent.ts';
import {
  ComfyUiEngine,
  type ComfyUiOptions,
} from '../../../electron/agent/engines/comfyui/comfyui-engine.ts';
import { GivenServer } from '../../../electron/agent/engines/server-source.ts';
import { HttpClient, type HttpRequest } from '../../../electron/agent/http.ts';
import { type RunningEngine, startEngine } from '../../helpers/engine.ts';
import { FakeComfyUi } from './fake-comfyui.ts';
import { Bench, probeGraph, tinyGraph } from './support.ts';

/** The agent's own client, which notes what it is asked for. */
class NotingClient extends HttpClient {
  readonly asked: string[] = [];
  readonly bodies: unknown[] = [];
  /** So many calls of `/free` are refused first. */
  refusals = 0;

  override async json(url: string, options: HttpRequest = {}): Promise<{ status: number; body: unknown }> {
    const { pathname } = new URL(url);
    this.asked.push(pathname);
    if (pathname === '/free') {
      this.bodies.push(options.body);
      this.refusals -= 1;
      if (this.refusals >= 0) return { status: 503, body: undefined };
    }
    return super.json(url, options);
  }

  times(path: string): number {
    return this.asked.filter((one) => one === path).length;
  }
}

/** For the case that it never comes. */
const soon = { timeout: 15_000, interval: 10 };

const silent = { started() {}, progress() {}, preview() {}, log() {} };

describe('an engine while it is up', () => {
  let server: RunningEngine;
  let http: NotingClient;
  let engine: ComfyUiEngine;
  let told: number;

  const connect = async (options: Partial<ComfyUiOptions> = {}): Promise<void> => {
    engine = new ComfyUiEngine({
      name: 'one',
      flavour: 'starter',
      clientId: 'figures',
      source: new GivenServer(server.url),
      http,
      log: pino({ level: 'silent' }),
      ...options,
    });
    engine.onChange(() => {
      told += 1;
    });
    await engine.start();
    await engine.whenReady(AbortSignal.timeout(20_000));
  };
  const run = async (graph: Record<string, unknown>): Promise<string> => {
    const run = engine.openRun(randomUUID(), graph as never, silent);
    await run.submit();
    return (await run.ended).kind;
  };
  /** A run that somebody else submits. */
  const strange = async (graph: Record<string, unknown>): Promise<string> => {
    const body = JSON.stringify({ prompt: graph });
    const reply = await fetch(`${server.url}/prompt`, { method: 'POST', body });
    return ((await reply.json()) as { prompt_id: string }).prompt_id;
  };

  beforeEach(async () => {
    server = await startEngine(['--probe-nodes']);
    http = new NotingClient();
    told = 0;
  });
  afterEach(async () => {
    await engine.stop();
    http.close();
    await server.stop();
  });

  it('keeps the memory of its devices up to date, without a word, until it is stopped', async () => {
    await connect({ figuresMs: 10 });
    const [before, first] = [told, engine.info.devices];
    expect(first[0]).toMatchObject({ type: 'cpu', torch_vram_total: expect.any(Number) });
    await expect.poll(() => http.times('/system_stats'), soon).toBeGreaterThan(3);
    await expect.poll(() => engine.info.devices, soon).not.toBe(first);
    expect(told).toBe(before);
    await engine.stop();
    const asked = http.times('/system_stats');
    await new Promise((done) => setTimeout(done, 100));
    expect(http.times('/system_stats') - asked).toBeLessThanOrEqual(1);
  });

  it('tells how many runs its queue holds, those of others too, without asking', async () => {
    await connect();
    await expect.poll(() => engine.info.queue_remaining, soon).toBe(0);
    const before = told;
    await strange(probeGraph('ok', { steps: 1000, seconds: 0.05 }));
    await strange(tinyGraph(1));
    await expect.poll(() => engine.info.queue_remaining, soon).toBe(2);
    await fetch(`${server.url}/interrupt`, { method: 'POST', body: '{}' });
    await expect.poll(() => engine.info.queue_remaining, soon).toBe(0);
    expect(told).toBe(before);
    expect(http.times('/prompt') + http.times('/queue')).toBe(0);
    await engine.stop();
    expect(engine.info).not.toHaveProperty('queue_remaining');
  });

  it('has its models unloaded once after it had nothing to do, and again after it has worked', async () => {
    await connect({ idleFreeSeconds: 0.05 });
    await expect.poll(() => http.bodies, soon).toEqual(['{"unload_models":true,"free_memory":true}']);
    await new Promise((done) => setTimeout(done, 200));
    expect(http.times('/free')).toBe(1);
    expect(await run(tinyGraph(1))).toBe('succeeded');
    await expect.poll(() => http.times('/free'), soon).toBe(2);
    await strange(tinyGraph(2));
    await expect.poll(() => http.times('/free'), soon).toBe(3);
  });

  it('is left alone while it works', async () => {
    await connect({ idleFreeSeconds: 0.05 });
    await expect.poll(() => http.times('/free'), soon).toBe(1);
    await strange(probeGraph('ok', { steps: 1000, seconds: 0.05 }));
    await expect.poll(() => engine.info.queue_remaining, soon).toBe(1);
    await new Promise((done) => setTimeout(done, 200));
    expect(http.times('/free')).toBe(1);
    // Ours is not in its queue yet, but it is about to be.
    const waiting = engine.openRun(randomUUID(), {}, silent);
    await fetch(`${server.url}/interrupt`, { method: 'POST', body: '{}' });
    await expect.poll(() => engine.info.queue_remaining, soon).toBe(0);
    await new Promise((done) => setTimeout(done, 200));
    expect(http.times('/free')).toBe(1);
    waiting.close();
    await expect.poll(() => http.times('/free'), soon).toBe(2);
  });

  it('is asked again when it has refused', async () => {
    http.refusals = 2;
    await connect({ idleFreeSeconds: 0.05 });
    await expect.poll(() => http.times('/free'), soon).toBe(3);
  });

  it('tells anew of its node classes when they have changed since, as with a new input file', async () => {
    await connect();
    const [first, before] = [engine.info.node_info_hash, told];
    await engine.nodeInfo();
    expect(told).toBe(before);
    const form = new FormData();
    form.append('image', new Blob(['x']), 'new.png');
    await fetch(`${server.url}/upload/image`, { method: 'POST', body: form });
    const text = await engine.nodeInfo();
    expect(text).toContain('new.png');
    expect(engine.info.node_info_hash).toBe(hash('sha256', text));
    expect(engine.info.node_info_hash).not.toBe(first);
    expect(told).toBe(before + 1);
  });

  it('keeps its models when nobody has asked for that', async () => {
    await connect();
    expect(await run(tinyGraph(1))).toBe('succeeded');
    await new Promise((done) => setTimeout(done, 200));
    expect(http.times('/free')).toBe(0);
  });
});

describe('an agent', () => {
  it('tells figures with the heartbeat alone, and unloads the models of an engine that it launched', async () => {
    const fake = await FakeComfyUi.make();
    const options = { ...fake.record.options, idle_free_s: 1 };
    const bench = await Bench.prepare();
    const { gateway } = bench;
    let log: string[] = [];
    const agent = createAgent({
      ...bench.options({ kind: 'launch', record: { ...fake.record, options }, registry: fake.registry }),
      log: pino({ level: 'info' }, { write: (line: string) => void log.push(line) }),
    });
    try {
      gateway.heartbeatMs = 20;
      await agent.start();
      const queues = (): unknown[] =>
        gateway.heard.flatMap((one) =>
          one.type === 'heartbeat' ? (one.engines ?? []).map((engine) => engine.queue_remaining) : [],
        );
      const states = (): number => gateway.heard.filter(({ type }) => type === 'engine_state').length;
      await gateway.until(() => queues().includes(0));
      const before = states();
      const probe = gateway.assign(probeGraph('ok', { steps: 10, seconds: 0.05 }));
      await gateway.until(() => queues().includes(1));
      // What it may have been asked before it worked does not count.
      log = [];
      expect((await gateway.end(probe.attempt_id)).type).toBe('completed');
      await gateway.until(() => queues().at(-1) === 0);
      expect(states()).toBe(before);

      const { url } = JSON.parse(await readFile(fake.registry.files('fake').processRecord, 'utf8'));
      await expect.poll(() => log.join(''), soon).toContain('unloads its models');
      const again = gateway.assign(probeGraph('ok', { steps: 10, seconds: 0.05 }));
      await gateway.end(again.attempt_id);
      const history = await (await fetch(`${url}/history/${again.attempt_id}`)).json();
      const { messages } = (history as Record<string, { status: { messages: [string, object][] } }>)[
        again.attempt_id
      ]!.status;
      expect(messages.find(([type]) => type === 'execution_cached')?.[1]).toMatchObject({ nodes: [] });
    } finally {
      await agent.stop();
      await bench.stop();
      expect(await fake.processes()).toEqual([]);
      await fake.remove();
    }
  });
});
