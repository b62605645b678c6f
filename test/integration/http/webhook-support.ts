import { pino } from 'pino';
import { afterEach, beforeAll, expect } from 'vitest';
import type { Receiver } from '../../helpers/webhook-receiver.ts';
import { soon, type TestGateway, text, withGateway } from './support.ts';

export interface Delivery {
  readonly delivery_status: string;
  readonly next_attempt_at: string | null;
  readonly task_id: string;
  readonly error: string;
  readonly attempts: readonly { status_code: number | null; error: string; response_body: string }[];
}

const picture = { name: 'x.png', bytes: Buffer.from('picture') };

/** A gateway that has webhooks, with a clock and names in the test's hands. */
export class Hooks {
  now = Date.now();
  readonly logged: string[] = [];
  /** What names lead to here. Nothing asks a real name server. */
  readonly names = new Map<string, string[]>();
  readonly gateway: TestGateway;
  #workflowId = '';

  constructor(webhookTimeoutMs = 60_000) {
    this.gateway = withGateway({
      clock: () => this.now,
      log: pino({ level: 'trace' }, { write: (line) => void this.logged.push(line) }),
      limits: { triesPerMinute: 1000 },
      timings: { webhookTimeoutMs },
      resolve: async (host) => {
        const found = this.names.get(host);
        if (!found) throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
        return found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
      },
    });
    beforeAll(async () => {
      this.#workflowId = await this.gateway.import({ workflow_slug: 'hooked' });
    });
    afterEach(async () => {
      await this.gateway.gateway.rooms.store.write((writer) => {
        writer.hotRun('DELETE FROM webhooks');
        writer.hotRun('DELETE FROM feature_settings');
      });
    });
  }

  get rooms() {
    return this.gateway.gateway.rooms;
  }

  call(method: string, path: string, json?: unknown) {
    const options = json === undefined ? {} : { json };
    return this.gateway.call(method, `/webhooks${path}`, this.gateway.keys.device, options);
  }

  allowPrivate(on = true): Promise<void> {
    return this.rooms.identity.features.set('global', '', { features: { private_webhooks: on } });
  }

  create(webhook_url: string, webhook_events: readonly string[] = ['task.completed', 'task.failed']) {
    return this.call('POST', '', { display_name: 'Ada’s hook', webhook_url, webhook_events });
  }

  async add(url: string, events?: readonly string[]): Promise<string> {
    const reply = await this.create(url, events);
    if (reply.status !== 200) throw new Error(JSON.stringify(reply.body));
    return text(reply, 'id');
  }

  async secretOf(id: string): Promise<string> {
    return text(await this.call('GET', `/${id}`), 'webhook_secret');
  }

  async log(id: string): Promise<Delivery[]> {
    return ((await this.call('GET', `/${id}/deliveries`)).body as { delivery_list: Delivery[] })
      .delivery_list;
  }

  /** The newest delivery, once it has had that many tries. */
  async logAfter(id: string, tries: number): Promise<Delivery> {
    await expect.poll(async () => (await this.log(id))[0]?.attempts.length, soon).toBe(tries);
    return (await this.log(id))[0] as Delivery;
  }

  async test(id: string): Promise<Delivery> {
    return (await this.call('POST', `/${id}/test`)).body as Delivery;
  }

  /** Time passes. */
  async later(ms: number): Promise<void> {
    this.now += ms;
    this.rooms.webhooks.look();
    await new Promise(setImmediate);
  }

  run(): Promise<string> {
    return this.gateway.run(this.#workflowId);
  }

  async finish(): Promise<string> {
    const id = await this.run();
    await (await this.gateway.perform(id)).complete(picture);
    return id;
  }

  async fail(message: string): Promise<string> {
    const id = await this.run();
    await (await this.gateway.perform(id)).fail(message);
    return id;
  }
}

export const arrived = (receiver: Receiver, count: number) =>
  expect.poll(() => receiver.received.length, soon).toBe(count);
