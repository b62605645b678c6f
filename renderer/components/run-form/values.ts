import type { TFunction } from 'i18next';
import { readGraph } from '#shared/comfy/graph.ts';
import type { ParameterDef, WorkflowDetail } from '#shared/wire/workflows.ts';
import { bytes } from '../format.ts';
import { forget, recall, remember } from './remember.ts';
import { isSeed } from './seeds.ts';

/** A file that is up at the gateway. `thumb` is a small picture of it, kept so that it is known again after a reload. */
export interface FileValue {
  readonly file_key: string;
  readonly name: string;
  readonly size: number;
  readonly thumb: string | null;
}

export type Value = string | number | boolean | FileValue | null;
export type Values = Record<string, Value>;

export const isFileValue = (value: unknown): value is FileValue =>
  typeof value === 'object' && value !== null && 'file_key' in value;

const blankOf: Record<ParameterDef['type'], Value> = {
  string: '',
  number: null,
  boolean: false,
  select: null,
  file: null,
};

const fits = (def: ParameterDef, value: unknown): value is Value => {
  if (def.type === 'file') return isFileValue(value);
  if (def.type === 'select') return typeof value === 'string' && (def.options ?? []).includes(value);
  return typeof value === def.type;
};

/** What the form holds when nothing is remembered: the defaults, or else what the graph itself says. */
export function defaultValues(workflow: WorkflowDetail): Values {
  const read = readGraph(workflow.workflow_json ?? {});
  const graph = 'graph' in read ? read.graph : {};
  return Object.fromEntries(
    workflow.parameters.map((def) => {
      const inGraph = graph[def.node_id ?? '']?.inputs[def.field ?? ''];
      const start = [def.default, def.required ? undefined : inGraph].find((value) => fits(def, value));
      return [def.key, (start as Value | undefined) ?? blankOf[def.type]];
    }),
  );
}

/** Beside the values; no parameter's key begins with a dot. */
const lockedKey = '.locked';

/** Keeps what a form holds for the next visit. Without `locked` every seed is one that was chosen. */
export function rememberValues(slug: string, values: Values, locked?: ReadonlySet<string>): void {
  remember(slug, locked ? { ...values, [lockedKey]: [...locked] } : values);
}

export const forgetValues = forget;

/** What a form begins with. */
export interface Beginning {
  readonly values: Values;
  /** Seeds that stay as they are from run to run. */
  readonly locked: ReadonlySet<string>;
}

const seedKeys = (workflow: WorkflowDetail): string[] =>
  workflow.parameters.filter(isSeed).map((def) => def.key);

/** The values of the last visit where they still fit the parameters, defaults for the rest. */
export function recallValues(workflow: WorkflowDetail): Beginning {
  const values = defaultValues(workflow);
  const found = recall(workflow.workflow_slug);
  if (typeof found !== 'object' || found === null) return { values, locked: new Set() };
  const stored = found as Record<string, unknown>;
  for (const def of workflow.parameters) {
    const value = stored[def.key];
    if (fits(def, value)) values[def.key] = value;
  }
  const locked = stored[lockedKey];
  const names = Array.isArray(locked) ? locked.filter((one) => typeof one === 'string') : seedKeys(workflow);
  return { values, locked: new Set(names) };
}

/** Given values over what the form holds; a seed among them is meant, all others are drawn anew. */
export function givenValues(
  workflow: WorkflowDetail,
  before: Values,
  given: Readonly<Record<string, unknown>>,
): Beginning {
  const taken = valuesOfTask(given, workflow.parameters);
  return {
    values: { ...before, ...taken },
    locked: new Set(seedKeys(workflow).filter((key) => key in taken)),
  };
}

/** The values of an earlier task, ready for its workflow's form. */
function valuesOfTask(parameters: Readonly<Record<string, unknown>>, defs: readonly ParameterDef[]): Values {
  return Object.fromEntries(
    defs.flatMap((def): [string, Value][] => {
      const value = parameters[def.key];
      if (def.type !== 'file') return fits(def, value) ? [[def.key, value]] : [];
      return typeof value === 'string'
        ? [[def.key, { file_key: value, name: fileNameOf(value), size: 0, thumb: null }]]
        : [];
    }),
  );
}

export const fileNameOf = (fileKey: string): string => {
  const last = fileKey.split('/').at(-1) ?? fileKey;
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
};

/** What a run sends: empty fields are left out, so that the gateway uses their defaults. */
export function toParameters(defs: readonly ParameterDef[], values: Values): Record<string, unknown> {
  return Object.fromEntries(
    defs.flatMap((def) => {
      const value = values[def.key];
      if (value === null || value === undefined) return [];
      if (value === '' && !def.required && def.default === undefined) return [];
      return [[def.key, isFileValue(value) ? value.file_key : value]];
    }),
  );
}

/** The rule a value breaks, in words; undefined when it is fine. */
export function problemOf(t: TFunction, def: ParameterDef, value: Value | undefined): string | undefined {
  const empty = value === null || value === undefined || value === '';
  if (empty) {
    if (!def.required) return undefined;
    return t(def.type === 'file' ? 'form.neededFile' : 'form.needed');
  }
  if (def.type !== 'number') return undefined;
  if (typeof value !== 'number' || !Number.isFinite(value)) return t('form.notNumber');
  if (def.min !== undefined && value < def.min) return t('form.atLeast', { min: def.min });
  if (def.max !== undefined && value > def.max) return t('form.atMost', { max: def.max });
  return undefined;
}

/** Whether a file fits `accept`, by MIME type or ending. */
export function accepts(
  patterns: readonly string[] | undefined,
  file: { name: string; type: string },
): boolean {
  if (!patterns?.length) return true;
  return patterns.some((pattern) => {
    if (pattern.startsWith('.')) return file.name.toLowerCase().endsWith(pattern.toLowerCase());
    return (
      pattern === '*/*' ||
      file.type === pattern ||
      (pattern.endsWith('/*') && file.type.startsWith(pattern.slice(0, -1)))
    );
  });
}

export const fileWords = (value: FileValue): string =>
  value.size ? `${value.name}, ${bytes(value.size)}` : value.name;
