import { createHash } from 'node:crypto';
import type { NodeContext, NodeDefinition } from '../nodes/node.ts';
import { isLink, type Prompt } from './prompt.ts';

/**
 * What a node's result depends on: its class, its values, its fingerprint (files), and the same of its ancestors. Two
 * nodes of one signature have one result, in this prompt or another.
 */
export async function signaturesOf(
  prompt: Prompt,
  catalogue: ReadonlyMap<string, NodeDefinition>,
  folders: NodeContext['folders'],
): Promise<Map<string, string>> {
  const made = new Map<string, Promise<string>>();
  // Set before it is made: of a cycle (which no output may need) a node sees only that its ancestor is open.
  const open = new Set<string>();
  const of = (id: string): Promise<string> => {
    const known = made.get(id);
    if (known) return known;
    if (open.has(id)) return Promise.resolve(`cycle through ${id}`);
    open.add(id);
    const signature = make(id);
    open.delete(id);
    made.set(id, signature);
    return signature;
  };
  const make = async (id: string): Promise<string> => {
    const node = prompt[id];
    if (!node) return '';
    const inputs = await Promise.all(
      Object.keys(node.inputs)
        .sort()
        .map(async (name) => {
          const value = node.inputs[name];
          return [name, isLink(value) ? [await of(String(value[0])), value[1]] : value];
        }),
    );
    const definition = catalogue.get(node.class_type);
    // A fingerprint that can't be taken (the file is gone) never matches: the node runs and says what is wrong.
    const fingerprint = await Promise.resolve()
      .then(() => definition?.fingerprint?.(node.inputs, folders) ?? '')
      .catch(() => Math.random());
    return createHash('sha1')
      .update(JSON.stringify([node.class_type, inputs, fingerprint]))
      .digest('base64');
  };
  return new Map(await Promise.all(Object.keys(prompt).map(async (id) => [id, await of(id)] as const)));
}
