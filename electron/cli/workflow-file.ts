import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import type { z } from 'zod';
import { type Graph, readGraph } from '#shared/comfy/graph.ts';
import { inspectWorkflow } from '#shared/comfy/inspect.ts';
import { type FoundWorkflow, readWorkflowFile } from '#shared/comfy/readers/read.ts';
import type { InspectWorkflowReply } from '#shared/wire/inspect.ts';
import { importWorkflowRequest, type ParameterDef } from '#shared/wire/workflows.ts';
import { UsageError } from './programs.ts';

type ImportBody = z.input<typeof importWorkflowRequest>;

/** A file of any kind that carries a workflow, read. */
export async function findWorkflow(path: string): Promise<FoundWorkflow> {
  const bytes = await readFile(path).catch(() => {
    throw new Error(`There is no readable file at ${path}.`);
  });
  return readWorkflowFile(bytes).catch((error: Error) => {
    throw new Error(`${path}: ${error.message}`);
  });
}

/**
 * What to import of a found workflow in order to run it: an import body as it is, a graph in ComfyUI's API format, or a
 * drawing, which `inspect` converts as the engine wants it. Each `--set` becomes a parameter: by the key that a form
 * would have for it (`prompt`), or by NODE.FIELD for any literal input.
 */
export async function runnable(
  path: string,
  found: FoundWorkflow,
  sets: readonly string[],
  inspect: (found: FoundWorkflow) => Promise<InspectWorkflowReply>,
): Promise<ImportBody> {
  if (found.body) {
    const body = importWorkflowRequest.safeParse(found.body);
    if (body.success) return found.body as ImportBody;
    const issue = body.error.issues[0];
    throw new Error(`${path}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not a workflow'}`);
  }
  // What lies beside a drawing is what was run: exact, and nobody has to be asked.
  const seen = found.api ? asGraph(path, found) : await inspect(found);
  const graph = seen.workflow_json as Graph;
  const name = basename(path, extname(path));
  const keys = new Set(sets.map((set) => assignment(set)[0]));
  const proposed = seen.parameters.filter(({ key }) => keys.has(key));
  const direct = [...keys].filter((key) => !proposed.some((def) => def.key === key));
  return {
    workflow_slug: slugOf(name),
    display_name: name,
    workflow_json: graph,
    parameters: [...proposed, ...direct.map((key) => directParameter(graph, key, seen.parameters))],
  };
}

function asGraph(path: string, found: FoundWorkflow) {
  const read = readGraph(found.api);
  if ('problem' in read) throw new Error(`${path}: ${read.problem}`);
  const { graph, parameters } = inspectWorkflow({ ...found, ui: undefined, api: read.graph }, {});
  return { workflow_json: graph, parameters: [...parameters] };
}

function directParameter(graph: Graph, key: string, form: readonly ParameterDef[]) {
  const dot = key.lastIndexOf('.');
  const [node_id, field] = [key.slice(0, dot), key.slice(dot + 1)];
  const node = graph[node_id];
  if (dot < 1 || !node) {
    throw new UsageError(
      `--set ${key}=…: say a value of the form (${form.map((def) => def.key).join(', ') || 'none here'}), or a node and its input, such as 6.text. Its nodes: ${Object.keys(graph).join(', ')}.`,
    );
  }
  const current = node.inputs[field];
  const isFile = /^Load(Image|ImageMask|Audio|Video)$/.test(node.class_type) && typeof current === 'string';
  return {
    key,
    label: key,
    node_id,
    field,
    ...(isFile && field !== 'channel' ? { type: 'file' as const } : {}),
  };
}

/** A slug made from a file name; always valid. */
export function slugOf(name: string): string {
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 100)
    .replace(/-+$/, '');
  return slug.length >= 2 ? slug : `workflow-${slug || 'x'}`;
}

function assignment(set: string): [key: string, value: string] {
  const equals = set.indexOf('=');
  if (equals < 1) throw new UsageError(`--set takes key=value, not "${set}".`);
  return [set.slice(0, equals), set.slice(equals + 1)];
}

/** Turns the texts of `--set` into values of the parameters' types; the paths of files into uploaded files. */
export async function parameterValues(
  defs: readonly ParameterDef[],
  sets: readonly string[],
  upload: (path: string) => Promise<string>,
): Promise<Record<string, unknown>> {
  const values: Record<string, unknown> = {};
  for (const set of sets) {
    const [key, text] = assignment(set);
    const type = defs.find((def) => def.key === key)?.type;
    if (type === 'number') {
      if (text.trim() === '' || Number.isNaN(Number(text)))
        throw new UsageError(`--set ${key} takes a number, not "${text}".`);
      values[key] = Number(text);
    } else if (type === 'boolean') {
      if (text !== 'true' && text !== 'false')
        throw new UsageError(`--set ${key} takes true or false, not "${text}".`);
      values[key] = text === 'true';
    } else if (type === 'file') values[key] = await upload(text);
    else values[key] = text;
  }
  return values;
}
