import { z } from 'zod';
import { readGguf } from './gguf.ts';
import { readSafetensors } from './safetensors.ts';

export const modelFormats = ['safetensors', 'gguf', 'pickle', 'other'] as const;
export const modelKinds = [
  ...['checkpoint', 'diffusion_model', 'text_encoder', 'vae', 'lora', 'controlnet', 'clip_vision'],
  ...['upscaler', 'embedding', 'ip_adapter', 'unknown'],
] as const;

/** What a model's header tells. */
export const modelFacts = z.object({
  /** `pickle`: a program in disguise, which is never opened here; loading one executes it. */
  format: z.enum(modelFormats),
  kind: z.enum(modelKinds),
  /** The family that it belongs to: `SDXL`, `Flux` …; empty when it does not show. */
  base: z.string().max(60),
  /** As its author named it. */
  title: z.string().max(200),
  /** What is wrong with the file, in words; empty when it looks whole. */
  problem: z.string().max(300),
});
export type ModelFacts = z.infer<typeof modelFacts>;

/** Bytes `start` up to but without `end`, or fewer where the file ends. */
export type ReadBytes = (start: number, end: number) => Promise<Uint8Array>;

export const noFacts: ModelFacts = { format: 'other', kind: 'unknown', base: '', title: '', problem: '' };

/**
 * What a model is, by its header alone: bounded reading, nothing executed, never throws for what is in the file. Files
 * that Python unpacks by executing them are not opened at all.
 */
export async function readModelFacts(name: string, size: number, read: ReadBytes): Promise<ModelFacts> {
  if (/\.(safetensors|sft)$/i.test(name)) {
    return { ...noFacts, format: 'safetensors', ...(await readSafetensors(size, read)) };
  }
  if (/\.gguf$/i.test(name)) return { ...noFacts, format: 'gguf', ...(await readGguf(size, read)) };
  if (/\.(ckpt|pt|pt2|pth|bin|pkl)$/i.test(name)) return { ...noFacts, format: 'pickle' };
  return noFacts;
}
