import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** ComfyUI's own folders of models. */
export const sharedModelFolders: readonly string[] = [
  ...[
    'audio_encoders',
    'checkpoints',
    'clip_vision',
    'controlnet',
    'diffusion_models',
    'embeddings',
    'gligen',
  ],
  ...['hypernetworks', 'latent_upscale_models', 'loras', 'model_patches', 'photomaker', 'style_models'],
  ...['text_encoders', 'upscale_models', 'vae', 'vae_approx'],
];

/** What is worth sharing between engines. */
const folders = [...sharedModelFolders, 'configs'].sort();

/**
 * Writes the file that shows a ComfyUI the models all engines share. It lies in our folder and is named on the command
 * line, so an adopted ComfyUI is not changed. JSON strings are YAML strings: any path may stand in them.
 */
export async function writeModelPaths(path: string, sharedModels: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await mkdir(sharedModels, { recursive: true });
  const lines = [
    '# Written by Atelier at each start; changes here are lost.',
    'atelier:',
    `  base_path: ${JSON.stringify(sharedModels)}`,
    ...folders.map((folder) => `  ${folder}: ${JSON.stringify(join(sharedModels, folder))}`),
  ];
  await writeFile(path, `${lines.join('\n')}\n`);
}
