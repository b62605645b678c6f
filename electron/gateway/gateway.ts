import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import rateLimit from '@fastify/rate-limit';
import { NodeInfos } from './agents/node-infos.ts';
import { AgentRegistry } from './agents/registry.ts';
import { type GatewayConfig, type GatewayOptions, gatewayConfig } from './config.ts';
import { Engines } from './engines/engines.ts';
import { DiskObjectStore } from './files/disk-object-store.ts';
import { Files } from './files/files.ts';
import { Signer } from './files/signer.ts';
import { openGallery } from './gallery/open.ts';
import { type App, createApp } from './http/app.ts';
import { serveDesk } from './http/desk.ts';
import { documentation } from './http/documentation.ts';
import { allowedHosts } from './http/guard.ts';
import { Identity } from './identity/identity.ts';
import { lockFolder } from './lock.ts';
import type { Rooms } from './rooms.ts';
import { Dispatcher } from './scheduling/dispatcher.ts';
import { settingOr } from './store/repositories/settings.ts';
import { openSqliteStore } from './store/sqlite/sqlite-store.ts';
import type { Store } from './store/store.ts';
import { attachLink } from './surfaces/agent-link/link-socket.ts';
import { nodeInfoRoute } from './surfaces/agent-link/node-infos.ts';
import { uploadRoutes } from './surfaces/agent-link/uploads.ts';
import { fileRoutes } from './surfaces/cyberun/files.ts';
import { nativeRoutes } from './surfaces/cyberun/index.ts';
import { outputFileRoutes } from './surfaces/cyberun/output-files.ts';
import { Attempts } from './tasks/attempts.ts';
import { TaskEvents } from './tasks/events.ts';
import { TaskSignals } from './tasks/signals.ts';
import { Tasks } from './tasks/tasks.ts';
import { TaskTimeouts } from './tasks/timeouts.ts';
import { TaskViews } from './tasks/views.ts';
import { Inspection } from './workflows/inspection.ts';
import { Workflows } from './workflows/workflows.ts';

export interface Gateway {
  readonly rooms: Rooms;
  /** Resolves with the address once requests are answered. */
  start(): Promise<{ url: string }>;
  /** Ends every connection and closes the store; a second call waits for the first. */
  stop(): Promise<void>;
}

const databaseOf = (dataDir: string): string => join(dataDir, 'atelier.db');

/** Opens the rooms on a data folder. Nothing listens before `start`. */
export async function createGateway(options: GatewayOptions): Promise<Gateway> {
  const config = gatewayConfig(options);
  const unlock = lockFolder(config.dataDir);
  let store: Store | undefined;
  try {
    store = openSqliteStore(databaseOf(config.dataDir));
    return new RunningGateway(config, await openRooms(config, store), unlock);
  } catch (error) {
    await store?.close();
    unlock();
    throw error;
  }
}

/** The identity room alone, beside a gateway that may be running on the same folder: for making keys. */
export async function openIdentity(
  dataDir: string,
): Promise<{ identity: Identity; close: () => Promise<void> }> {
  const store = openSqliteStore(databaseOf(dataDir));
  return { identity: await Identity.open(store, Date.now), close: () => store.close() };
}

interface OpenRooms extends Rooms {
  readonly timeouts: TaskTimeouts;
}

async function openRooms(config: GatewayConfig, store: Store): Promise<OpenRooms> {
  const { clock, timings, limits } = config;
  const identity = await Identity.open(store, clock);
  await identity.ensureOwner();
  const gatewayId = await settingOr(store, 'gateway_id', () => `gw-${randomBytes(4).toString('hex')}`);
  const objects = await DiskObjectStore.open(join(config.dataDir, 'objects'));
  const signer = await Signer.open(store, clock);
  const files = new Files({
    store,
    objects,
    signer,
    clock,
    fileBytes: limits.fileBytes,
    signedUrlMs: timings.signedUrlMs,
  });
  const signals = new TaskSignals();
  const workflows = new Workflows(store, clock, (teamId) => events.changed(teamId, 'workflows_changed'));
  const views = new TaskViews({ store, workflows, files, gatewayId, waiting: (id) => scheduler.waiting(id) });
  const events = new TaskEvents(clock, (event) => views.complete(event));
  const attempts = new Attempts({
    store,
    workflows,
    objects,
    events,
    signals,
    clock,
    leaseMs: timings.leaseMs,
  });
  const tasks = new Tasks({ store, files, events, signals, attempts, views, workflows, clock });
  const agents = new AgentRegistry({
    config,
    gatewayId,
    store,
    attempts,
    signals,
    events,
    workflows,
    files,
    signer,
    addressMs: limits.maxTaskSeconds * 1000,
  });
  agents.onChange((session) => events.changed(session.teamId, 'agents_changed'));
  const engines = new Engines(agents, (teamId) => events.changed(teamId, 'engines_changed'));
  identity.teams.onClosing(async (teamId) => {
    await tasks.cancelAll(teamId);
    agents.dismiss(teamId);
    inBackground(config, 'clear up after a team', identity.teams.sweep());
  });
  const scheduler = new Dispatcher({
    tasks,
    agents,
    workflows,
    log: config.log,
    mostAtOnce: () => identity.features.limit('global', 'max_concurrent_tasks'),
  });
  const gallery = openGallery({ config, store, objects, signer, files, signals, events });
  const nodeInfos = new NodeInfos({ store, signer, agents, clock });
  const timeouts = new TaskTimeouts({
    tasks,
    workflows,
    maxSeconds: limits.maxTaskSeconds,
    clock,
    log: config.log,
  });
  return {
    config,
    gatewayId,
    store,
    identity,
    objects,
    signer,
    files,
    workflows,
    events,
    tasks,
    agents,
    engines,
    gallery,
    nodeInfos,
    inspection: new Inspection(agents, nodeInfos),
    scheduler,
    timeouts,
  };
}

