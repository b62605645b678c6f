import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dataFolder } from '../data-folder.ts';
import { addressFile, createStudio } from '../studio.ts';
import { ApiClient } from './client.ts';
import { createKey } from './commands/key.ts';
import { starterChoice } from './engine-choice.ts';
import { openLog } from './log.ts';
import { type Programs, UsageError, version } from './programs.ts';

/** A gateway that a command works with; `leave` when it is done. */
export interface Place {
  readonly client: ApiClient;
  leave(): Promise<void>;
}

interface GatewayValues {
  readonly gateway?: string | undefined;
  readonly key?: string | undefined;
  readonly data?: string | undefined;
}

export function checkGateway({ gateway, key }: GatewayValues): void {
  if (Boolean(gateway) === Boolean(key)) return;
  throw new UsageError('--gateway and --key go together: the address of a gateway and a device key for it.');
}

/** The gateway that the options name, else the one on this machine's data folder. */
export async function gatewayOf({ gateway, key, data }: GatewayValues, programs: Programs): Promise<Place> {
  if (gateway && key) return { client: new ApiClient(gateway, key), leave: () => Promise.resolve() };
  return localGateway(dataFolder(data), programs);
}

/** The studio that runs on this data folder, or one of our own for the length of the command. */
async function localGateway(dataDir: string, programs: Programs): Promise<Place> {
  const running = await runningStudio(dataDir);
  const key = () => createKey(dataDir, { kind: 'device', name: 'atelier run', expiresInDays: 1 });
  if (running) return { client: new ApiClient(running, await key()), leave: () => Promise.resolve() };
  const { log, close } = openLog(dataDir);
  const studio = await createStudio({
    dataDir,
    host: '127.0.0.1',
    port: 0,
    version: version(programs),
    starter: starterChoice(programs),
    log,
  });
  const leave = async () => {
    await studio.stop();
    await close();
  };
  try {
    const { url } = await studio.start();
    return { client: new ApiClient(url, await key()), leave };
  } catch (error) {
    await leave();
    throw error;
  }
}

async function runningStudio(dataDir: string): Promise<string | undefined> {
  const text = await readFile(addressFile(dataDir), 'utf8').catch(() => undefined);
  if (!text) return undefined;
  const { url } = JSON.parse(text) as { url: string };
  const alive = await fetch(join(url, '/api/v1/openapi.json').replace(':/', '://'), { method: 'HEAD' }).then(
    () => true,
    () => false,
  );
  return alive ? url : undefined;
}
