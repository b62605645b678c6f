import { z } from 'zod';

/** Something a finished run produced: a file that the engine keeps, or words that a node showed. */
export type EngineOutput =
  | {
      readonly kind: 'file';
      readonly node_id: string;
      readonly filename: string;
      readonly subfolder: string;
      readonly type: string;
    }
  | { readonly kind: 'text'; readonly node_id: string; readonly text: string };
export type EngineFile = Extract<EngineOutput, { kind: 'file' }>;

const savedFile = z.object({
  filename: z.string().min(1),
  subfolder: z.string().catch(''),
  type: z.string().catch('output'),
});

/**
 * Everything a node's UI output names: files under whatever key the node uses (`images`, `gifs`, `audio`, `3d`, …) and
 * the words under `text`. Files of the input folder were not made by the run and are left out.
 */
export function readOutputs(nodeId: string, ui: Readonly<Record<string, unknown>> | null): EngineOutput[] {
  const outputs: EngineOutput[] = [];
  for (const [key, items] of Object.entries(ui ?? {})) {
    for (const item of Array.isArray(items) ? items : [items]) {
      if (key === 'text' && typeof item === 'string') {
        outputs.push({ kind: 'text', node_id: nodeId, text: item });
        continue;
      }
      const file = savedFile.safeParse(item);
      if (file.success && file.data.type !== 'input') {
        outputs.push({ kind: 'file', node_id: nodeId, ...file.data });
      }
    }
  }
  return outputs;
}
