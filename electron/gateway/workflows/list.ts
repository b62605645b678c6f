import { sql as raw } from 'kysely';
import type { WorkflowListQuery } from '#shared/wire/workflows.ts';
import type { WorkflowRow } from '../store/schema.ts';
import type { Store } from '../store/store.ts';

const like = (text: string, around: (part: string) => string): string =>
  around(text.replace(/[\\%_]/g, '\\$&'));

/** One page of a team's workflows, and how many there are. */
export function listWorkflows(
  { read, sql }: Store,
  teamId: string,
  page: WorkflowListQuery,
): { rows: WorkflowRow[]; total: number } {
  let query = sql
    .selectFrom('workflows')
    .innerJoin('workflow_snapshots', 'workflow_snapshots.id', 'workflows.snapshot_id')
    .where('team_id', '=', teamId)
    .where('deleted_at', 'is', null);
  if (page.workflow_status) query = query.where('status', '=', page.workflow_status);
  if (page.tool_type) query = query.where('tool_type', '=', page.tool_type);
  if (page.is_starred) query = query.where('starred', '=', page.is_starred === 'true' ? 1 : 0);
  if (page.tag) {
    // A tag has no quote in it, so a quoted one in the list is that tag and no part of another.
    const tag = like(page.tag, (part) => `%"${part}"%`);
    query = query.where(raw<boolean>`tags_json LIKE ${tag} ESCAPE '\\'`);
  }
  if (page.text) {
    const text = like(page.text, (part) => `%${part}%`);
    query = query.where(
      raw<boolean>`(display_name LIKE ${text} ESCAPE '\\' OR description LIKE ${text} ESCAPE '\\' OR slug LIKE ${text} ESCAPE '\\' OR tags_json LIKE ${text} ESCAPE '\\')`,
    );
  }
  const total = read.get(query.select((of) => of.fn.countAll<number>().as('count')))?.count ?? 0;
  const ordered =
    page.sort === 'name'
      ? query.orderBy(raw`display_name COLLATE NOCASE`)
      : query.orderBy(page.sort === 'created' ? 'workflows.created_at' : 'updated_at', 'desc');
  const rows = read.all(
    ordered
      .selectAll('workflows')
      .orderBy('workflows.id', 'desc')
      .limit(page.per_page)
      .offset((page.current_page - 1) * page.per_page),
  );
  return { rows, total };
}

/** Every tag that a team uses, with how many workflows have it, the most used first. */
export function tagsOf({ read }: Store, teamId: string): { tag: string; count: number }[] {
  const counts = new Map<string, number>();
  const rows = read.hot<{ tags_json: string }>(
    `SELECT tags_json FROM workflows WHERE team_id = ? AND deleted_at IS NULL AND tags_json <> '[]'`,
    teamId,
  );
  for (const { tags_json } of rows) {
    for (const tag of JSON.parse(tags_json) as string[]) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  }
  return [...counts]
    .map(([tag, count]) => ({ tag, count }))
    .toSorted((one, other) => other.count - one.count || one.tag.localeCompare(other.tag));
}
