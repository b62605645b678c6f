import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { readWorkflowFile } from '#shared/comfy/readers/read.ts';
import type { InspectWorkflowReply } from '#shared/wire/inspect.ts';
import { inspectFound } from '../inspect-workflow.ts';
import { checkGateway, gatewayOf } from '../place.ts';
import { type Programs, readArgs, UsageError } from '../programs.ts';
import { slugOf } from '../workflow-file.ts';

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
    const seen = await inspectFound(place.client, found);
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

/** What was found, a line each. */
function report(seen: InspectWorkflowReply): string[] {
  const nodes = Object.keys(seen.workflow_json).length;
  const lines = [
    `${nodes} nodes, ${seen.parameters.length} parameters: ${seen.parameters.map(({ key }) => key).join(', ')}`,
  ];
  if (seen.node_info === 'none')
    lines.push('No engine has told its node classes yet; values may be incomplete.');
  if (seen.required_inputs.length > 0)
    lines.push(`a run must bring ${seen.required_inputs.join(', ')} (files)`);
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
