import { randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { ComfyUiEngine } from './engines/comfyui/comfyui-engine.ts';
import type { Engine } from './engines/engine.ts';
import { GivenServer } from './engines/server-source.ts';
import { starterServer } from './engines/starter/starter-server.ts';
import type { SupervisorTimings } from './engines/supervisor.ts';
import { supervisorTimings } from './engines/supervisor.ts';
import { HttpClient } from './http.ts';
import { type Hello, Link, type LinkTimings, linkTimings } from './link/link.ts';
import { labelsOf, Machine } from './machine/machine.ts';
import { Journal } from './runs/journal.ts';
import { Runs } from './runs/runs.ts';

/** The engine an agent serves: the starter engine, which it runs itself, or a server that speaks ComfyUI's protocol. */
export type EngineChoice =
  | { readonly kind: 'starter'; readonly command: readonly string[]; readonly probeNodes?: boolean }
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

interface RunningAgent {
  stop(): Promise<void>;
}

async function startAgent(options: AgentOptions): Promise<RunningAgent> {
  const { dataDir, log } = options;
  const gatewayUrl = options.gatewayUrl.replace(/\/+$/, '');
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const http = new HttpClient();
  const machine = new Machine();
  const engine = createEngine(options, await clientId(dataDir), http);
  const journal = new Journal(join(dataDir, 'attempts'));
  const stopped = new AbortController();

  const hello = async (): Promise<Hello> => {
    const sample = await machine.known();
    labels = labelsOf(sample, [engine.info], options.labels ?? []);
    return {
      agent_id: options.agentId,
      agent_version: options.version,
      machine: sample,
      engines: [engine.info],
      labels,
      region: options.region ?? '',
      slots,
      staging,
      models: [],
      attempts: runs.held,
    };
  };
  let labels: string[] = [];
  const link = new Link({
    gatewayUrl,
    key: options.key,
    hello,
    welcomed: (welcome) => runs.drop(welcome.drop),
    order: (order) => runs.order(order),
    heartbeat: async () => ({ type: 'heartbeat', machine: await machine.sample() }),
    log,
    timings: { ...linkTimings, ...options.timings?.link },
  });
  const runs = new Runs({ engine, http, gatewayUrl, link, journal, log });

  engine.onChange(() => void tellEngine());
  /** A connected gateway hears of it at once, any other with the next hello. */
  async function tellEngine(): Promise<void> {
    const now = labelsOf(await machine.known(), [engine.info], options.labels ?? []);
    if (!link.connected) return;
    if (now.join() === labels.join()) void link.send({ type: 'engine_state', engine: engine.info });
    else link.renew();
  }

  const records = await journal.open();
  await engine.start();
  const patience = AbortSignal.any([
    stopped.signal,
    AbortSignal.timeout(options.timings?.recoverMs ?? recoverMs),
  ]);
  // What we say in hello decides what the gateway gives to others, so the engine is asked first.
  const recovered = runs.recover(records, patience).then(() => {
    if (!stopped.signal.aborted) link.start();
  });

  return {
    async stop() {
      stopped.abort();
      runs.stop();
      await recovered;
      await Promise.all([link.stop(), engine.stop()]);
      await journal.idle();
      http.close();
    },
  };
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
  const source = starterServer({
    command: engine.command,
    dataDir,
    probeNodes: engine.probeNodes ?? false,
    http,
    log,
    timings: { ...supervisorTimings, ...options.timings?.supervisor },
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
