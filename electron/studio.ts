import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { type Agent, createAgent } from './agent/agent.ts';
import type { EngineChoice } from './agent/engines/create.ts';
import { servingChoices } from './agent/engines/manage/records.ts';
import { EngineRegistry } from './agent/engines/registry/registry.ts';
import { createGateway, type Gateway } from './gateway/gateway.ts';

/**
 * The composition root: one gateway and, unless it is switched off, the built-in agent with its engine. Hosted by the
 * command line and by the desktop app alike. The agent speaks the same link over loopback as any remote one.
 */
export interface StudioConfig {
  /** Folder for the database, the files, the engines and the logs; made when missing. */
  readonly dataDir: string;
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  readonly version: string;
  /** The built desk; without it the gateway serves the API only. */
  readonly deskFolder?: string;
  /** How the built-in engine is run here; `null` = no built-in agent. */
  readonly starter: EngineChoice | null;
  /** What the built-in agent serves; whatever served last when left out. */
  readonly engines?: readonly EngineChoice[];
  readonly log: Logger;
}

export interface Studio {
  readonly gateway: Gateway;
  /** Resolves with the address once the gateway listens; the agent connects in the background. */
  start(): Promise<{ url: string }>;
  /** Ends the agent, its engine and the gateway, in this order. */
  stop(): Promise<void>;
}

/** Where a running studio tells other processes of this machine its address. */
export const addressFile = (dataDir: string): string => join(dataDir, 'studio.json');

export async function createStudio(config: StudioConfig): Promise<Studio> {
  const { dataDir, starter, engines, log, ...gatewayConfig } = config;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const gateway = await createGateway({ ...gatewayConfig, dataDir, log });
  let agent: Agent | undefined;
  let stopping: Promise<void> | undefined;

  async function start(): Promise<{ url: string }> {
    const { url } = await gateway.start();
    await writeFile(addressFile(dataDir), JSON.stringify({ url, pid: process.pid }), { mode: 0o600 });
    if (starter) {
      const registry = new EngineRegistry(dataDir);
      agent = createAgent({
        gatewayUrl: url,
        // Asked at each connection: with the studio's team its key goes, and the agent moves to the team that follows.
        key: () => builtInAgentKey(gateway, dataDir),
        agentId: hostname(),
        dataDir: join(dataDir, 'agent'),
        version: config.version,
        engines: engines ?? (await servingChoices(registry, starter)),
        manage: { registry, starter },
        log: log.child({ room: 'agent' }),
      });
      await agent.start();
    }
    return { url };
  }

  async function shutDown(): Promise<void> {
    await agent?.stop();
    await rm(addressFile(dataDir), { force: true });
    await gateway.stop();
  }

  return {
    gateway,
    start,
    stop() {
      stopping ??= shutDown();
      return stopping;
    },
  };
}

/** The built-in agent's credential: made at the first start, kept in a file that only its owner can read. */
async function builtInAgentKey(gateway: Gateway, dataDir: string): Promise<string> {
  const { identity, roster } = gateway.rooms;
  const path = join(dataDir, 'agent', 'key');
  const kept = await readFile(path, 'utf8').catch(() => '');
  const known = kept ? identity.verifyKey(kept) : undefined;
  if (known) {
    roster.builtIn(known.id);
    return kept;
  }
  const { teamId } = await identity.ensureOwner();
  const made = await identity.credentials.create({ kind: 'agent', name: 'Built-in agent', teamId });
  roster.builtIn(made.id);
  const key = made.raw;
  await mkdir(join(dataDir, 'agent'), { recursive: true, mode: 0o700 });
  await writeFile(path, key, { mode: 0o600 });
  return key;
}
