import { randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { ManageRefusal } from '#shared/link/manage.ts';
import type { GatewayMessage } from '#shared/link/protocol.ts';
import { Announcer } from './announcer.ts';
import { pause } from './back-off.ts';
import type { HangTimings } from './engines/comfyui/hang-watch.ts';
import { createEngine, type EngineChoice, type EngineSurroundings } from './engines/create.ts';
import type { Engine } from './engines/engine.ts';
import { figuresOf } from './engines/figures.ts';
import { Fleet } from './engines/fleet.ts';
import { EngineManager } from './engines/manage/manager.ts';
import type { ManageOptions } from './engines/manage/ports.ts';
import type { SupervisorTimings } from './engines/supervisor.ts';
import { HttpClient } from './http.ts';
import { type AgentKey, type Hello, Link, type LinkTimings, linkTimings } from './link/link.ts';
import { Machine } from './machine/machine.ts';
import { Models } from './models/models.ts';
import { Journal } from './runs/journal.ts';
import { Runs } from './runs/runs.ts';

/** Milliseconds; what is left out has its default. */
export interface AgentTimings {
  readonly link?: Partial<LinkTimings>;
  readonly supervisor?: Partial<SupervisorTimings>;
  readonly hang?: Partial<HangTimings>;
  /** How long a start waits for the engine before it gives up the attempts of an earlier life. */
  readonly recoverMs?: number;
}

export interface AgentOptions {
  readonly gatewayUrl: string;
  /** An `ak-` key of that gateway. */
  readonly key: AgentKey;
  /** One per machine and gateway: two agents with the same id push each other out. */
  readonly agentId: string;
  /** The agent's own folder: journal, engine, logs. Only one agent at a time may use it. */
  readonly dataDir: string;
  readonly version: string;
  readonly labels?: readonly string[];
  readonly region?: string;
  /** Served from the start, one run at a time each. */
  readonly engines: readonly EngineChoice[];
  /** Lets the gateway manage the engines of this machine; it may then execute anything here. */
  readonly manage?: ManageOptions;
  readonly log: Logger;
  readonly timings?: AgentTimings;
}

export interface Agent {
  /** Resolves when the agent works; it does not wait for the gateway or the engine, and connects for ever. */
  start(): Promise<void>;
  /** Gives back what engines of ours execute, ends them and the link. What others' engines execute stays journalled. */
  stop(): Promise<void>;
}

/** How many tasks more than engines are fetched and queued meanwhile, so that the GPU never waits. */
const staging = 2;
const recoverMs = 15_000;
const goodbyeMs = 1000;

export function createAgent(options: AgentOptions): Agent {
  let running: Promise<RunningAgent> | undefined;
  let stopping: Promise<void> | undefined;
  return {
    async start() {
      running ??= startAgent(options);
      await running;
    },
    stop() {
      stopping ??= (async () => (await running?.catch(() => undefined))?.stop())();
      return stopping;
    },
  };
}

async function startAgent(options: AgentOptions): Promise<RunningAgent> {
  await mkdir(options.dataDir, { recursive: true, mode: 0o700 });
  const agent = new RunningAgent(options, await clientId(options.dataDir));
  await agent.start();
  return agent;
}

/** One machine, its engines, one gateway, and the attempts that go between them. */
class RunningAgent {
  readonly #options: AgentOptions;
  readonly #http = new HttpClient();
  readonly #machine = new Machine();
  readonly #around: EngineSurroundings;
  readonly #fleet: Fleet;
  readonly #manager: EngineManager | undefined;
  readonly #journal: Journal;
  readonly #link: Link;
  readonly #runs: Runs;
  readonly #announcer: Announcer;
  readonly #models: Models;
  readonly #stopped = new AbortController();
  #recovered: Promise<void> = Promise.resolve();

  constructor(options: AgentOptions, clientId: string) {
    this.#options = options;
    const { log, key, timings } = options;
    const gatewayUrl = options.gatewayUrl.replace(/\/+$/, '');
    const { dataDir } = options;
    this.#around = {
      clientId,
      dataDir,
      http: this.#http,
      log,
      timings: timings?.supervisor,
      hang: timings?.hang,
    };
    this.#fleet = new Fleet(
      () => this.#changed(),
      () => this.#manager?.changed('a little'),
    );
    this.#journal = new Journal(join(options.dataDir, 'attempts'));
    this.#link = new Link({
      gatewayUrl,
      key,
      hello: () => this.#hello(),
      welcomed: (welcome) => {
        this.#runs.drop(welcome.drop);
        this.#models.welcomed(welcome);
        // Engines may have changed between our hello and this answer.
        this.#changed();
      },
      order: (order) => this.#runs.order(order),
      models: ({ models }) => this.#models.want(models),
      wanted: ({ hash, upload_url }) => void this.#sendNodeInfo(hash, gatewayUrl + upload_url),
      manage: (command) => void this.#manage(command),
      heartbeat: async () => {
        const machine = await this.#machine.sample();
        return { type: 'heartbeat', machine, engines: figuresOf(this.#fleet.infos) };
      },
      log,
      timings: { ...linkTimings, ...timings?.link },
    });
    this.#runs = new Runs({
      fleet: this.#fleet,
      http: this.#http,
      gatewayUrl,
      link: this.#link,
      journal: this.#journal,
      log,
    });
    this.#announcer = new Announcer({
      machine: () => this.#machine.known(),
      engines: () => this.#fleet.infos,
      labels: options.labels ?? [],
      link: this.#link,
    });
    this.#models = new Models({
      fleet: this.#fleet,
      registry: options.manage?.registry,
      dataDir,
      gatewayUrl,
      http: this.#http,
      link: this.#link,
      log,
    });
    this.#manager =
      options.manage &&
      new EngineManager({
        ...options.manage,
        agentDir: options.dataDir,
        fleet: this.#fleet,
        engine: (choice) => this.#engine(choice),
        leave: (name, reason) => this.#leave(name, reason),
        tell: (report) => this.#link.tell({ type: 'engines', report }),
        http: this.#http,
        log,
      });
  }

  async start(): Promise<void> {
    const records = await this.#journal.open();
    for (const choice of this.#options.engines) await this.#fleet.add(this.#engine(choice));
    await this.#models.start();
    const patience = AbortSignal.timeout(this.#options.timings?.recoverMs ?? recoverMs);
    // What we say in hello decides what the gateway gives to others, so the engine is asked first.
    this.#recovered = this.#runs
      .recover(records, AbortSignal.any([this.#stopped.signal, patience]))
      .then(() => {
        if (!this.#stopped.signal.aborted) this.#link.start();
      });
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    const givenBack = this.#runs.stop();
    await this.#recovered;
    // Without an answer the journal tells it at the next start.
    if (this.#link.connected) await Promise.race([givenBack, pause(goodbyeMs)]);
    await this.#manager?.stop();
    await this.#models.stop();
    await Promise.all([this.#link.stop(), this.#fleet.stop()]);
    await this.#journal.idle();
    this.#http.close();
  }

  #engine(choice: EngineChoice): Engine {
    return this.#models.made(createEngine(choice, this.#around), choice);
  }

  #changed(): void {
    void this.#announcer.tell();
    this.#models.enginesChanged();
    this.#manager?.changed();
  }

  async #hello(): Promise<Hello> {
    return {
      agent_id: this.#options.agentId,
      agent_version: this.#options.version,
      ...(await this.#announcer.hello()),
      region: this.#options.region ?? '',
      staging,
      attempts: this.#runs.held,
    };
  }

  /** A failure is no harm: the gateway asks again. */
  async #sendNodeInfo(hash: string, url: string): Promise<void> {
    const seat = this.#fleet.seats.find(({ engine }) => engine.info.node_info_hash === hash);
    if (!seat) return;
    try {
      const body = await seat.engine.nodeInfo();
      // They have changed since; the gateway hears of that and asks for the new ones.
      if (seat.engine.info.node_info_hash !== hash) return;
      const { status } = await this.#http.json(url, { method: 'PUT', body });
      if (status !== 200) throw new Error(`the gateway answered ${status}`);
    } catch (error) {
      this.#options.log.warn({ error: (error as Error).message }, 'the node classes could not be sent');
    }
  }

  /** The gateway hears first that the engine is going, so that what comes back is not sent to it again. */
  async #leave(engine: string, reason: string): Promise<void> {
    this.#fleet.retire(engine);
    await this.#announcer.tell();
    await this.#runs.leave(engine, reason);
  }

  async #manage(command: Extract<GatewayMessage, { type: 'manage' }>): Promise<void> {
    const { request_id, action, ask } = command;
    const answer = this.#manager ? await this.#manager.command(action, ask) : { refusal: unmanaged };
    this.#link.answer({ type: 'managed', request_id, ...answer });
  }
}

const unmanaged: ManageRefusal = {
  code: 'forbidden',
  message: 'This agent does not let its gateway manage its engines.',
};

/** Made once, kept: an engine goes on sending a run's messages to the client that submitted it. */
async function clientId(dataDir: string): Promise<string> {
  const path = join(dataDir, 'client-id');
  const kept = await readFile(path, 'utf8').catch(() => '');
  if (kept) return kept;
  const made = `atelier-${randomUUID()}`;
  await writeFile(path, made, { mode: 0o600 });
  return made;
}
