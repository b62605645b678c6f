import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pino } from 'pino';
import { type Agent, type AgentOptions, createAgent } from '../../../electron/agent/agent.ts';
import type { EngineChoice } from '../../../electron/agent/engines/create.ts';
import { LinkServer } from './link-server.ts';

const program = resolve(import.meta.dirname, '../../../electron/starter-engine/main.ts');

export const starterEngine: EngineChoice = {
  kind: 'starter',
  command: [process.execPath, program],
  probeNodes: true,
};

export const quickTimings: NonNullable<AgentOptions['timings']> = {
  link: { firstRetryMs: 20, mostRetryMs: 200, refusedRetryMs: 200 },
  supervisor: { firstRestartMs: 20, mostRestartMs: 100, watchMs: 50, stopMs: 3000 },
  recoverMs: 10_000,
};

/** An agent on a folder of its own with the gateway's end of its link. */
export class Bench {
  readonly gateway = new LinkServer();
  readonly dataDir: string;
  agent: Agent | undefined;
  readonly #engine: EngineChoice;
  readonly #timings: AgentOptions['timings'];

  private constructor(dataDir: string, engine: EngineChoice, timings: AgentOptions['timings']) {
    this.dataDir = dataDir;
    this.#engine = engine;
    this.#timings = { ...quickTimings, ...timings };
  }

  /** Everything but the agent. */
  static async prepare(
    engine: EngineChoice = starterEngine,
    timings?: AgentOptions['timings'],
  ): Promise<Bench> {
    const bench = new Bench(await mkdtemp(join(tmpdir(), 'atelier-agent-')), engine, timings);
    await bench.gateway.start();
    return bench;
  }

  static async start(engine?: EngineChoice, timings?: AgentOptions['timings']): Promise<Bench> {
    const bench = await Bench.prepare(engine, timings);
    await bench.startAgain();
    return bench;
  }

  /** What an agent on this folder is made of. */
  options(engine = this.#engine): AgentOptions {
    return {
      gatewayUrl: this.gateway.url,
      key: this.gateway.key,
      agentId: 'bench',
      dataDir: join(this.dataDir, 'agent'),
      version: '0.0.0',
      engines: [engine],
      log: pino({ level: process.env.ATELIER_LOG ?? 'silent' }),
      timings: this.#timings!,
    };
  }

  /** The next agent on the same folder. */
  async startAgain(engine = this.#engine): Promise<void> {
    this.agent = createAgent(this.options(engine));
    await this.agent.start();
  }

  async stop(): Promise<void> {
    await this.agent?.stop();
    await this.gateway.stop();
    await rm(this.dataDir, { recursive: true, force: true });
  }
}

/** A picture of one colour, inverted and saved. */
export const tinyGraph = (color: number, prefix = 'tiny'): Record<string, unknown> => ({
  '1': { class_type: 'EmptyImage', inputs: { width: 32, height: 24, batch_size: 1, color } },
  '2': { class_type: 'ImageInvert', inputs: { image: ['1', 0] } },
  '3': { class_type: 'SaveImage', inputs: { images: ['2', 0], filename_prefix: prefix } },
});

/** The same with a node in between that counts steps, shows previews and may misbehave half-way. */
export const probeGraph = (
  mode: string,
  { steps = 4, seconds = 0.02, seed = 0 }: { steps?: number; seconds?: number; seed?: number } = {},
): Record<string, unknown> => ({
  '1': { class_type: 'EmptyImage', inputs: { width: 32, height: 24, batch_size: 1, color: 255 } },
  '2': {
    class_type: 'EngineProbe',
    inputs: { image: ['1', 0], steps, seconds_per_step: seconds, mode, seed },
    _meta: { title: 'The probe' },
  },
  '3': { class_type: 'SaveImage', inputs: { images: ['2', 0], filename_prefix: 'probe' } },
});
