import type { Graph } from './graph.ts';
import { isObject, textOf } from './json.ts';
import { type NodeSpec, nodeSpec, type ObjectInfo } from './object-info.ts';

/** An input that the gateway brought for this run. */
export interface BroughtInput {
  readonly node_id: string;
  readonly field: string;
}

/** Of ComfyUI's own modules, those that read its owner's folders, or fill them with models (seen in ComfyUI 0.3.64). */
const closedModules = new Set(
  'nodes_train nodes_dataset nodes_load_3d nodes_webcam nodes_lora_extract'
    .split(' ')
    .map((name) => `comfy_extras.${name}`),
);

/** Of the other modules, the nodes that do. */
const closedNodes = new Set(
  `LoadImageOutput CheckpointSave ImageOnlyCheckpointSave CLIPSave VAESave ModelSave LoraSave`.split(' '),
);

/** Inputs that name a file of the input folder, of classes that don't say so by an upload option. */
const fileFields: Readonly<Record<string, string>> = {
  LoadImage: 'image',
  LoadImageMask: 'image',
  LoadLatent: 'latent',
  LoadAudio: 'audio',
  LoadVideo: 'file',
  RecordAudio: 'audio',
};

/**
 * Why a machine that is lent must not execute a graph of people it does not know; empty when it may. Only ComfyUI's own
 * nodes are executed, since any other is a program that somebody brought to that machine for themselves; and a file that
 * a node opens must be one that came with the run, or a graph could send the owner's pictures home.
 *
 * @param info what the engine says of its classes: a class it does not name is refused
 * @param brought the inputs that came with the run; their values are put in place by the agent
 */
export function lendingObjections(
  graph: Graph,
  info: ObjectInfo,
  brought: readonly BroughtInput[],
): string[] {
  const came = new Set(brought.map(({ node_id, field }) => `${node_id} ${field}`));
  return Object.entries(graph).flatMap(([id, { class_type, inputs }]) => {
    const spec = nodeSpec(info, class_type);
    if (!spec) return [`${class_type} is not known there`];
    const module = moduleOf(info, class_type);
    if (!isOwn(module)) return [`${class_type} is not one of ComfyUI’s own nodes`];
    if (closedModules.has(module) || closedNodes.has(class_type))
      return [`${class_type} reads or writes the owner’s folders`];
    return Object.keys(inputs)
      .filter((field) => namesFile(spec, field) && !came.has(`${id} ${field}`))
      .map((field) => `${class_type} opens a file (${field}) that did not come with the run`);
  });
}

function moduleOf(info: ObjectInfo, type: string): string {
  const definition = info[type];
  return (isObject(definition) && textOf(definition.python_module)) || '';
}

/** `comfy_api_nodes` are not: they spend money of the owner's account. */
const isOwn = (module: string): boolean => module === 'nodes' || module.startsWith('comfy_extras.');

/** An upload option says that a value is a file's name; `image_folder` that it lies in another folder still. */
function namesFile(spec: NodeSpec, field: string): boolean {
  if (fileFields[spec.type] === field) return true;
  const options = spec.inputs.find(({ name }) => name === field)?.options ?? {};
  return Object.keys(options).some((name) => name.endsWith('_upload') || name === 'image_folder');
}
