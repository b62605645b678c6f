import { AppError } from '#shared/errors.ts';
import type { OutputFilterQuery } from '#shared/wire/outputs.ts';
import type { OutputKind } from '#shared/wire/tasks.ts';
import type { Bindable } from '../store/store.ts';

/** What is asked of the gallery, as the store needs it. Times in milliseconds: `after` is included, `before` is not. */
export interface OutputFilter {
  readonly teamId: string;
  readonly workflowId?: string | undefined;
  readonly kind?: OutputKind | undefined;
  readonly submitterId?: string | undefined;
  readonly starred?: boolean | undefined;
  readonly deleted: boolean;
  readonly after?: number | undefined;
  readonly before?: number | undefined;
  readonly text?: string | undefined;
  readonly values: readonly ParameterValue[];
}

export interface ParameterValue {
  readonly name: string;
  readonly value: string;
}

/** A condition in SQL with what it is about. */
export interface Condition {
  readonly sql: string;
  readonly values: readonly Bindable[];
}

const mostValues = 10;
const prefix = 'param.';

export function outputFilter(teamId: string, query: OutputFilterQuery): OutputFilter {
  const time = (text: string | undefined) => (text === undefined ? undefined : Date.parse(text));
  return {
    teamId,
    workflowId: query.workflow_id,
    kind: query.kind,
    submitterId: query.submitted_by,
    starred: query.starred,
    deleted: query.deleted ?? false,
    after: time(query.created_after),
    before: time(query.created_before),
    text: query.text || undefined,
    values: valuesOf(query),
  };
}

function valuesOf(query: Readonly<Record<string, unknown>>): ParameterValue[] {
  const values = Object.entries(query).flatMap(([key, value]) =>
    key.startsWith(prefix) && key.length > prefix.length && typeof value === 'string'
      ? [{ name: key.slice(prefix.length), value }]
      : [],
  );
  if (values.length > mostValues) {
    throw new AppError('validation_failed', `At most ${mostValues} values of parameters can be asked for.`);
  }
  return values;
}

/** Must the rows themselves be looked at, since the counters don't know what is asked for? */
export const isSearch = ({ text, values, deleted }: OutputFilter): boolean =>
  text !== undefined || values.length > 0 || deleted;

/** What rows of outputs and counters have in common. */
export function sortOf({ workflowId, kind, submitterId, starred }: OutputFilter): Condition {
  const parts: string[] = [];
  const values: Bindable[] = [];
  const add = (column: string, value: Bindable | undefined): void => {
    if (value === undefined) return;
    parts.push(` AND ${column} = ?`);
    values.push(value);
  };
  add('workflow_id', workflowId);
  add('kind', kind);
  add('submitter_id', submitterId);
  add('starred', starred === undefined ? undefined : starred ? 1 : 0);
  return { sql: parts.join(''), values };
}

/** The first id that an output of this moment can have: ids begin with the time in 48 bits. */
export function idFrom(milliseconds: number): string {
  const hex = Math.max(0, milliseconds).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}`;
}

/** A text that no id reaches. */
export const idEnd = 'g';
