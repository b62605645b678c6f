import type { InputSpec, InputSpecs, NodeContext, NodeDefinition } from './node.ts';

/** The inputs of a node as they are now: where the choices come from the disk, the folders decide. */
export function inputSpecs(node: NodeDefinition, folders: NodeContext['folders']): InputSpecs {
  return typeof node.inputs === 'function' ? node.inputs(folders) : node.inputs;
}

/** Node 24 has it; TypeScript's library does not know it yet. */
interface RawJson {
  rawJSON(text: string): unknown;
}

/** Bounds beyond 2^53 (Python's `sys.maxsize`) that a JavaScript number can't print digit by digit. */
function exactBound(value: unknown): unknown {
  if (typeof value !== 'number' || Math.abs(value) !== 2 ** 63) return value;
  return (JSON as unknown as RawJson).rawJSON(`${value < 0 ? '-' : ''}${2n ** 63n - 1n}`);
}

/** An input's declaration as it goes over the wire. */
export function wireSpec([type, options]: InputSpec): unknown[] {
  if (!options) return [type];
  return [type, Object.fromEntries(Object.entries(options).map(([key, value]) => [key, exactBound(value)]))];
}

/** One record of `/object_info`, field by field and in the order that ComfyUI 0.3.64 writes it. */
export function objectInfo(node: NodeDefinition, folders: NodeContext['folders']): Record<string, unknown> {
  const specs = inputSpecs(node, folders);
  const groups = Object.entries(specs).filter(([, group]) => group !== undefined);
  const input = groups.map(([name, group]) => [
    name,
    Object.fromEntries(
      Object.entries(group).map(([key, spec]) => [
        key,
        typeof spec === 'string' ? spec : wireSpec(spec as InputSpec),
      ]),
    ),
  ]);
  const tooltips = node.outputs.map((output) => output.tooltip ?? null);
  return {
    input: Object.fromEntries(input),
    input_order: Object.fromEntries(groups.map(([name, group]) => [name, Object.keys(group)])),
    output: node.outputs.map((output) => output.type),
    output_is_list: node.outputs.map(() => false),
    output_name: node.outputs.map((output) => output.name),
    ...(node.newSchema ? { output_tooltips: tooltips } : {}),
    name: node.type,
    display_name: node.displayName,
    description: node.description ?? '',
    python_module: node.pythonModule ?? 'nodes',
    category: node.category,
    output_node: node.isOutput ?? false,
    ...(node.newSchema ? { deprecated: false, experimental: false, api_node: false } : {}),
  };
}
