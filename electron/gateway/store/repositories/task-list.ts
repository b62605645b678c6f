import type { TaskStatus } from '#shared/task-states.ts';
import type { TargetPool } from '#shared/wire/common.ts';
import type { TaskRow } from '../schema.ts';
import type { Store } from '../store.ts';

export interface TaskFilter {
  readonly teamId: string;
  readonly status?: TaskStatus | undefined;
  readonly workflowId?: string | undefined;
  readonly agentId?: string | undefined;
  readonly pool?: TargetPool | undefined;
  /** Milliseconds, both inclusive. */
  readonly createdAfter?: number | undefined;
  readonly createdBefore?: number | undefined;
}

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
  if (filter.pool) query = query.where('target_pool', '=', filter.pool);
  if (filter.createdAfter !== undefined) query = query.where('created_at', '>=', filter.createdAfter);
  if (filter.createdBefore !== undefined) query = query.where('created_at', '<=', filter.createdBefore);
  // Ids are UUIDv7: their order is the order of submission, and the index has it.
  const rows = read.all(query.selectAll().orderBy('id', 'desc').limit(limit).offset(offset));
  const counted =
    filter.workflowId ?? filter.agentId ?? filter.pool ?? filter.createdAfter ?? filter.createdBefore;
  if (counted === undefined) return { rows, total: countByStatus({ read }, filter) };
  const within = query.select('id').limit(countLimit);
  const total = read.get(
    sql.selectFrom(within.as('found')).select((of) => of.fn.countAll<number>().as('count')),
  );
  return { rows, total: total?.count ?? 0 };
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
