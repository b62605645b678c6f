import { sql as raw, type SelectQueryBuilder } from 'kysely';
import type { TaskStatus } from '#shared/task-states.ts';
import type { TargetPool } from '#shared/wire/common.ts';
import type { Database, TaskRow } from '../schema.ts';
import type { Store } from '../store.ts';

export interface TaskFilter {
  readonly teamId: string;
  readonly status?: TaskStatus | undefined;
  readonly workflowId?: string | undefined;
  readonly agentId?: string | undefined;
  readonly submitterId?: string | undefined;
  readonly pool?: TargetPool | undefined;
  /** Milliseconds, both inclusive. */
  readonly createdAfter?: number | undefined;
  readonly createdBefore?: number | undefined;
  readonly text?: string | undefined;
}

type TaskQuery = SelectQueryBuilder<Database, 'tasks', object>;

/** Text is looked for row by row, so only in this many of the newest: a long history must not hold up the gateway. */
const textWindow = 50_000;

/** Counting stops here when a filter has no counter of its own: nobody reads page five thousand. */
const countLimit = 100_000;

/** A page of a team's tasks, newest first, and how many there are. Costs the same however long the history is. */
export function listTasks(
  { read, sql }: Store,
  filter: TaskFilter,
  limit: number,
  offset: number,
): { rows: TaskRow[]; total: number } {
  let query = sql.selectFrom('tasks').where('team_id', '=', filter.teamId);
  if (filter.status) query = query.where('status', '=', filter.status);
  if (filter.workflowId) query = query.where('workflow_id', '=', filter.workflowId);
  if (filter.agentId) query = query.where('agent_id', '=', filter.agentId);
  if (filter.submitterId) query = query.where('submitter_id', '=', filter.submitterId);
  if (filter.pool) query = query.where('target_pool', '=', filter.pool);
  if (filter.createdAfter !== undefined) query = query.where('created_at', '>=', filter.createdAfter);
  if (filter.createdBefore !== undefined) query = query.where('created_at', '<=', filter.createdBefore);
  if (filter.text) query = withText(query, { read, sql }, filter.teamId, filter.text);
  // Ids are UUIDv7: their order is the order of submission, and the index has it.
  const rows = read.all(query.selectAll().orderBy('id', 'desc').limit(limit).offset(offset));
  const counted =
    filter.workflowId ??
    filter.agentId ??
    filter.submitterId ??
    filter.pool ??
    filter.createdAfter ??
    filter.createdBefore ??
    (filter.text || undefined);
  if (counted === undefined) return { rows, total: countByStatus({ read }, filter) };
  const within = query.select('id').limit(countLimit);
  const total = read.get(
    sql.selectFrom(within.as('found')).select((of) => of.fn.countAll<number>().as('count')),
  );
  return { rows, total: total?.count ?? 0 };
}

function withText(
  query: TaskQuery,
  { read, sql }: Pick<Store, 'read' | 'sql'>,
  teamId: string,
  text: string,
) {
  // What a parameter holds lies as JSON in the row: a quote or a line break in it is written as an escape there.
  const like = (part: string) => `%${part.replace(/[\\%_]/g, '\\$&')}%`;
  const plain = like(text);
  const inJson = like(JSON.stringify(text).slice(1, -1));
  const named = sql
    .selectFrom('workflow_snapshots')
    .select('workflow_snapshots.id')
    .innerJoin('workflows', 'workflows.id', 'workflow_snapshots.workflow_id')
    .where('workflows.team_id', '=', teamId)
    .where(raw<boolean>`display_name LIKE ${plain} ESCAPE '\\'`);
  const [edge] = read.hot<{ id: string }>(
    'SELECT id FROM tasks WHERE team_id = ? ORDER BY id DESC LIMIT 1 OFFSET ?',
    teamId,
    textWindow,
  );
  return query.where((of) =>
    of.and([
      of('id', '>', edge?.id ?? ''),
      of.or([
        of('snapshot_id', 'in', named),
        raw<boolean>`parameters_json LIKE ${inJson} ESCAPE '\\'`,
        raw<boolean>`error LIKE ${plain} ESCAPE '\\'`,
        raw<boolean>`id LIKE ${plain} ESCAPE '\\'`,
      ]),
    ]),
  );
}

function countByStatus({ read }: Pick<Store, 'read'>, { teamId, status }: TaskFilter): number {
  const [row] = status
    ? read.hot<{ count: number }>(
        'SELECT count FROM task_counts WHERE team_id = ? AND status = ?',
        teamId,
        status,
      )
    : read.hot<{ count: number | null }>(
        'SELECT SUM(count) AS count FROM task_counts WHERE team_id = ?',
        teamId,
      );
  return row?.count ?? 0;
}
