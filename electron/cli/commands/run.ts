import { resolve } from 'node:path';
import { follow, progressBar, saveOutputs } from '../follow.ts';
import { inspectFound } from '../inspect-workflow.ts';
import { checkGateway, gatewayOf } from '../place.ts';
import { type Programs, readArgs, UsageError } from '../programs.ts';
import { findWorkflow, parameterValues, runnable } from '../workflow-file.ts';

/**
 * `atelier run FILE`: imports a workflow out of a file of any kind that `atelier import` reads, runs it, shows progress,
 * writes the outputs.
 */
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
    throw new UsageError('Say which workflow file to run: atelier run FILE.');
  checkGateway(values);
  const found = await findWorkflow(file);
  const place = await gatewayOf(values, programs);
  try {
    const workflow = await runnable(file, found, values.set, (drawn) => inspectFound(place.client, drawn));
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
