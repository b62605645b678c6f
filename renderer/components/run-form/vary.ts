import { mostInBatch } from '#shared/wire/batch.ts';
import type { ParameterDef } from '#shared/wire/workflows.ts';
import { isColour } from './colour-field.tsx';
import type { Value } from './values.ts';

/** How a parameter runs through several values. */
export type Axis =
  | {
      readonly kind: 'range';
      readonly from: number | null;
      readonly to: number | null;
      readonly step: number | null;
    }
  | { readonly kind: 'list'; readonly text: string }
  | { readonly kind: 'choice'; readonly chosen: readonly string[] }
  | { readonly kind: 'both' };

export type Axes = Readonly<Record<string, Axis>>;

export const canVary = (def: ParameterDef): boolean => def.type !== 'file' && !isColour(def);

/** An axis to begin with, around the value that is there. */
export function firstAxis(def: ParameterDef, value: Value, step: number): Axis {
  if (def.type === 'boolean') return { kind: 'both' };
  if (def.type === 'select') return { kind: 'choice', chosen: typeof value === 'string' ? [value] : [] };
  if (def.type === 'string') return { kind: 'list', text: typeof value === 'string' ? value : '' };
  const from = typeof value === 'number' ? value : (def.min ?? 0);
  const to = Math.min(def.max ?? Number.POSITIVE_INFINITY, from + 4 * step);
  return { kind: 'range', from, to: Number(to.toPrecision(12)), step };
}

export type AxisProblem = 'empty' | 'number' | 'step' | 'bounds' | 'many';

/** The values of an axis, or what is wrong with it. */
export function valuesOf(def: ParameterDef, axis: Axis): { values: Value[] } | { problem: AxisProblem } {
  switch (axis.kind) {
    case 'both':
      return { values: [false, true] };
    case 'choice':
      return axis.chosen.length ? { values: [...axis.chosen] } : { problem: 'empty' };
    case 'list':
      return def.type === 'number' ? numbersIn(def, axis.text) : linesIn(axis.text);
    case 'range':
      return inRange(def, axis);
  }
}

function linesIn(text: string): { values: Value[] } | { problem: AxisProblem } {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  return lines.length ? { values: lines } : { problem: 'empty' };
}

function numbersIn(def: ParameterDef, text: string): { values: Value[] } | { problem: AxisProblem } {
  const parts = text.split(/[\s,;]+/).filter(Boolean);
  if (parts.length === 0) return { problem: 'empty' };
  const numbers = parts.map(Number);
  if (!numbers.every(Number.isFinite)) return { problem: 'number' };
  return within(def, numbers);
}

function inRange(
  def: ParameterDef,
  { from, to, step }: Extract<Axis, { kind: 'range' }>,
): { values: Value[] } | { problem: AxisProblem } {
  if (from === null || to === null || step === null) return { problem: 'number' };
  if (step === 0 || (to - from) / step < 0) return { problem: 'step' };
  // A hair more, so that 0.1 + 0.2 still reaches 0.3: as the gateway counts.
  const count = Math.floor((to - from) / step + 1e-9) + 1;
  if (count > mostInBatch) return { problem: 'many' };
  const numbers = Array.from({ length: count }, (_, index) => Number((from + index * step).toPrecision(12)));
  return within(def, numbers);
}

const within = (def: ParameterDef, numbers: number[]): { values: Value[] } | { problem: AxisProblem } =>
  numbers.some((one) => one < (def.min ?? one) || one > (def.max ?? one))
    ? { problem: 'bounds' }
    : { values: numbers };

type Run = Record<string, Value>;

export interface Plan {
  /** How many runs it makes; 0 while something about it is wrong. */
  readonly count: number;
  readonly problems: Readonly<Record<string, AxisProblem>>;
  /** More than one request may ask for. */
  readonly tooMany: boolean;
  /** The values of each run that differ from run to run; the last parameter changes fastest. */
  readonly combinations: () => Run[];
}

/** What several values of several parameters, so many times each, come to. Counted without being made. */
export function planOf(defs: readonly ParameterDef[], axes: Axes, times: number): Plan {
  const problems: Record<string, AxisProblem> = {};
  const varied: { key: string; values: Value[] }[] = [];
  for (const def of defs) {
    const axis = axes[def.key];
    if (!axis) continue;
    const found = valuesOf(def, axis);
    if ('problem' in found) problems[def.key] = found.problem;
    else varied.push({ key: def.key, values: found.values });
  }
  const total = varied.reduce((product, { values }) => product * values.length, times);
  const broken = Object.keys(problems).length > 0;
  return {
    count: broken ? 0 : total,
    problems,
    tooMany: total > mostInBatch,
    combinations: () =>
      varied.reduce<Run[]>(
        (runs, { key, values }) => runs.flatMap((run) => values.map((value) => ({ ...run, [key]: value }))),
        [{}],
      ),
  };
}
