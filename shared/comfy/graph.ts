import { z } from 'zod';

/** One node of ComfyUI's API format (comfyui-protocol.md section 3). Unknown keys are kept. */
export const graphNode = z
  .object({
    class_type: z.string().min(1),
    inputs: z.record(z.string(), z.unknown()),
    _meta: z.object({ title: z.string().optional() }).loose().optional(),
  })
  .loose();
export type GraphNode = z.infer<typeof graphNode>;

/** A graph in ComfyUI's API format: node id → node. */
export type Graph = Record<string, GraphNode>;

/** `[source node id, output slot]`. */
export type Link = readonly [string, number];

export const isLink = (value: unknown): value is Link =>
  Array.isArray(value) && value.length === 2 && typeof value[0] === 'string' && typeof value[1] === 'number';

/**
 * Reads a graph in API format. Never throws: returns the graph, or what is wrong with it in words that name the node.
 */
export function readGraph(value: unknown): { graph: Graph } | { problem: string } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { problem: 'The workflow must be a JSON object of nodes.' };
  }
  if (Array.isArray((value as { nodes?: unknown }).nodes)) {
    return {
      problem:
        'This is a workflow in ComfyUI’s editor format. Export it with “Export (API)” in ComfyUI and import that file.',
    };
  }
  const entries = Object.entries(value);
  if (entries.length === 0) return { problem: 'The workflow has no nodes.' };
  const graph: Graph = {};
  for (const [id, node] of entries) {
    const parsed = graphNode.safeParse(node);
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      return {
        problem: `Node ${id} is not valid: ${issue?.path.join('.') || 'node'}: ${issue?.message ?? ''}.`,
      };
    }
    graph[id] = parsed.data;
  }
  return { graph };
}
