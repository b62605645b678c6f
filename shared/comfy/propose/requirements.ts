import type { Graph } from '../graph.ts';
import { type Json, listOf, objectOf, textOf } from '../json.ts';

/** A model file that a workflow names. `path` is its folder and name, as an agent's list of models has it. */
export interface RequiredModel {
  readonly path: string;
  readonly node_id: string;
  readonly field: string;
  /** Where the file says it can be had. */
  readonly url?: string;
  readonly hash?: string;
}

/** The folder of a model by the input that names it (comfyui's folder names), for all loaders that ship with it. */
const folders: Readonly<Record<string, string>> = {
  ckpt_name: 'checkpoints',
  lora_name: 'loras',
  vae_name: 'vae',
  unet_name: 'diffusion_models',
  clip_name: 'text_encoders',
  text_encoder: 'text_encoders',
  control_net_name: 'controlnet',
  style_model_name: 'style_models',
  gligen_name: 'gligen',
  hypernetwork_name: 'hypernetworks',
  photomaker_model_name: 'photomaker',
  audio_encoder_name: 'audio_encoders',
};

const byClass: Readonly<Record<string, string>> = {
  CLIPVisionLoader: 'clip_vision',
  UpscaleModelLoader: 'upscale_models',
  ModelPatchLoader: 'model_patches',
  LatentUpscaleModelLoader: 'latent_upscale_models',
};

const isModel = /\.(safetensors|sft|ckpt|pth?|bin|gguf|onnx)$/i;

/** Files that nodes of the editor's format declare: name → where it belongs and where it can be had. */
function declared(ui: Json | undefined): Map<string, Json> {
  const found = new Map<string, Json>();
  const graphs = ui ? [ui, ...listOf(objectOf(ui.definitions).subgraphs).map(objectOf)] : [];
  for (const graph of graphs) {
    const lists = [
      graph.models,
      ...listOf(graph.nodes).map((node) => objectOf(objectOf(node).properties).models),
    ];
    for (const model of lists.flatMap(listOf).map(objectOf)) {
      const name = textOf(model.name);
      if (name !== undefined && !found.has(name)) found.set(name, model);
    }
  }
  return found;
}

/** The model files that a graph names, each once, with what the file says of them. */
export function requiredModels(graph: Graph, ui?: Json): RequiredModel[] {
  const known = declared(ui);
  const found = new Map<string, RequiredModel>();
  for (const [node_id, node] of Object.entries(graph)) {
    for (const [field, value] of Object.entries(node.inputs)) {
      if (typeof value !== 'string' || !isModel.test(value) || found.size >= 500) continue;
      const said = known.get(value) ?? known.get(value.split(/[\\/]/).at(-1) ?? '');
      const folder =
        byClass[node.class_type] ?? folders[field.replace(/_?\d+$/, '')] ?? textOf(said?.directory);
      if (folder === undefined) continue;
      const path = `${folder}/${value.replaceAll('\\', '/')}`.slice(0, 512);
      const [url, hash] = [textOf(said?.url), textOf(said?.hash)];
      if (!found.has(path))
        found.set(path, { path, node_id, field, ...(url ? { url } : {}), ...(hash ? { hash } : {}) });
    }
  }
  return [...found.values()];
}
