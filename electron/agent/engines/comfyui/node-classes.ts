import { hash } from 'node:crypto';
import type { EngineInfo } from '#shared/link/protocol.ts';

/** What the link tells of an engine's node classes: their names, and a hash of all that it says of them. */
export const classesOf = (
  nodeInfo: object | undefined,
): Pick<EngineInfo, 'node_types' | 'node_info_hash'> => ({
  node_types: Object.keys(nodeInfo ?? {}),
  node_info_hash: nodeInfo && hash('sha256', JSON.stringify(nodeInfo)),
});
