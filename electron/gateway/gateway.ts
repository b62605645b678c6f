import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import rateLimit from '@fastify/rate-limit';
import { inBackground, type OpenRooms, openRooms } from './compose.ts';
import { type GatewayConfig, type GatewayOptions, gatewayConfig } from './config.ts';
import { type App, createApp } from './http/app.ts';
import { serveDesk } from './http/desk.ts';
import { documentation } from './http/documentation.ts';
import { allowedHosts } from './http/guard.ts';
import { Identity } from './identity/identity.ts';
import { lockFolder } from './lock.ts';
import type { Rooms } from './rooms.ts';
import { openSqliteStore } from './store/sqlite/sqlite-store.ts';
import type { Store } from './store/store.ts';
import { attachLink } from './surfaces/agent-link/link-socket.ts';
import { modelFileRoutes } from './surfaces/agent-link/models.ts';
import { nodeInfoRoute } from './surfaces/agent-link/node-infos.ts';
import { uploadRoutes } from './surfaces/agent-link/uploads.ts';
import { fileRoutes } from './surfaces/cyberun/files.ts';
import { nativeRoutes } from './surfaces/cyberun/index.ts';
import { outputFileRoutes } from './surfaces/cyberun/output-files.ts';
import { partRoute } from './surfaces/cyberun/multipart.ts';

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
    const { agents, cloud, janitor, models, scheduler, tasks, timeouts } = this.rooms;
    const open = tasks.open();
    agents.start();
    models.fetches.start();
    for (const task of open) if (task.status === 'running') timeouts.watch(task);
    scheduler.start(open);
    await cloud.runs.start(open);
    cloud.fallback.start();
    janitor.start();
    this.rooms.webhooks.start();
    inBackground(this.#config, 'finish deleting teams', this.rooms.identity.teams.resume());
    this.rooms.gallery.start();
    const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
    return { url: `http://${name.includes(':') ? `[${name}]` : name}:${address.port}` };
  }

  async #stop(): Promise<void> {
    await this.#starting?.catch(() => undefined);
    const { agents, cloud, gallery, janitor, models, scheduler, tasks, timeouts, store, webhooks } = this.rooms;
    scheduler.stop();
    cloud.stop();
    timeouts.stop();
    await models.fetches.stop();
    agents.stop();
    this.#detachLink?.();
    await this.#app?.close();
    await janitor.stop();
    await gallery.stop();
    tasks.logs.stop();
    await webhooks.stop();
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
  await app.register(async (scope) => partRoute(scope as App, rooms));
  await app.register(async (scope) => modelFileRoutes(scope as App, rooms));
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
