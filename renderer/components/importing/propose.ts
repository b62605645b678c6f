import { type Graph, type GraphNode, isLink } from '#shared/comfy/graph.ts';
import type { ParameterDef } from '#shared/wire/workflows.ts';

export const titleOf = (node: GraphNode): string => node._meta?.title || node.class_type;

/** `negative_prompt` → `Negative prompt`. */
export const labelOf = (field: string): string => {
  const words = field.replace(/[_-]+/g, ' ').trim();
  const known: Readonly<Record<string, string>> = {
    cfg: 'Guidance',
    'sampler name': 'Sampler',
    'ckpt name': 'Checkpoint',
  };
  return known[words] ?? (words ? words[0]?.toUpperCase() + words.slice(1) : field);
};

/** For a text node: whether what it says is wanted or unwanted, by the input its output goes to. */
function side(graph: Graph, id: string): 'negative' | 'positive' | null {
  for (const node of Object.values(graph)) {
    for (const [field, value] of Object.entries(node.inputs)) {
      if (isLink(value) && value[0] === id && (field === 'negative' || field === 'positive')) return field;
    }
  }
  return null;
}

type Shape = Partial<ParameterDef> & { readonly wanted?: boolean };

const sized = (value: number, least: number, most: number) => ({
  min: Math.min(least, value),
  max: Math.max(most, value),
});

function numberShape(field: string, value: number): Shape {
  const base = { type: 'number', default: value } as const;
  if (/seed/i.test(field)) return { ...base, min: 0, step: 1, wanted: true };
  if (/^(width|height)$/.test(field)) return { ...base, ...sized(value, 16, 2048), step: 8, wanted: true };
  if (field === 'steps') return { ...base, ...sized(value, 1, 100), step: 1, wanted: true };
  if (field === 'cfg') return { ...base, ...sized(value, 0, 30), step: 0.5, wanted: true };
  if (field === 'denoise') return { ...base, ...sized(value, 0, 1), step: 0.01 };
  if (field === 'batch_size') return { ...base, ...sized(value, 1, 16), step: 1 };
  return base;
}

function textShape(graph: Graph, id: string, node: GraphNode, field: string, value: string): Shape {
  if (/^LoadImage/.test(node.class_type) && field === 'image') {
    return {
      type: 'file',
      accept: ['image/*'],
      required: true,
      wanted: true,
      label: 'Picture',
      key: 'image',
    };
  }
  const text = /text|prompt/i.test(field) || /^PrimitiveString/.test(node.class_type);
  if (!text) return { type: 'string', default: value };
  const prompt = side(graph, id);
  return {
    type: 'string',
    default: value,
    wanted: true,
    multiline: value.length > 60 || value.includes('\n') || /TextEncode|Multiline/.test(node.class_type),
    ...(prompt === 'positive' ? { label: 'Prompt', key: 'prompt', required: true } : {}),
    ...(prompt === 'negative' ? { label: 'Negative prompt', key: 'negative_prompt' } : {}),
    ...(!prompt && field === 'value' ? { label: titleOf(node) } : {}),
  };
}

const keyOf = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '') || 'value';

/** The parameter that a literal input would make, and whether it is one that people usually want to change. */
export function shapeOf(graph: Graph, id: string, field: string, taken: ReadonlySet<string>) {
  const node = graph[id];
  const value = node?.inputs[field];
  if (!node) return null;
  let shape: Shape;
  if (typeof value === 'number') shape = numberShape(field, value);
  else if (typeof value === 'boolean') shape = { type: 'boolean', default: value };
  else if (typeof value === 'string') shape = textShape(graph, id, node, field, value);
  else return null;
  const { wanted = false, ...rest } = shape;
  const wishes = [rest.key ?? field, `${keyOf(titleOf(node))}_${field}`, `${field}_${id}`];
  const key = wishes.find((wish) => !taken.has(wish)) ?? `${field}_${id}_${taken.size}`;
  const definition: ParameterDef = {
    type: 'string',
    label: labelOf(field),
    ...rest,
    key,
    node_id: id,
    field,
  };
  return { wanted, definition };
}

/** The first draft of a form: prompts, seeds, sizes, steps and pictures to load. */
export function proposeParameters(graph: Graph): ParameterDef[] {
  const taken = new Set<string>();
  const proposals: ParameterDef[] = [];
  for (const [id, node] of Object.entries(graph)) {
    for (const field of Object.keys(node.inputs)) {
      const shape = shapeOf(graph, id, field, taken);
      if (!shape?.wanted) continue;
      taken.add(shape.definition.key);
      proposals.push(shape.definition);
    }
  }
  const first = (one: ParameterDef) =>
    one.key === 'prompt' ? 0 : one.key === 'negative_prompt' ? 1 : one.type === 'file' ? 2 : 3;
  return proposals.sort((a, b) => first(a) - first(b));
}
