import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import type { z } from 'zod';
import { type Graph, readGraph } from '#shared/comfy/graph.ts';
import { importWorkflowRequest, type ParameterDef } from '#shared/wire/workflows.ts';
import { UsageError } from './programs.ts';

type ImportBody = z.input<typeof importWorkflowRequest>;

/**
 * Reads a workflow file: an import body of the native API, or a bare graph in ComfyUI's API format. For a bare graph
 * each `--set NODE.FIELD=value` becomes a parameter, so any literal input can be set without preparing the file.
 */
export async function readWorkflowFile(path: string, sets: readonly string[]): Promise<ImportBody> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new Error(`There is no readable file at ${path}.`);
  });
  const value = parse(text, path);
  if (typeof value === 'object' && value !== null && 'workflow_json' in value) {
    const body = importWorkflowRequest.safeParse(value);
    if (body.success) return value as ImportBody;
    const issue = body.error.issues[0];
    throw new Error(`${path}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not a workflow'}`);
  }
  const read = readGraph(value);
  if ('problem' in read) throw new Error(`${path}: ${read.problem}`);
  const name = basename(path, extname(path));
  return {
    workflow_slug: slugOf(name),
    display_name: name,
    workflow_json: read.graph,
    parameters: sets.map((set) => directParameter(read.graph, assignment(set)[0])),
  };
}

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${path} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function directParameter(graph: Graph, key: string) {
  const dot = key.lastIndexOf('.');
  const [node_id, field] = [key.slice(0, dot), key.slice(dot + 1)];
  const node = graph[node_id];
  if (dot < 1 || !node) {
    throw new UsageError(
      `--set ${key}=…: this file has no parameters, so name a node and its input, such as 6.text. Its nodes: ${Object.keys(graph).join(', ')}.`,
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
