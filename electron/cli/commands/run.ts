import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { dataFolder } from '../../data-folder.ts';
import { addressFile, createStudio } from '../../studio.ts';
import { ApiClient } from '../client.ts';
import { starterChoice } from '../engine-choice.ts';
import { follow, progressBar, saveOutputs } from '../follow.ts';
import { openLog } from '../log.ts';
import { type Programs, readArgs, UsageError, version } from '../programs.ts';
import { parameterValues, readWorkflowFile } from '../workflow-file.ts';
import { createKey } from './key.ts';

/** `atelier run FILE.json`: imports, runs, shows progress, writes the outputs. */
export async function run(args: string[], programs: Programs): Promise<number> {
  const { values, positionals } = readArgs({
    args,
    allowPositionals: true,
    options: {
      set: { type: 'string', multiple: true, default: [] },
      out: { type: 'string', default: '.' },
      gateway: { type: 'string' },
      key: { type: 'string' },
      data: { type: 'string' },
    },
  });
  const [file] = positionals;
  if (!file || positionals.length > 1)
    throw new UsageError('Say which workflow file to run: atelier run FILE.json.');
  if (Boolean(values.gateway) !== Boolean(values.key)) {
    throw new UsageError(
      '--gateway and --key go together: the address of a gateway and a device key for it.',
    );
  }
  const workflow = await readWorkflowFile(file, values.set);
  const place =
    values.gateway && values.key
      ? { client: new ApiClient(values.gateway, values.key), leave: () => Promise.resolve() }
      : await localGateway(dataFolder(values.data), programs);
  try {
    const id = await place.client.importWorkflow(workflow);
    const detail = await place.client.workflow(id);
    const parameters = await parameterValues(detail.parameters, values.set, (path) =>
      place.client.upload(path),
    );
    const taskId = await place.client.run(id, parameters);
    const ending = await follow(place.client, taskId, progressBar(process.stderr));
    if (!ending.ok) {
      process.stderr.write(`The task failed: ${ending.cause}\n`);
      return 1;
    }
    const kept = ending.outputs.filter((output) => !output.temporary);
    const saved = await saveOutputs(
      place.client,
      kept.length > 0 ? kept : ending.outputs,
      resolve(values.out),
    );
    for (const path of saved) process.stdout.write(`${path}\n`);
    return 0;
  } finally {
    await place.leave();
  }
}

/** The studio that runs on this data folder, or one of our own for the length of the command. */
async function localGateway(dataDir: string, programs: Programs) {
  const running = await runningStudio(dataDir);
  const key = () => createKey(dataDir, { kind: 'device', name: 'atelier run', expiresInDays: 1 });
  if (running) return { client: new ApiClient(running, await key()), leave: () => Promise.resolve() };
  const { log, close } = openLog(dataDir);
  const studio = await createStudio({
    dataDir,
    host: '127.0.0.1',
    port: 0,
    version: version(programs),
    engine: starterChoice(programs),
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
