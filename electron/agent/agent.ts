import { randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { EngineInfo, GatewayMessage, MachineInfo } from '#shared/link/protocol.ts';
import { ComfyUiEngine } from './engines/comfyui/comfyui-engine.ts';
import type { Engine } from './engines/engine.ts';
import { comfyUiProgram } from './engines/launch/comfyui-program.ts';
import type { LaunchableRecord } from './engines/registry/record.ts';
import type { EngineRegistry } from './engines/registry/registry.ts';
import { GivenServer } from './engines/server-source.ts';
import { starterServer } from './engines/starter/starter-server.ts';
import type { SupervisorTimings } from './engines/supervisor.ts';
import { Supervisor, supervisorTimings } from './engines/supervisor.ts';
import { HttpClient } from './http.ts';
import { type Hello, Link, type LinkTimings, linkTimings } from './link/link.ts';
import { labelsOf, Machine } from './machine/machine.ts';
import { Journal } from './runs/journal.ts';
import { Runs } from './runs/runs.ts';

/**
 * The engine an agent serves: the starter engine or a ComfyUI, which it runs itself, or a server that others run and
 * that speaks ComfyUI's protocol.
 */
export type EngineChoice =
  | { readonly kind: 'starter'; readonly command: readonly string[]; readonly probeNodes?: boolean }
  | { readonly kind: 'launch'; readonly record: LaunchableRecord; readonly registry: EngineRegistry }
  | { readonly kind: 'url'; readonly url: string; readonly headers?: Readonly<Record<string, string>> };

/** Milliseconds; what is left out has its default. */
export interface AgentTimings {
  readonly link?: Partial<LinkTimings>;
  readonly supervisor?: Partial<SupervisorTimings>;
  /** How long a start waits for the engine before it gives up the attempts of an earlier life. */
  readonly recoverMs?: number;
}

export interface AgentOptions {
  readonly gatewayUrl: string;
  /** An `ak-` key of that gateway. */
  readonly key: string;
  /** One per machine and gateway: two agents with the same id push each other out. */
  readonly agentId: string;
  /** The agent's own folder: journal, engine, logs. Only one agent at a time may use it. */
  readonly dataDir: string;
  readonly version: string;
  readonly labels?: readonly string[];
  readonly region?: string;
  readonly engine: EngineChoice;
  readonly log: Logger;
  readonly timings?: AgentTimings;
}

export interface Agent {
  /** Resolves when the agent works; it does not wait for the gateway or the engine, and connects for ever. */
  start(): Promise<void>;
  /** Ends the link and the engine. Unfinished attempts stay in the journal for the next start. */
  stop(): Promise<void>;
}

/** Tasks executed at once, and how many more are fetched and queued meanwhile so that the GPU never waits. */
const slots = 1;
const staging = 2;
const recoverMs = 15_000;

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

/** One machine, one engine, one gateway, and the attempts that go between them. */
class RunningAgent {
  readonly #options: AgentOptions;
  readonly #http = new HttpClient();
  readonly #machine = new Machine();
  readonly #engine: Engine;
  readonly #journal: Journal;
  readonly #link: Link;
  readonly #runs: Runs;
  readonly #stopped = new AbortController();
  #recovered: Promise<void> = Promise.resolve();
  /** As the last hello told them. */
  #labels: string[] = [];
  #told: EngineInfo | undefined;

  constructor(options: AgentOptions, clientId: string) {
    this.#options = options;
    const { log, key, timings } = options;
    const gatewayUrl = options.gatewayUrl.replace(/\/+$/, '');
    this.#engine = createEngine(options, clientId, this.#http);
    this.#journal = new Journal(join(options.dataDir, 'attempts'));
    this.#link = new Link({
      gatewayUrl,
      key,
      hello: () => this.#hello(),
      welcomed: (welcome) => {
        this.#runs.drop(welcome.drop);
        // It may have changed between our hello and this answer.
        if (this.#engine.info !== this.#told) void this.#tellEngine();
      },
      order: (order) => this.#runs.order(order),
      wanted: ({ upload_url }) => void this.#sendNodeInfo(gatewayUrl + upload_url),
      manage: (command) => void this.#manage(command),
      heartbeat: async () => ({ type: 'heartbeat', machine: await this.#machine.sample() }),
      log,
      timings: { ...linkTimings, ...timings?.link },
    });
    this.#runs = new Runs({
      engine: this.#engine,
      http: this.#http,
      gatewayUrl,
      link: this.#link,
      journal: this.#journal,
      log,
    });
    this.#engine.onChange(() => void this.#tellEngine());
  }

  async start(): Promise<void> {
    const records = await this.#journal.open();
    await this.#engine.start();
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
    this.#runs.stop();
    await this.#recovered;
    await Promise.all([this.#link.stop(), this.#engine.stop()]);
    await this.#journal.idle();
    this.#http.close();
  }

  async #hello(): Promise<Hello> {
    const machine = await this.#machine.known();
    this.#labels = this.#labelsOn(machine);
    this.#told = this.#engine.info;
    return {
      agent_id: this.#options.agentId,
      agent_version: this.#options.version,
      machine,
      engines: [this.#told],
      labels: this.#labels,
      region: this.#options.region ?? '',
      slots,
      staging,
      models: [],
      attempts: this.#runs.held,
    };
  }

  /** A connected gateway hears of it at once, any other with the next hello. */
  async #tellEngine(): Promise<void> {
    const labels = this.#labelsOn(await this.#machine.known());
    if (!this.#link.connected) return;
    if (labels.join() !== this.#labels.join()) this.#link.renew();
    else void this.#link.send({ type: 'engine_state', engine: this.#engine.info });
  }

  /** A failure is no harm: the gateway asks again. */
  async #sendNodeInfo(url: string): Promise<void> {
    try {
      const body = await this.#engine.nodeInfo();
      const { status } = await this.#http.json(url, { method: 'PUT', body });
      if (status !== 200) throw new Error(`the gateway answered ${status}`);
    } catch (error) {
      this.#options.log.warn({ error: (error as Error).message }, 'the node classes could not be sent');
    }
  }

  #manage({ request_id }: Extract<GatewayMessage, { type: 'manage' }>): void {
    const message = 'This agent does not let its gateway manage its engines.';
    this.#link.answer({ type: 'managed', request_id, refusal: { code: 'forbidden', message } });
  }

  #labelsOn(machine: MachineInfo): string[] {
    return labelsOf(machine, [this.#engine.info], this.#options.labels ?? []);
  }
}

function createEngine(options: AgentOptions, clientId: string, http: HttpClient): Engine {
  const { engine, dataDir, log } = options;
  const common = { clientId, http, log };
  if (engine.kind === 'url') {
    const source = new GivenServer(engine.url);
    return new ComfyUiEngine({
      ...common,
      name: 'comfyui',
      flavour: 'comfyui',
      source,
      headers: engine.headers ?? {},
    });
  }
  const timings = { ...supervisorTimings, ...options.timings?.supervisor };
  if (engine.kind === 'launch') {
    const program = comfyUiProgram(engine.record, engine.registry, http);
    const source = new Supervisor(program, log, timings);
    return new ComfyUiEngine({ ...common, name: engine.record.id, flavour: 'comfyui', source });
  }
  const source = starterServer({
    command: engine.command,
    dataDir,
    probeNodes: engine.probeNodes ?? false,
    http,
    log,
    timings,
  });
  return new ComfyUiEngine({ ...common, name: 'starter', flavour: 'starter', source });
}

/** Made once, kept: an engine goes on sending a run's messages to the client that submitted it. */
async function clientId(dataDir: string): Promise<string> {
  const path = join(dataDir, 'client-id');
  const kept = await readFile(path, 'utf8').catch(() => '');
  if (kept) return kept;
  const made = `atelier-${randomUUID()}`;
  await writeFile(path, made, { mode: 0o600 });
  return made;
}
