import type { ModelInfo } from '#shared/link/models.ts';
import { noFacts } from '#shared/models/facts.ts';

const hash = (seed: string): string =>
  [...Array(8)]
    .map((_, n) =>
      (seed.length * 7919 + n * 104_729 + seed.charCodeAt(n % seed.length) * 31)
        .toString(16)
        .padStart(8, '0')
        .slice(-8),
    )
    .join('');

/** A model as an agent tells it. */
export const model = (path: string, size: number, fields: Partial<ModelInfo> = {}): ModelInfo => ({
  ...noFacts,
  ...{ id: `${path}`.slice(-40), path, size, modified: 1_760_000_000_000, file: `1:${path}`.slice(0, 60) },
  ...{ sha256: hash(path), format: 'safetensors', engines: ['comfyui'] },
  ...fields,
});

const xl = { kind: 'checkpoint', base: 'SDXL' } as const;
const lora = { kind: 'lora', base: 'SDXL' } as const;

/** What a creator's machine has. */
export const studio: readonly ModelInfo[] = [
  model('checkpoints/sd_xl_base_1.0.safetensors', 6_938_078_334, { ...xl, title: 'SDXL Base 1.0' }),
  model('checkpoints/photo/juggernaut_x.safetensors', 7_105_348_560, xl),
  model('checkpoints/old/dreamlike-photoreal-2.0.ckpt', 2_132_856_686, { format: 'pickle' }),
  model('diffusion_models/flux1-dev-Q8_0.gguf', 12_712_000_000, {
    ...{ format: 'gguf', kind: 'diffusion_model', base: 'Flux' },
  }),
  model('text_encoders/t5xxl_fp8_e4m3fn.safetensors', 4_893_934_904, { kind: 'text_encoder' }),
  model('text_encoders/clip_l.safetensors', 246_144_152, { kind: 'text_encoder' }),
  model('vae/sdxl_vae.safetensors', 334_641_164, { kind: 'vae' }),
  model('vae/copy of sdxl_vae.safetensors', 334_641_164, {
    ...{ kind: 'vae', sha256: hash('vae/sdxl_vae.safetensors') },
  }),
  model('loras/clay-figures.safetensors', 228_456_704, { ...lora, title: 'Clay figures' }),
  model('loras/style/watercolour_xl.safetensors', 456_492_840, lora),
  model('loras/style/half.safetensors', 91_000_000, {
    problem: 'The file is cut off: 137 MB of its bytes are missing. Fetch it again.',
  }),
  model('upscale_models/4x-UltraSharp.pth', 66_961_958, { format: 'pickle' }),
];

/** Loads a model that nobody has, and says where it can be had. */
export const portrait = {
  workflow_slug: 'portrait',
  display_name: 'Studio portrait',
  workflow_json: {
    '1': { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: 'sd_xl_base_1.0.safetensors' } },
    '2': { class_type: 'LoraLoader', inputs: { lora_name: 'kiln-glow.safetensors', model: ['1', 0] } },
    '3': { class_type: 'VAELoader', inputs: { vae_name: 'sdxl_vae.safetensors' } },
    '4': { class_type: 'UpscaleModelLoader', inputs: { model_name: '4x_foolhardy_Remacri.pth' } },
  },
  editor_json: {
    nodes: [
      {
        id: 2,
        properties: {
          models: [
            {
              name: 'kiln-glow.safetensors',
              url: 'https://models.example.org/loras/kiln-glow.safetensors',
              directory: 'loras',
            },
          ],
        },
      },
    ],
  },
};
