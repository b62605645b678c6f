import { mkdir } from 'node:fs/promises';

import { join, resolve } from 'node:path';
import { pino } from 'pino';
import { expect, vi } from 'vitest';
import { type Agent, createAgent } from '../../../../electron/agent/agent.ts';
import { FakeComfyUi } from '../../agent/fake-comfyui.ts';
import { soon, type TestGateway } from '../support.ts';
import type { GoodCall } from './rows.ts';

const starter = {
  kind: 'starter',
  command: [process.execPath, resolve(import.meta.dirname, '../../../../electron/starter-engine/main.ts')],
} as const;

/** A machine whose agent lets its gateway manage its engines: one ComfyUI that does not run, and what routes add. */
export class Machine {
  readonly #gateway: TestGateway;
  readonly #fake: FakeComfyUi;
  readonly #agent: Agent;

  private constructor(gateway: TestGateway, fake: FakeComfyUi, agent: Agent) {
    this.#gateway = gateway;
    this.#fake = fake;
    this.#agent = agent;
  }

  static async join(gateway: TestGateway): Promise<Machine> {
    const fake = await FakeComfyUi.make();
    await mkdir(join(fake.record.path, 'comfy'));
    await fake.registry.add(fake.record);
    const agent = createAgent({
      ...{ gatewayUrl: gateway.url, key: gateway.keys.agent, agentId: 'machine', version: '0.0.0' },
      ...{ dataDir: join(fake.folder, 'agent'), engines: [], manage: { registry: fake.registry, starter } },
      log: pino({ level: 'silent' }),
    });
    await agent.start();
    await vi.waitFor(() => {
      const { engines } = gateway.gateway.rooms;
      expect(engines.list(gateway.owner.teamId)).toMatchObject([{ report: { managed: true } }]);
    }, soon);
    return new Machine(gateway, fake, agent);
  }

  async leave(): Promise<void> {
    await this.#agent.stop();
    await this.#fake.remove();
  }

  /** A call about the machine, or about the ComfyUI on it. */
  readonly here = { agentId: 'machine' };
  readonly fake = { agentId: 'machine', engineId: 'fake' };

  /** A call about an engine of its own: one that others run, where nobody answers. */
  async another(started = false): Promise<NonNullable<GoodCall['at']>> {
    const { engines } = this.#gateway.gateway.rooms;
    const { teamId } = this.#gateway.owner;
    const wish = { kind: 'attach', url: 'http://127.0.0.1:9' } as const;
    const { engine_id } = await engines.ask(teamId, 'machine', 'add', { wish });
    if (started) await engines.ask(teamId, 'machine', 'start', { engine_id });
    return { agentId: 'machine', engineId: engine_id };
  }

  async snapshot(): Promise<NonNullable<GoodCall['at']>> {
    const { engines } = this.#gateway.gateway.rooms;
    const ask = { engine_id: 'fake' };
    const made = await engines.ask(this.#gateway.owner.teamId, 'machine', 'take_snapshot', ask);
    return { ...this.fake, snapshotId: made.snapshot_id };
  }

  async pack(): Promise<NonNullable<GoodCall['at']>> {
    const packName = `pack-${crypto.randomUUID().slice(0, 8)}`;
    await mkdir(join(this.#fake.record.path, 'custom_nodes', packName), { recursive: true });
    return { ...this.fake, packName };
  }
}
