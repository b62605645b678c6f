import type { TFunction } from 'i18next';
import type { InventoryItem } from '#shared/wire/models.ts';
import { duration } from '../format.ts';

type Facts = Pick<InventoryItem, 'kind' | 'base' | 'format'>;

/** What a model is in a few words: `LoRA · SDXL`. */
export function factWords(t: TFunction, { kind, base, format }: Facts): string {
  if (format === 'pickle') return t('models.pickle');
  return [t(`models.kinds.${kind}`), base].filter(Boolean).join(' · ');
}

/** How long the rest of a download takes, in words. */
export const timeLeft = (bytes: number, perSecond: number): string => duration((bytes / perSecond) * 1000);

/** Where models of a kind belong. */
const folders: Readonly<Record<InventoryItem['kind'], string>> = {
  checkpoint: 'checkpoints',
  diffusion_model: 'diffusion_models',
  text_encoder: 'text_encoders',
  vae: 'vae',
  lora: 'loras',
  controlnet: 'controlnet',
  clip_vision: 'clip_vision',
  upscaler: 'upscale_models',
  embedding: 'embeddings',
  ip_adapter: 'ipadapter',
  unknown: 'checkpoints',
};
export const folderFor = (kind: InventoryItem['kind']): string => folders[kind];

export const knownFolders: readonly string[] = [
  ...['audio_encoders', 'checkpoints', 'clip_vision', 'controlnet', 'diffusion_models', 'embeddings'],
  ...[
    'gligen',
    'hypernetworks',
    'ipadapter',
    'latent_upscale_models',
    'loras',
    'model_patches',
    'photomaker',
  ],
  ...['style_models', 'text_encoders', 'upscale_models', 'vae', 'vae_approx'],
];

/** A file name as paths of the library may have it. */
export const cleanName = (name: string): string => name.replace(/[^\w. -]+/g, '-').replace(/\.{2,}/g, '.');

export const isLibraryPath = (path: string): boolean =>
  /^(?!\/)(?!.*\.\.)[\w./ -]+\.(safetensors|sft|gguf|ckpt|pt|pt2|pth|bin|pkl|onnx)$/i.test(path);
