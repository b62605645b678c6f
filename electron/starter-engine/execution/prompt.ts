/** One node of a submitted graph. Validation casts its inputs in place, as ComfyUI does. */
export interface PromptNode {
  class_type: string;
  inputs: Record<string, unknown>;
  _meta?: { title?: string };
}

/** A graph in API format: node id → node. */
export type Prompt = Record<string, PromptNode>;

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `[source, slot]`; in ComfyUI any list of two is one. */
export const isLink = (value: unknown): value is [string, number] =>
  Array.isArray(value) && value.length === 2;

/** Ids of the nodes that feed a node directly. */
export const sourcesOf = (node: PromptNode): string[] =>
  Object.values(node.inputs).flatMap((value) => (isLink(value) ? [String(value[0])] : []));
