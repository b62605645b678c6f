import type { ModelFacts } from './facts.ts';

export type Tensors = Readonly<Record<string, { readonly shape?: readonly number[] } | null>>;
type Metadata = Readonly<Record<string, string>>;
type Kind = ModelFacts['kind'];

/** What trainers and tools write of the model that a file belongs to, by the beginning or a part of it. */
const families: readonly (readonly [RegExp, string])[] = [
  [/stable-diffusion-xl|sdxl/i, 'SDXL'],
  [/stable-diffusion-v?3|sd3/i, 'SD 3'],
  [/stable-diffusion-v2|sd_?v2|^2\./i, 'SD 2'],
  [/stable-diffusion-v1|sd_?v1|^1\./i, 'SD 1.5'],
  [/flux/i, 'Flux'],
  [/hunyuan/i, 'Hunyuan'],
  [/wan/i, 'Wan'],
  [/ltx/i, 'LTX Video'],
  [/qwen/i, 'Qwen'],
  [/lumina|z-image/i, 'Lumina'],
  [/chroma/i, 'Chroma'],
];

export function baseByMetadata(metadata: Metadata): string {
  const said = metadata['modelspec.architecture'] ?? metadata.ss_base_model_version ?? '';
  return families.find(([pattern]) => pattern.test(said))?.[1] ?? '';
}

/** Kinds by a tensor that only they have, the surest first. */
const signs: readonly (readonly [RegExp, Kind])[] = [
  [/\.lora_(up|down|A|B)\.|lora_(up|down)\.weight$|\.(hada|lokr)_|\.lora\.(up|down)\./, 'lora'],
  [/^control_model\.|^controlnet_(cond_embedding|down_blocks|blocks)|^input_hint_block\./, 'controlnet'],
  [/^(image_proj|ip_adapter)\./, 'ip_adapter'],
  [/^vision_model\.|^visual\.transformer/, 'clip_vision'],
  [/^(text_model\.|transformer\.text_model\.|encoder\.block\.0\.layer\.|model\.layers\.0\.)/, 'text_encoder'],
  [/^(double_blocks|joint_blocks|transformer_blocks|input_blocks|down_blocks)\./, 'diffusion_model'],
  [
    /^(model\.diffusion_model\.|blocks\.0\.(self_attn|attn)|txt_in\.|patchify_proj|patch_embedding)/,
    'diffusion_model',
  ],
  [/^(encoder|decoder)\.(conv_in|down|up|mid|conv1)|^taesd_|^first_stage_model\./, 'vae'],
  [/^(conv_first|model\.0)\.weight$|^body\.0\./, 'upscaler'],
  [/^(emb_params|clip_l|clip_g|string_to_param)$/, 'embedding'],
];

/** What has a picture model and what turns its numbers into pictures in one file is a checkpoint. */
const parts = [
  /^model\.diffusion_model\./,
  /^(first_stage_model|vae)\./,
  /^(cond_stage_model|conditioner)\./,
];

function kindOf(names: readonly string[]): Kind {
  const has = (pattern: RegExp) => names.some((name) => pattern.test(name));
  const [picture, ...others] = parts;
  if (picture && has(picture) && others.some(has)) return 'checkpoint';
  return signs.find(([pattern]) => has(pattern))?.[1] ?? 'unknown';
}

/** Families by a tensor that only they have. */
const marks: readonly (readonly [RegExp, string])[] = [
  [/^conditioner\.embedders\.1\.|lora_te2_|(^|\.)label_emb\./, 'SDXL'],
  [/joint_blocks\.0\./, 'SD 3'],
  [/txt_in\.individual_token_refiner/, 'Hunyuan'],
  [/(^|[._])(double|single)_blocks[._]0[._]|single_transformer_blocks/, 'Flux'],
  [/transformer_blocks\.0\.(img_mlp|txt_mlp)/, 'Qwen'],
  [/patchify_proj/, 'LTX Video'],
  [/blocks\.0\.cross_attn\.(k|norm_k)\.|patch_embedding\.weight/, 'Wan'],
  [/^cond_stage_model\.model\./, 'SD 2'],
  [/^cond_stage_model\.transformer\.text_model\./, 'SD 1.5'],
];

/** The width of the text that pictures are made after tells the old families apart. */
const byWidth: Readonly<Record<number, string>> = { 768: 'SD 1.5', 1024: 'SD 2', 2048: 'SDXL' };

function baseOf(tensors: Tensors, names: readonly string[]): string {
  const mark = marks.find(([pattern]) => names.some((name) => pattern.test(name)));
  if (mark) return mark[1];
  const attention = names.find((name) => /attn2[._]to_k\.(weight|lora_(down|A)\.weight)$/.test(name));
  return byWidth[tensors[attention ?? '']?.shape?.at(-1) ?? 0] ?? '';
}

/** What a file of these tensors is, and of which family. */
export function recognise(tensors: Tensors, metadata: Metadata): Pick<ModelFacts, 'kind' | 'base'> {
  // Ten thousand are enough to know a model by, however many a hostile file has.
  const names = Object.keys(tensors).slice(0, 10_000);
  const kind = metadata.ss_network_module ? 'lora' : kindOf(names);
  const familyless: readonly Kind[] = ['upscaler', 'clip_vision', 'text_encoder', 'unknown'];
  return { kind, base: familyless.includes(kind) ? '' : baseOf(tensors, names) };
}