function inBackground(config: GatewayConfig, what: string, work: Promise<unknown>): void {
  work.catch((error: unknown) => config.log.error({ err: error }, `could not ${what}`));
}

class RunningGateway implements Gateway {
  readonly rooms: OpenRooms;
  readonly #config: GatewayConfig;
  readonly #unlock: () => void;
  #hosts: ReadonlySet<string> = new Set();
  #app: App | undefined;
  #detachLink: (() => void) | undefined;
  #starting: Promise<{ url: string }> | undefined;
  #stopping: Promise<void> | undefined;

  constructor(config: GatewayConfig, rooms: OpenRooms, unlock: () => void) {
    this.#config = config;
    this.rooms = rooms;
    this.#unlock = unlock;
  }

  start(): Promise<{ url: string }> {
    this.#starting ??= this.#start();
    return this.#starting;
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #start(): Promise<{ url: string }> {
    const { host, port, allowedHosts: extra } = this.#config;
    const app = await buildApp(this.rooms, () => this.#hosts);
    this.#app = app;
    this.#detachLink = attachLink(app.server, this.rooms, () => this.#hosts);
    await app.listen({ host, port }).catch((error: NodeJS.ErrnoException) => {
      throw new Error(listenProblem(error, host, port), { cause: error });
    });
    const address = app.server.address() as AddressInfo;
    this.#hosts = allowedHosts(host, address.port, extra);
    const { agents, scheduler, tasks, timeouts } = this.rooms;
    const open = tasks.open();
    agents.start();
    for (const task of open) if (task.status === 'running') timeouts.watch(task);
    scheduler.start(open);
    inBackground(this.#config, 'finish deleting teams', this.rooms.identity.teams.resume());
    this.rooms.gallery.start();
    const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
    return { url: `http://${name.includes(':') ? `[${name}]` : name}:${address.port}` };
  }

  async #stop(): Promise<void> {
    await this.#starting?.catch(() => undefined);
    const { agents, scheduler, timeouts, gallery, store } = this.rooms;
    scheduler.stop();
    timeouts.stop();
    agents.stop();
    this.#detachLink?.();
    await this.#app?.close();
    await gallery.stop();
    await store.close();
    this.#unlock();
  }
}

/** Every route on one app. */
export async function buildApp(rooms: Rooms, hosts: () => ReadonlySet<string>): Promise<App> {
  const app = createApp(rooms.config, hosts);
  await app.register(rateLimit, { global: false });
  await app.register(async (scope) => nativeRoutes(scope as App, rooms), { prefix: '/api/v1' });
  await app.register(async (scope) => fileRoutes(scope as App, rooms));
  await app.register(async (scope) => outputFileRoutes(scope as App, rooms));
  await app.register(async (scope) => uploadRoutes(scope as App, rooms));
  await app.register(async (scope) => nodeInfoRoute(scope as App, rooms));
  documentation(app, (scope) => nativeRoutes(scope, rooms), rooms.config.version);
  await serveDesk(app, rooms.config.deskFolder);
  return app;
}

function listenProblem(error: NodeJS.ErrnoException, host: string, port: number): string {
  if (error.code === 'EADDRINUSE') {
    return `Port ${port} on ${host} is taken by another program (another Atelier?). Choose one with --port, or 0 for any.`;
  }
  if (error.code === 'EACCES')
    return `Port ${port} needs more rights than Atelier has; choose one above 1023 with --port.`;
  return `Atelier can't listen on ${host}:${port}: ${error.message}`;
}
