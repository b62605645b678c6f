import type { TargetPool, ToolType } from '#shared/wire/common.ts';

/** What a task needs of an agent, and what it would rather have. */
export interface Requirements {
  readonly teamId: string;
  readonly pool: TargetPool;
  readonly tool: ToolType;
  readonly labels: readonly string[];
  /** Paths below the models root. */
  readonly models: readonly string[];
  /** Decimal gigabytes; 0 = any. */
  readonly minVramGb: number;
  /** Node classes of the graph. */
  readonly nodeTypes: readonly string[];
  /** As `gpuCodeOf` makes it; empty = any. */
  readonly preferredGpu: string;
  /** Lower case; empty = unknown. */
  readonly region: string;
}

/**
 * Tasks of one signature are the same to every agent but for what is warm there, so eligibility is worked out once for
 * all of them. The workflow is no part of it: a thousand workflows of the same nodes are one signature.
 */
export const signatureOf = (requirements: Requirements): string =>
  JSON.stringify(Object.values(requirements));

/** Labels are the same whatever their case (Cyberun: `gpu`, `GPU`). */
export const labelOf = (label: string): string => label.trim().toLowerCase();

/** `RTX_4090` and `NVIDIA GeForce RTX 4090` are the same card: letters and digits, without the maker's words. */
export const gpuCodeOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/nvidia|geforce|amd|radeon|intel/g, '')
    .replace(/[^a-z0-9]/g, '');
