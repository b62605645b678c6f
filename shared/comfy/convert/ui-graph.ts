import { idOf, isObject, type Json, listOf, objectOf, put, textOf } from '../json.ts';
import { type Problems, WorkflowFileError } from './problems.ts';

/** Modes of a node (comfyui-protocol.md section 13). */
export const muted = 2;
export const bypassed = 4;

export interface UiInput {
  readonly name: string;
  readonly type: string;
  readonly link: string | null;
  /** The widget whose socket this is. */
  readonly widget: string | undefined;
}

export interface UiNode {
  readonly id: string;
  readonly type: string;
  readonly mode: number;
  readonly title: string | undefined;
  readonly inputs: readonly UiInput[];
  readonly outputs: readonly string[];
  readonly values: unknown;
  readonly named: Json | undefined;
  readonly properties: Json;
  readonly order: number;
}

export interface UiLink {
  readonly id: string;
  readonly origin: string;
  readonly originSlot: number;
  readonly target: string;
  readonly targetSlot: number;
}

/** A slot on the boundary of a subgraph. */
export interface UiBoundary {
  readonly name: string;
  readonly type: string;
  readonly links: readonly string[];
}

/** One level of a workflow: the root, or the inside of a subgraph. */
export interface UiGraph {
  readonly nodes: ReadonlyMap<string, UiNode>;
  readonly links: ReadonlyMap<string, UiLink>;
  readonly inputs: readonly UiBoundary[];
  readonly outputs: readonly UiBoundary[];
}

/** A workflow of ComfyUI's editor, versions 0.4 and 1.0 alike. */
export interface UiWorkflow {
  readonly root: UiGraph;
  readonly subgraphs: ReadonlyMap<string, UiGraph>;
  readonly extra: Json;
}

/** Ids of the two ends of a subgraph's boundary. */
export const boundary = { inputs: '-10', outputs: '-20' } as const;

const most = { nodes: 20_000, links: 200_000, subgraphs: 2_000 };

const slotType = (value: unknown): string => (typeof value === 'string' ? value : '*');

function readInput(value: unknown): UiInput {
  const input = objectOf(value);
  return {
    name: textOf(input.name) ?? '',
    type: slotType(input.type),
    link: idOf(input.link) ?? null,
    widget: textOf(objectOf(input.widget).name),
  };
}

/** Names of old that files still carry; the frontend mends the same ones while it loads. */
const renamed: Readonly<Record<string, string>> = {
  'ConditioningAverage ': 'ConditioningAverage',
  SDV_img2vid_Conditioning: 'SVD_img2vid_Conditioning',
  T2IAdapterLoader: 'ControlNetLoader',
};

function readNode(value: unknown): UiNode | undefined {
  if (!isObject(value)) return undefined;
  const id = idOf(value.id);
  const type = textOf(value.type);
  if (id === undefined || type === undefined) return undefined;
  return {
    id,
    type: Object.hasOwn(renamed, type) ? (renamed[type] ?? type) : type,
    mode: typeof value.mode === 'number' ? value.mode : 0,
    title: textOf(value.title),
    inputs: listOf(value.inputs).map(readInput),
    outputs: listOf(value.outputs).map((output) => slotType(objectOf(output).type)),
    values: value.widgets_values,
    named: isObject(value.widgets_values_named) ? value.widgets_values_named : undefined,
    properties: objectOf(value.properties),
    order: typeof value.order === 'number' ? value.order : 0,
  };
}

function readLink(value: unknown): UiLink | undefined {
  const [id, origin, originSlot, target, targetSlot] = Array.isArray(value)
    ? value
    : isObject(value)
      ? [value.id, value.origin_id, value.origin_slot, value.target_id, value.target_slot]
      : [];
  const ids = { id: idOf(id), origin: idOf(origin), target: idOf(target) };
  if (ids.id === undefined || ids.origin === undefined || ids.target === undefined) return undefined;
  return {
    id: ids.id,
    origin: ids.origin,
    originSlot: Number(originSlot) || 0,
    target: ids.target,
    targetSlot: Number(targetSlot) || 0,
  };
}

const readBoundary = (value: unknown): UiBoundary => {
  const slot = objectOf(value);
  return {
    name: textOf(slot.name) ?? '',
    type: slotType(slot.type),
    links: listOf(slot.linkIds).flatMap((id) => idOf(id) ?? []),
  };
};

/** Reads one level. Nodes come in the order in which the editor executes them. */
export function readUiGraph(value: Json, problems: Problems, where: string): UiGraph {
  const written = listOf(value.nodes);
  const links = Array.isArray(value.links) ? value.links : Object.values(objectOf(value.links));
  if (written.length > most.nodes || links.length > most.links) {
    throw new WorkflowFileError(
      `The workflow is too large: ${where} has ${written.length} nodes and ${links.length} links; at most ${most.nodes} and ${most.links} are read.`,
    );
  }
  const nodes = new Map<string, UiNode>();
  for (const node of written.flatMap((one) => readNode(one) ?? []).sort((a, b) => a.order - b.order)) {
    if (nodes.has(node.id)) {
      problems.add(
        'error',
        'duplicate_id',
        `Two nodes of ${where} have the id ${node.id}; the first one is used.`,
      );
    } else nodes.set(node.id, node);
  }
  const lost = written.filter((one) => !readNode(one)).length;
  if (lost)
    problems.add(
      'warning',
      'bad_node',
      `${lost} nodes of ${where} have no id or no type; they are left out.`,
    );
  return {
    nodes,
    links: new Map(links.flatMap((one) => readLink(one) ?? []).map((link) => [link.id, link])),
    inputs: listOf(value.inputs).map(readBoundary),
    outputs: listOf(value.outputs).map(readBoundary),
  };
}

/** Whether a value is a workflow of the editor: its nodes are a list (comfyui-protocol.md section 13). */
export const isUiWorkflow = (value: unknown): value is Json => isObject(value) && Array.isArray(value.nodes);

/** Reads a workflow with all its subgraphs, also those that are defined inside others. */
export function readUiWorkflow(value: Json, problems: Problems): UiWorkflow {
  const subgraphs = new Map<string, UiGraph>();
  const waiting = [...listOf(objectOf(value.definitions).subgraphs)];
  for (let at = 0; at < waiting.length; at += 1) {
    const definition = waiting[at];
    const id = isObject(definition) ? textOf(definition.id) : undefined;
    if (!isObject(definition) || id === undefined || subgraphs.has(id)) continue;
    if (subgraphs.size >= most.subgraphs) {
      throw new WorkflowFileError(`The workflow defines more than ${most.subgraphs} subgraphs.`);
    }
    const name = textOf(definition.name) ?? id;
    subgraphs.set(id, readUiGraph(definition, problems, `subgraph “${name}”`));
    waiting.push(...listOf(objectOf(definition.definitions).subgraphs));
  }
  const root = readUiGraph(value, problems, 'the workflow');
  return { root, subgraphs, extra: objectOf(value.extra) };
}

/** Which pack a node comes from, where the file says so. */
export function packOf(properties: Json): { cnr_id?: string; aux_id?: string; ver?: string } {
  const pack: Record<string, unknown> = {};
  for (const key of ['cnr_id', 'aux_id', 'ver'] as const) {
    const value = textOf(properties[key]);
    if (value !== undefined) put(pack, key, value);
  }
  return pack;
}
