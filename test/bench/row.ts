export interface Setup {
  /** A folder of this run's own. */
  readonly folder: string;
  /** Address of a real ComfyUI to measure against, where there is one. */
  readonly comfy: string | undefined;
}

/** One line of the result: a ratio, what is to be reached, and the figures behind it. */
export interface Row {
  readonly what: string;
  readonly value: string;
  readonly reach: string;
  readonly detail: string;
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const ratio = (value: number): string => `${value.toFixed(2)}×`;
export const ms = (value: number): string => `${value.toFixed(value < 10 ? 2 : 0)} ms`;
