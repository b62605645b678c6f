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
  /** A code such as `RTX_4090`; empty = any. */
  readonly preferredGpu: string;
  /** Lower case; empty = unknown. */
  readonly region: string;
  readonly workflowId: string;
}

/** Tasks of one signature are the same to every agent, so eligibility is worked out once for all of them. */
export const signatureOf = (requirements: Requirements): string =>
  JSON.stringify(Object.values(requirements));
