import type { Logger } from 'pino';
import type { EngineReport } from '#shared/wire/engines.ts';
import type { HttpClient } from '../../http.ts';
import type { EngineChoice } from '../create.ts';
import type { Engine } from '../engine.ts';
import type { Fleet } from '../fleet.ts';
import { type EngineRecord, isLaunchable, type LaunchableRecord } from '../registry/record.ts';
import type { EngineRegistry } from '../registry/registry.ts';
import type { Jobs } from './jobs.ts';
import { findRecord } from './records.ts';
import { Refusal } from './refusal.ts';

/** What makes the engines of a machine manageable. */
export interface ManageOptions {
  readonly registry: EngineRegistry;
  /** How the built-in engine is run here. */
  readonly starter: EngineChoice;
}

export interface ManagerPorts extends ManageOptions {
  readonly agentDir: string;
  readonly fleet: Fleet;
  engine(choice: EngineChoice): Engine;
  /** Gives an engine's attempts back to the gateway. */
  leave(engine: string, reason: string): Promise<void>;
  /** Tells the gateway, as far as it listens. */
  tell(report: EngineReport): void;
  readonly http: HttpClient;
  readonly log: Logger;
}

/** What commands work with. */
export interface CommandPorts extends ManagerPorts {
  readonly jobs: Jobs;
  readonly starterLog: string;
  changed(): void;
}

export async function recordOf({ registry }: CommandPorts, id: string): Promise<EngineRecord> {
  const record = await findRecord(registry, id);
  if (record) return record;
  throw new Refusal('not_found', `There is no engine named "${id}" on this machine.`);
}

/** Only what Atelier launches has options, packs, snapshots and versions. */
export async function launchableOf(ports: CommandPorts, id: string): Promise<LaunchableRecord> {
  const record = await recordOf(ports, id);
  if (isLaunchable(record)) return record;
  throw new Refusal(
    'conflict',
    record.kind === 'attach'
      ? `"${id}" is run by somebody else at ${record.url}; Atelier only talks to it.`
      : 'The starter engine has nothing to set: it comes with Atelier.',
  );
}
