import type { ParameterDef, ParameterDefInput } from '../wire/workflows.ts';
import type { Graph } from './graph.ts';

/** A rule of the run page (Cyberun spec 3.9) that a value breaks; `message` names the key and the rule. */
export interface ParameterProblem {
  readonly key: string;
  readonly rule: 'unknown' | 'required' | 'type' | 'range' | 'options' | 'source';
  readonly message: string;
}

/** An entry by a name that others chose: `constructor` is no node, and no value that was given. */
const own = <Value>(from: Readonly<Record<string, Value>>, name: string | undefined): Value | undefined =>
  name !== undefined && Object.hasOwn(from, name) ? from[name] : undefined;

/** The type a parameter has when its definition does not say: what its target or its default holds now. */
function inferType(input: ParameterDefInput, current: unknown): ParameterDef['type'] {
  if (input.options?.length) return 'select';
  if (input.accept?.length) return 'file';
  for (const sample of [current, input.default]) {
    if (typeof sample === 'number') return 'number';
    if (typeof sample === 'boolean') return 'boolean';
    if (typeof sample === 'string') return 'string';
  }
  return input.min !== undefined || input.max !== undefined ? 'number' : 'string';
}

/**
 * Completes and checks parameter definitions against the graph they drive (`null` for tools whose definition is not a
 * graph: targets are then paths, known to the tool alone). Returns the definitions, or the first
 * problem in words: a key twice, a target that is not in the graph, an option list that is empty, bounds upside down.
 */
export function defineParameters(
  inputs: readonly ParameterDefInput[],
  graph: Graph | null,
): { parameters: ParameterDef[] } | { problem: string } {
  const seen = new Set<string>();
  const parameters: ParameterDef[] = [];
  for (const input of inputs) {
    if (seen.has(input.key))
      return { problem: `Parameter "${input.key}" is defined twice; keys must differ.` };
    seen.add(input.key);
    const problem = (graph && targetProblem(input, graph)) ?? boundsProblem(input);
    if (problem) return { problem };
    const inputs = own(graph ?? {}, input.node_id)?.inputs;
    const current = inputs && own(inputs, input.field);
    parameters.push({ ...input, type: input.type ?? inferType(input, current) });
  }
  const circular = circularSource(parameters);
  return circular === undefined ? { parameters } : { problem: circular };
}

/** A chain of sources that comes back to where it began has no value anywhere. */
function circularSource(parameters: readonly ParameterDef[]): string | undefined {
  const sources = new Map(parameters.map(({ key, source_key }) => [key, source_key]));
  for (const { key } of parameters) {
    const chain = [key];
    for (let at = sources.get(key); at !== undefined && chain.length <= sources.size; at = sources.get(at)) {
      if (at === key) {
        return chain.length === 1
          ? `Parameter "${key}" is its own source.`
          : `Parameters ${chain.map((one) => `"${one}"`).join(', ')} take their values from each other; remove one source_key.`;
      }
      chain.push(at);
    }
  }
  return undefined;
}

function targetProblem(input: ParameterDefInput, graph: Graph): string | undefined {
  if (input.node_id === undefined && input.field === undefined) {
    return input.target_path || input.source_key
      ? undefined
      : `Parameter "${input.key}" has no target: give it node_id and field.`;
  }
  const node = own(graph, input.node_id);
  if (!node)
    return `Parameter "${input.key}" points to node "${input.node_id ?? ''}", which the workflow does not have.`;
  if (!input.field) return `Parameter "${input.key}" names node "${input.node_id}" but no field of it.`;
  return undefined;
}

function boundsProblem(input: ParameterDefInput): string | undefined {
  if (input.type === 'select' && !input.options?.length)
    return `Parameter "${input.key}" is a select without options.`;
  if (input.min !== undefined && input.max !== undefined && input.min > input.max) {
    return `Parameter "${input.key}" has min ${input.min} above max ${input.max}.`;
  }
  return undefined;
}

