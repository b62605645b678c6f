import type { ToolType } from '#shared/wire/common.ts';

/** An agent as scheduling sees it. */
export interface Candidate {
  /** `<team>/<agent>`. */
  readonly key: string;
  readonly agentId: string;
  readonly teamId: string;
  /** Serves tasks of other teams too. */
  readonly community: boolean;
  readonly tools: readonly ToolType[];
  readonly labels: ReadonlySet<string>;
  readonly models: ReadonlySet<string>;
  /** Decimal gigabytes of its largest GPU. */
  readonly vramGb: number;
  readonly gpuNames: readonly string[];
  readonly region: string;
  /** Node classes its engine has; empty = not known. */
  readonly nodeTypes: ReadonlySet<string>;
  /** Why it takes nothing now, in words; empty = ready. */
  readonly notReady: string;
  readonly slots: number;
  /** Attempts it takes ahead of its slots. */
  readonly staging: number;
  /** Attempts open on it, running or ahead. */
  readonly running: number;
  readonly warmWorkflow: string;
  readonly recent: { readonly done: number; readonly failed: number };
}
