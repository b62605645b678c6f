import { type Graph, isLink } from '#shared/comfy/graph.ts';
import type { ParameterDef } from '#shared/wire/workflows.ts';
import type { Stroke } from './strokes.ts';

/** A picture as it was chosen, and what was painted over it: to go on with the mask later. */
export interface Source {
  readonly file: File;
  readonly strokes: readonly Stroke[];
}

const most = 12;
const sources = new Map<string, Source>();

/** Kept for this visit, by the key of the upload that was made of it. */
export function keepSource(fileKey: string, source: Source): void {
  sources.delete(fileKey);
  sources.set(fileKey, source);
  const [oldest] = sources.keys();
  if (sources.size > most && oldest !== undefined) sources.delete(oldest);
}

export const sourceOf = (fileKey: string): Source | undefined => sources.get(fileKey);

/** Whether the graph takes a mask from this picture's alpha, as ComfyUI's loaders give it. */
export function wantsMask(graph: Graph, { node_id = '', field }: ParameterDef): boolean {
  const node = graph[node_id];
  if (!node || field !== 'image') return false;
  const takes = (slot: number) =>
    Object.values(graph).some(({ inputs }) =>
      Object.values(inputs).some((value) => isLink(value) && value[0] === node_id && value[1] === slot),
    );
  if (node.class_type === 'LoadImageMask') return node.inputs.channel === 'alpha' && takes(0);
  return /^LoadImage(Output)?$/.test(node.class_type) && takes(1);
}