function checkOne(def: ParameterDef, value: unknown): ParameterProblem | undefined {
  const problem = (rule: ParameterProblem['rule'], message: string) => ({
    key: def.key,
    rule,
    message: `Parameter "${def.key}" ${message}`,
  });
  switch (def.type) {
    case 'number':
      if (typeof value !== 'number' || !Number.isFinite(value)) return problem('type', 'must be a number.');
      if (def.min !== undefined && value < def.min)
        return problem('range', `must be at least ${def.min} (min); it is ${value}.`);
      if (def.max !== undefined && value > def.max)
        return problem('range', `must be at most ${def.max} (max); it is ${value}.`);
      return undefined;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : problem('type', 'must be true or false.');
    case 'select':
      if (typeof value !== 'string') return problem('type', 'must be text: one of its options.');
      if (!def.options?.includes(value))
        return problem('options', `must be one of its options: ${def.options?.join(', ')}.`);
      return undefined;
    case 'file':
      return typeof value === 'string' && value.length > 0
        ? undefined
        : problem('type', 'must be the file_key of an uploaded file.');
    case 'string':
      return typeof value === 'string' ? undefined : problem('type', 'must be text.');
  }
}

/** What a run says of a parameter: its own value, else what its source has, given or by default. */
function givenValue(
  def: ParameterDef,
  byKey: ReadonlyMap<string, ParameterDef>,
  values: Readonly<Record<string, unknown>>,
  seen: ReadonlySet<string> = new Set(),
): unknown {
  const value = own(values, def.key) ?? undefined;
  const source = def.source_key === undefined ? undefined : byKey.get(def.source_key);
  if (value !== undefined || !source || seen.has(def.key)) return value;
  const taken = givenValue(source, byKey, values, new Set([...seen, def.key]));
  return taken ?? (source.type === 'file' ? undefined : source.default);
}

/**
 * Checks run values against the definitions and completes them with defaults. A key whose definition has a
 * `source_key` and no value takes that parameter's value, so that one value feeds several targets. Files are only checked for shape here: whether a `file_key`
 * exists, belongs to the team and fits `accept` is known to the gateway.
 */
export function resolveParameters(
  defs: readonly ParameterDef[],
  values: Readonly<Record<string, unknown>>,
): { values: Record<string, unknown> } | { problem: ParameterProblem } {
  const byKey = new Map(defs.map((def) => [def.key, def]));
  for (const key of Object.keys(values)) {
    if (!byKey.has(key)) {
      const known = defs.map((def) => def.key).join(', ') || 'none';
      return {
        problem: {
          key,
          rule: 'unknown',
          message: `Unknown parameter "${key}". This workflow has: ${known}.`,
        },
      };
    }
  }
  const resolved: Record<string, unknown> = {};
  for (const def of defs) {
    const given = givenValue(def, byKey, values);
    if (given === undefined || given === null) {
      // A default does not help here: it stands in for optional parameters only (run page, step 1).
      if (def.required) {
        return {
          problem: { key: def.key, rule: 'required', message: `Parameter "${def.key}" is required.` },
        };
      }
      if (def.default !== undefined && def.type !== 'file') resolved[def.key] = def.default;
      continue;
    }
    const problem = checkOne(def, given);
    if (problem) return { problem };
    resolved[def.key] = given;
  }
  return { values: resolved };
}

/** A file parameter's target in the graph and the `file_key` that goes there. */
export interface FileTarget {
  readonly key: string;
  readonly node_id: string;
  readonly field: string;
  readonly file_key: string;
}

/**
 * The graph with every value in place, as a copy. Files are returned apart: only the agent knows under which name its
 * engine stores them. Values of parameters without a target in the graph are left out.
 */
export function fillGraph(
  graph: Graph,
  defs: readonly ParameterDef[],
  values: Readonly<Record<string, unknown>>,
): { graph: Graph; files: FileTarget[] } {
  const filled: Graph = { ...graph };
  const files: FileTarget[] = [];
  for (const def of defs) {
    const value = own(values, def.key);
    const node = own(filled, def.node_id);
    if (value === undefined || !node || def.node_id === undefined || def.field === undefined) continue;
    if (def.type === 'file') {
      files.push({ key: def.key, node_id: def.node_id, field: def.field, file_key: String(value) });
    } else {
      filled[def.node_id] = { ...node, inputs: { ...node.inputs, [def.field]: value } };
    }
  }
  return { graph: filled, files };
}
