type Shapes = Readonly<Record<string, readonly number[]>>;

/** A safetensors file of tensors in one-byte numbers: as small as its shapes allow. */
export function safetensors(shapes: Shapes, metadata?: Readonly<Record<string, string>>): Uint8Array {
  let at = 0;
  const tensors = Object.entries(shapes).map(([name, shape]) => {
    const size = shape.reduce((product, side) => product * side, 1);
    const tensor = { dtype: 'U8', shape, data_offsets: [at, at + size] };
    at += size;
    return [name, tensor] as const;
  });
  const header = { ...(metadata && { __metadata__: metadata }), ...Object.fromEntries(tensors) };
  const json = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + at);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

/** The same with another length in front. */
export function claiming(length: bigint, bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  new DataView(copy.buffer).setBigUint64(0, length, true);
  return copy;
}

/** A GGUF head of text pairs, and a list that nobody wants to read after them. */
export function gguf(pairs: Readonly<Record<string, string>>): Uint8Array {
  const parts: Buffer[] = [Buffer.from('GGUF'), u32(3), u64(1), u64(Object.keys(pairs).length + 1)];
  for (const [name, value] of Object.entries(pairs)) parts.push(text(name), u32(8), text(value));
  parts.push(text('tokenizer.ggml.tokens'), u32(9), u32(8), u64(1_000_000_000));
  return new Uint8Array(Buffer.concat(parts));
}

const u32 = (value: number): Buffer => Buffer.from(new Uint32Array([value]).buffer);
const u64 = (value: number): Buffer => Buffer.from(new BigUint64Array([BigInt(value)]).buffer);
const text = (value: string): Buffer => Buffer.concat([u64(Buffer.byteLength(value)), Buffer.from(value)]);

export const samples = {
  sdxl: safetensors({
    'model.diffusion_model.input_blocks.0.0.weight': [1],
    'first_stage_model.decoder.conv_in.weight': [1],
    'conditioner.embedders.1.model.ln_final.weight': [1],
  }),
  sd15: safetensors({
    'model.diffusion_model.input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight': [1, 768],
    'first_stage_model.decoder.conv_in.weight': [1],
    'cond_stage_model.transformer.text_model.embeddings.position_ids': [1],
  }),
  flux: safetensors({ 'double_blocks.0.img_attn.qkv.weight': [1], 'guidance_in.in_layer.weight': [1] }),
  sd3: safetensors({ 'joint_blocks.0.context_block.attn.qkv.weight': [1] }),
  wan: safetensors({ 'blocks.0.self_attn.k.weight': [1], 'blocks.0.cross_attn.k.weight': [1] }),
  vae: safetensors({ 'encoder.conv_in.weight': [1], 'decoder.conv_in.weight': [1] }),
  clip: safetensors({ 'text_model.encoder.layers.0.mlp.fc1.weight': [1] }),
  t5: safetensors({ 'encoder.block.0.layer.0.SelfAttention.k.weight': [1] }),
  vision: safetensors({ 'vision_model.encoder.layers.0.mlp.fc1.weight': [1] }),
  control: safetensors({ 'control_model.input_blocks.0.0.weight': [1], input_hint_block: [1] }),
  upscaler: safetensors({ 'conv_first.weight': [1], 'body.0.rdb1.conv1.weight': [1] }),
  embedding: safetensors({ emb_params: [2, 768] }),
  loraXl: safetensors(
    { 'lora_unet_down_blocks_1_attentions_0_attn2_to_k.lora_down.weight': [4, 2048] },
    { ss_output_name: 'Clay figures' },
  ),
  loraFlux: safetensors(
    { 'lora_unet_double_blocks_0_img_attn_proj.lora_down.weight': [4, 4] },
    { ss_base_model_version: 'flux1', 'modelspec.title': 'Kiln glow' },
  ),
};
