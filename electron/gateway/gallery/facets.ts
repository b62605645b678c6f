import type { z } from 'zod';
import type { outputFacets } from '#shared/wire/outputs.ts';
import type { OutputKind } from '#shared/wire/tasks.ts';
import type { Reader } from '../store/store.ts';

interface Sort {
  readonly workflow_id: string;
  readonly submitter_id: string;
  readonly kind: OutputKind;
  readonly starred: 0 | 1;
  readonly count: number;
}

/** What there is to ask for, and how much of it: the counters alone, most first. */
export function facetsOf(reader: Reader, teamId: string): z.infer<typeof outputFacets> {
  const sorts = reader.hot<Sort>(
    `SELECT workflow_id, submitter_id, kind, starred, SUM(count) AS count FROM output_counts WHERE team_id = ?
     GROUP BY workflow_id, submitter_id, kind, starred`,
    teamId,
  );
  const sum = (rows: readonly Sort[]) => rows.reduce((all, { count }) => all + count, 0);
  return {
    workflow_list: summed(sorts, ({ workflow_id }) => workflow_id).flatMap(({ key, count }) => {
      const [row] = reader.hot<{ slug: string; name: string }>(
        `SELECT slug, display_name AS name FROM workflows
         JOIN workflow_snapshots ON workflow_snapshots.id = workflows.snapshot_id WHERE workflows.id = ?`,
        key,
      );
      return row ? [{ id: key, ...row, count }] : [];
    }),
    person_list: summed(sorts, ({ submitter_id }) => submitter_id).map(({ key, count }) => {
      const [row] = reader.hot<{ name: string }>(
        `SELECT display_name AS name FROM users WHERE id = ? UNION ALL
         SELECT display_name AS name FROM credentials WHERE id = ?`,
        key,
        key,
      );
      return { id: key, name: row?.name ?? '', count };
    }),
    kind_list: summed(sorts, ({ kind }) => kind).map(({ key, count }) => ({ kind: key, count })),
    starred_count: sum(sorts.filter(({ starred }) => starred === 1)),
    total_count: sum(sorts),
  };
}

function summed<Key extends string>(
  sorts: readonly Sort[],
  of: (sort: Sort) => Key,
): { key: Key; count: number }[] {
  const counts = new Map<Key, number>();
  for (const sort of sorts) counts.set(of(sort), (counts.get(of(sort)) ?? 0) + sort.count);
  return [...counts].map(([key, count]) => ({ key, count })).sort((a, b) => b.count - a.count);
}
