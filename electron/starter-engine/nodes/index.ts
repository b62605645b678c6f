import { batchNodes } from './batch.ts';
import { composeNodes } from './compose.ts';
import { filterNodes } from './filters.ts';
import { loadNodes } from './load.ts';
import { maskNodes } from './masks.ts';
import type { NodeDefinition } from './node.ts';
import { primitiveNodes } from './primitives.ts';
import { saveNodes } from './save.ts';
import { transformNodes } from './transform.ts';

/** Every node that the starter engine offers. */
export const nodes: readonly NodeDefinition[] = [
  ...loadNodes,
  ...saveNodes,
  ...batchNodes,
  ...composeNodes,
  ...transformNodes,
  ...filterNodes,
  ...maskNodes,
  ...primitiveNodes,
];
