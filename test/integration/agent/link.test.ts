import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Hello, Link, type LinkOptions, type Order } from '../../../electron/agent/link/link.ts';
import { LinkServer } from './link-server.ts';
import { tinyGraph } from './support.ts';

const hello: Hello = {
  agent_id: 'a',
  agent_version: '0',
  machine: {
    hostname: 'h',
    platform_arch: 'linux/amd64',
    os: 'Linux',
    cpu_count: 1,
    ram_total: 1,
    ram_free: 1,
    gpus: [],
  },
  engines: [],
  labels: [],
  region: '',
  slots: 1,
  staging: 2,
  attempts: [],
};
const attempt = { attempt_id: '01a207a3-7d2c-719a-a87c-ad932fa628be', fence: 1 };

describe('Link', () => {
  let gateway: LinkServer;
  let folder = '';
  let logged: string[] = [];
  const links: Link[] = [];

  const connect = (options: Partial<LinkOptions> = {}): Link => {
    const link = new Link({
      gatewayUrl: gateway.url,
      key: gateway.key,
      hello: async () => hello,
      welcomed: () => undefined,
      order: async () => undefined,
      wanted: () => undefined,
      manage: () => undefined,
      models: () => undefined,
      heartbeat: async () => ({ type: 'heartbeat' }),
      log: pino({ level: 'info' }, { write: (line: string) => void logged.push(line) }),
      timings: { firstRetryMs: 10, mostRetryMs: 50, refusedRetryMs: 50 },
      ...options,
    });
    links.push(link);
    link.start();
    return link;
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'atelier-link-'));
    logged = [];
    gateway = new LinkServer();
    await gateway.start();
  });
  afterEach(async () => {
    await Promise.all(links.splice(0).map((link) => link.stop()));
    await gateway.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('brings what was sent while there was no connection, in order', async () => {
    const url = gateway.url;
    await gateway.stop();
    const link = connect({ gatewayUrl: url });
    const arrived = Promise.all([
      link.send({ type: 'received', ...attempt }),
      link.send({ type: 'accepted', ...attempt }),
    ]);
    await gateway.start(Number(new URL(url).port));
    await arrived;
    expect(gateway.heard.map((one) => one.type)).toEqual(['hello', 'received', 'accepted']);
  });

  it('resumes its session after a break, without loss or repetition', async () => {
    const orders: Order[] = [];
    const link = connect({ order: async (order) => void orders.push(order) });
    await gateway.until(() => gateway.hellos === 1);
    gateway.silent = true;
    const sent = [link.send({ type: 'received', ...attempt }), link.send({ type: 'accepted', ...attempt })];
    await gateway.hear(attempt.attempt_id, 'accepted');
    gateway.assign(tinyGraph(1));
    gateway.cut();
    gateway.silent = false;
    sent.push(link.send({ type: 'completed', ...attempt, outputs: [] }));
    gateway.assign(tinyGraph(2));
    await gateway.until(() => gateway.hellos === 2);
    await Promise.all(sent);
    const said = gateway.heard.filter((one) => one.type !== 'hello').map((one) => one.type);
    expect(said).toEqual(['received', 'accepted', 'completed']);
    await gateway.until(() => gateway.unacknowledged === 0);
    expect(orders.map((one) => one.seq)).toEqual([1, 2]);
  });

  it('says everything again to a gateway that has forgotten the session', async () => {
    const link = connect();
    await gateway.until(() => gateway.hellos === 1);
    gateway.silent = true;
    const sent = link.send({ type: 'received', ...attempt });
    await gateway.hear(attempt.attempt_id, 'received');
    gateway.forgetful = true;
    gateway.silent = false;
    gateway.cut();
    await sent;
    expect(gateway.about(attempt.attempt_id, 'received').map((one) => one.seq)).toEqual([1, 1]);
  });

  it('says in its log that the key is refused, and comes in once it is good', async () => {
    const key = gateway.key;
    gateway.key = 'ak-another';
    connect({ key });
    await gateway.until(() => gateway.refusals >= 2);
    expect(logged.join()).toContain('the gateway refuses the agent key');
    expect(logged.join()).not.toContain(key);
    gateway.key = key;
    await gateway.until(() => gateway.hellos === 1);
  });

  it('stops trying when the gateway speaks another version', async () => {
    gateway.closeWith = 4426;
    const link = connect();
    await link.ended;
    expect(gateway.hellos).toBe(1);
    expect(logged.join()).toContain('update Atelier on both machines');
  });

  it('tells that it is alive, and gives up a connection on which nothing comes back', async () => {
    gateway.heartbeatMs = 20;
    connect();
    await gateway.until(() => gateway.heard.some((one) => one.type === 'heartbeat'));
    gateway.deafen();
    await gateway.until(() => gateway.hellos === 2);
  });

  it('drops what may be lost while there is no connection', async () => {
    gateway.heartbeatMs = 20;
    const link = connect();
    await gateway.until(() => link.connected);
    await gateway.stop();
    link.tell({ type: 'log', ...attempt, lines: ['lost'] });
    expect(gateway.heard.filter((one) => one.type === 'log')).toEqual([]);
  });

  it('goes on after an order that can not be carried out', async () => {
    connect({
      order: async (order) => {
        if (order.seq === 1) throw new Error('no');
      },
    });
    gateway.assign(tinyGraph(1));
    gateway.assign(tinyGraph(2));
    await gateway.until(() => gateway.hellos === 1 && gateway.unacknowledged === 0);
    expect(logged.join()).toContain('an order could not be carried out');
  });
});
