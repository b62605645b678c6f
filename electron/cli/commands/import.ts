import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readWorkflowFile } from '#shared/comfy/readers/read.ts';
import type { InspectWorkflowReply } from '#shared/wire/inspect.ts';
import type { ApiClient } from '../client.ts';
import { checkGateway, gatewayOf } from '../place.ts';
import { type Programs, readArgs, UsageError } from '../programs.ts';
import { slugOf } from '../workflow-file.ts';

/** An engine that is just starting has not told its node classes yet. */
const patienceMs = 10_000;

/**
 * `atelier import FILE`: a workflow out of a file of any kind (JSON of both formats, pictures, videos, sounds), with a
 * form made by itself and a verdict for each agent. `--check` only tells.
 */
export async function importFile(args: string[], programs: Programs): Promise<number> {
  const { values, positionals } = readArgs({
    args,
    allowPositionals: true,
    options: {
      name: { type: 'string' },
      slug: { type: 'string' },
      check: { type: 'boolean', default: false },
      gateway: { type: 'string' },
      key: { type: 'string' },
      data: { type: 'string' },
    },
  });
  const [file] = positionals;
  if (!file || positionals.length > 1) throw new UsageError('Say which file to import: atelier import FILE.');
  checkGateway(values);
  const bytes = await readFile(file).catch(() => {
    throw new Error(`There is no readable file at ${file}.`);
  });
  const found = await readWorkflowFile(bytes).catch((error: Error) => {
    throw new Error(`${file}: ${error.message}`);
  });
  const place = await gatewayOf(values, programs);
  try {
    const seen = await inspect(place.client, {
      ...(found.ui ? { workflow: found.ui } : {}),
      ...(found.api ? { prompt: found.api } : {}),
      ...found.body,
    });
    process.stdout.write(`${report(seen).join('\n')}\n`);
    if (values.check) return seen.problems.some(({ level }) => level === 'error') ? 1 : 0;
    const name = values.name ?? basename(file, extname(file));
    const slug = values.slug ?? slugOf(name);
    const id = await place.client.importWorkflow({
      workflow_slug: slug,
      display_name: name,
      workflow_json: seen.workflow_json,
      parameters: seen.parameters,
      ...(found.ui && seen.format === 'ui' ? { editor_json: found.ui } : {}),
      required_models: seen.models_known ? seen.required_models.map(({ path }) => path) : [],
      ...found.body,
    });
    process.stdout.write(`Imported as "${slug}" (${id}).\n`);
    return 0;
  } finally {
    await place.leave();
  }
}

async function inspect(client: ApiClient, workflow: Readonly<Record<string, unknown>>) {
  const end = Date.now() + patienceMs;
  for (;;) {
    const seen = await client.inspect(workflow);
    if (seen.node_info !== 'none' || Date.now() > end) return seen;
    await pause(250);
  }
}

/** What was found, a line each. */
function report(seen: InspectWorkflowReply): string[] {
  const nodes = Object.keys(seen.workflow_json).length;
  const lines = [
    `${nodes} nodes, ${seen.parameters.length} parameters: ${seen.parameters.map(({ key }) => key).join(', ')}`,
  ];
  if (seen.node_info === 'none')
    lines.push('No engine has told its node classes yet; values may be incomplete.');
  for (const { level, message } of seen.problems) lines.push(`${level}: ${message}`);
  for (const { path, url } of seen.required_models) lines.push(`needs ${path}${url ? ` (${url})` : ''}`);
  for (const { agent_id, runs, missing_nodes, missing_models } of seen.verdicts) {
    const missing = [...missing_nodes, ...missing_models].join(', ');
    const words = {
      yes: 'will run it',
      no: `can't run it: ${missing} missing`,
      unknown: 'may run it; it does not tell all it has',
    };
    lines.push(`agent ${agent_id} ${words[runs]}`);
  }
  return lines;
}
