import type { ParameterDef } from '../../wire/workflows.ts';
import type { Graph, GraphNode } from '../graph.ts';
import { type InputSpec, nodeSpec, type ObjectInfo } from '../object-info.ts';
import { readPlaceholder } from './placeholders.ts';
import { promptSides, type Side } from './prompts.ts';

export const titleOf = (node: GraphNode): string => node._meta?.title || node.class_type;

/** Words that people know better than the names in the graph. */
const known: Readonly<Record<string, string>> = {
  cfg: 'Guidance',
  'sampler name': 'Sampler',
  'ckpt name': 'Checkpoint',
  'unet name': 'Diffusion model',
  'lora name': 'LoRA',
  'vae name': 'VAE',
  denoise: 'Strength',
  'batch size': 'Pictures at once',
  'noise seed': 'Seed',
};

/** `negative_prompt` → `Negative prompt`. */
export const labelOf = (field: string): string => {
  const words = field.replace(/[_-]+/g, ' ').trim();
  return known[words] ?? (words ? words[0]?.toUpperCase() + words.slice(1) : field);
};

/** A draft of a parameter, and whether people usually want to change it. */
export type Shape = Partial<ParameterDef> & { readonly wanted?: boolean };

/** What a proposal looks at. `info` is what the engine says of its node classes, where one is known. */
export interface Subject {
  readonly graph: Graph;
  readonly info: ObjectInfo;
  readonly sides: ReadonlyMap<string, Side>;
}

export const subjectOf = (graph: Graph, info: ObjectInfo = {}): Subject => ({
  graph,
  info,
  sides: promptSides(graph),
});

const sized = (value: number, least: number, most: number) => ({
  min: Math.min(least, value),
  max: Math.max(most, value),
});

/** Bounds to use where no engine says better ones. */
function usualBounds(field: string, value: number): Shape {
  if (/^(width|height)$/.test(field)) return { ...sized(value, 16, 2048), step: 8 };
  if (field === 'steps') return { ...sized(value, 1, 100), step: 1 };
  if (field === 'cfg') return { ...sized(value, 0, 30), step: 0.5 };
  if (field === 'denoise') return { ...sized(value, 0, 1), step: 0.01 };
  if (field === 'batch_size') return { ...sized(value, 1, 16), step: 1 };
  return {};
}

/** The engine's own bounds, without those that mean “none”. */
function engineBounds({ options, type }: InputSpec, value: number): Shape {
  const bound = (name: string, within: (said: number) => boolean) => {
    const said = options[name];
    return typeof said === 'number' && Math.abs(said) < 1e12 && within(said) ? { [name]: said } : {};
  };
  const step =
    typeof options.step === 'number' && options.step > 0 ? options.step : type === 'INT' ? 1 : undefined;
  return {
    ...bound('min', (said) => said <= value),
    ...bound('max', (said) => said >= value),
    ...(step === undefined ? {} : { step }),
  };
}

function numberShape(field: string, value: number, spec: InputSpec | undefined): Shape {
  const base = { type: 'number', default: value } as const;
  if (/seed/i.test(field)) return { ...base, min: Math.min(0, value), step: 1, wanted: true };
  const bounds = spec ? engineBounds(spec, value) : usualBounds(field, value);
  const wanted =
    /^(width|height|steps|cfg|guidance)$/.test(field) ||
    (spec !== undefined && /^(denoise|batch_size)$/.test(field));
  return { ...base, ...bounds, wanted };
}

/** Files that a person brings: by the engine's own flags, else by the names of the classes. */
function fileShape(node: GraphNode, field: string, spec: InputSpec | undefined): Shape | null {
  const flag = (name: string) => spec?.options[name] === true;
  const file = (key: string, label: string, accept: string): Shape => ({
    type: 'file',
    accept: [accept],
    required: true,
    wanted: true,
    label,
    key,
  });
  if (flag('video_upload') || (/^LoadVideo/.test(node.class_type) && /^(file|video)$/.test(field)))
    return file('video', 'Video', 'video/*');
  if (flag('audio_upload') || (/^LoadAudio/.test(node.class_type) && field === 'audio'))
    return file('audio', 'Sound', 'audio/*');
  if (flag('image_upload') || (/^LoadImage/.test(node.class_type) && field === 'image'))
    return file('image', 'Picture', 'image/*');
  return null;
}

const usualChoices = /^(sampler_name|scheduler|ckpt_name|unet_name|lora_name)$/;

function choiceShape(field: string, value: string, spec: InputSpec): Shape | null {
  const choices = spec.choices?.filter((one): one is string => typeof one === 'string') ?? [];
  if (choices.length === 0 || choices.length > 10_000) return null;
  // A choice that this engine lacks stays choosable: another engine may have it.
  const options = choices.includes(value) ? choices : [value, ...choices];
  return { type: 'select', default: value, options, wanted: usualChoices.test(field) };
}

function textShape(subject: Subject, id: string, node: GraphNode, field: string, value: string): Shape {
  const text = /text|prompt/i.test(field) || /^PrimitiveString/.test(node.class_type);
  if (!text || /^(filename_)?prefix$/.test(field)) return { type: 'string', default: value };
  const side = subject.sides.get(id);
  return {
    type: 'string',
    default: value,
    wanted: true,
    multiline: value.length > 60 || value.includes('\n') || /TextEncode|Multiline/.test(node.class_type),
    ...(side === 'positive' ? { label: 'Prompt', key: 'prompt', required: true } : {}),
    ...(side === 'negative' ? { label: 'Negative prompt', key: 'negative_prompt' } : {}),
    ...(!side && field === 'value' ? { label: titleOf(node) } : {}),
  };
}

const keyOf = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '') || 'value';

function rawShape(
  subject: Subject,
  id: string,
  node: GraphNode,
  field: string,
  value: unknown,
): Shape | null {
  const spec = nodeSpec(subject.info, node.class_type)?.inputs.find(({ name }) => name === field);
  if (typeof value === 'number') return numberShape(field, value, spec);
  if (typeof value === 'boolean') return { type: 'boolean', default: value };
  if (typeof value !== 'string') return null;
  return (
    readPlaceholder(value, spec)?.shape ??
    fileShape(node, field, spec) ??
    (spec ? choiceShape(field, value, spec) : null) ??
    textShape(subject, id, node, field, value)
  );
}

/** The parameter that a literal input would make, and whether it is one that people usually want to change. */
export function shapeOf(subject: Subject, id: string, field: string, taken: ReadonlySet<string>) {
  const node = Object.hasOwn(subject.graph, id) ? subject.graph[id] : undefined;
  const shape = node && rawShape(subject, id, node, field, node.inputs[field]);
  if (!shape || field.length > 255 || id.length > 255) return null;
  const { wanted = false, ...rest } = shape;
  const plain = (text: string) =>
    /^[^\s.][^\s]*$/.test(text) && text.length <= 80 ? text : keyOf(text).slice(0, 80);
  const wishes = [rest.key ?? field, `${keyOf(titleOf(node))}_${field}`, `${field}_${id}`].map(plain);
  const key = wishes.find((wish) => !taken.has(wish)) ?? `${plain(field)}_${taken.size}`;
  const label = (rest.label ?? labelOf(field)).slice(0, 255);
  const definition: ParameterDef = { type: 'string', ...rest, label, key, node_id: id, field };
  return { wanted, definition };
}
