import type { Bindable, Reader } from '../store/store.ts';
import { bucketMs, hung } from './counts.ts';
import { type Condition, idEnd, idFrom, type OutputFilter, type ParameterValue, sortOf } from './filter.ts';

/** Rows are looked at one by one only in so many of the newest: a long history must not hold up the gateway. */
export const searchWindow = 50_000;

export interface Found {
  readonly id: string;
  readonly created_at: number;
}

interface Candidate extends Found {
  readonly named: 0 | 1;
  readonly parameters_json: string;
}

const like = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`;

/** Everything that fits, newest first. What SQL finds in the JSON of the values is only a candidate: keys are in it too. */
export function search(reader: Reader, filter: OutputFilter): Found[] {
  const { teamId, deleted, text, values } = filter;
  const sort = sortOf(filter);
  const named = namedBy(teamId, text);
  const parts = [...(text === undefined ? [] : [withText(named, text)]), ...values.map(withValue)];
  const after = Math.max(filter.after ?? 0, windowBegin(reader, filter));
  const rows = reader.hot<Candidate>(
    `SELECT outputs.id, outputs.created_at, ${named.sql} AS named, tasks.parameters_json
     FROM outputs JOIN tasks ON tasks.id = outputs.task_id
     WHERE ${deleted ? 'listed = 1 AND deleted_at IS NOT NULL' : hung} AND outputs.team_id = ?
     AND outputs.id >= ? AND outputs.id < ?${sort.sql.replace(/AND (workflow_id|submitter_id)/g, 'AND outputs.$1')}
     ${parts.map(({ sql }) => `AND (${sql})`).join(' ')}
     ORDER BY outputs.id DESC LIMIT ?`,
    ...named.values,
    teamId,
    idFrom(after),
    filter.before === undefined ? idEnd : idFrom(filter.before),
    ...sort.values,
    ...parts.flatMap((part) => part.values),
    searchWindow,
  );
  return rows.filter((row) => fits(row, text, values));
}

/** Has the file, or a name that its workflow ever had, this text in it? */
function namedBy(teamId: string, text: string | undefined): Condition {
  if (text === undefined) return { sql: '0', values: [] };
  return {
    sql: `(outputs.name LIKE ? ESCAPE '\\' OR tasks.snapshot_id IN (
      SELECT workflow_snapshots.id FROM workflow_snapshots
      JOIN workflows ON workflows.id = workflow_snapshots.workflow_id
      WHERE workflows.team_id = ? AND display_name LIKE ? ESCAPE '\\'))`,
    values: [like(text), teamId, like(text)],
  };
}

function withText(named: Condition, text: string): Condition {
  // A quote or a line break in a value is written as an escape in the JSON.
  const inJson = like(JSON.stringify(text).slice(1, -1));
  return {
    sql: `${named.sql} OR tasks.parameters_json LIKE ? ESCAPE '\\'`,
    values: [...named.values, inJson],
  };
}

function withValue({ name, value }: ParameterValue): Condition {
  const key = JSON.stringify(name);
  return {
    sql: `tasks.parameters_json LIKE ? ESCAPE '\\' AND tasks.parameters_json LIKE ? ESCAPE '\\'`,
    values: [like(`${key}:`), like(JSON.stringify(value).slice(1, -1))],
  };
}

function fits(row: Candidate, text: string | undefined, values: readonly ParameterValue[]): boolean {
  const byName = text === undefined || row.named === 1;
  if (byName && values.length === 0) return true;
  const parameters = JSON.parse(row.parameters_json) as Record<string, unknown>;
  const wanted = text?.toLowerCase() ?? '';
  return (
    (byName ||
      Object.values(parameters).some(
        (value) => typeof value === 'string' && value.toLowerCase().includes(wanted),
      )) &&
    values.every(({ name, value }) => Object.hasOwn(parameters, name) && String(parameters[name]) === value)
  );
}

/** From when on there are as many as are looked through, by the counters. */
function windowBegin(reader: Reader, { teamId, before, deleted }: OutputFilter): number {
  // What was deleted is not counted, and is soon gone.
  if (deleted) return 0;
  const last: Bindable = before === undefined ? Number.MAX_SAFE_INTEGER : Math.ceil(before / bucketMs) - 1;
  const [edge] = reader.hot<{ bucket: number }>(
    `SELECT bucket FROM (
       SELECT bucket, SUM(SUM(count)) OVER (ORDER BY bucket DESC) AS so_far FROM output_counts
       WHERE team_id = ? AND bucket <= ? GROUP BY bucket) AS summed
     WHERE so_far >= ? ORDER BY bucket DESC LIMIT 1`,
    teamId,
    last,
    searchWindow,
  );
  return edge ? edge.bucket * bucketMs : 0;
}
