import type { NodeDefinition } from './node.ts';
import { primitiveNodes } from './primitives.ts';

/** Every node that the starter engine offers. */
export const nodes: readonly NodeDefinition[] = [...primitiveNodes];
