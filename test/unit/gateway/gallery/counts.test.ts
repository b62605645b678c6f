import { v7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { pageOfIds, totalOf } from '../../../../electron/gateway/gallery/counts.ts';
import { outputFilter } from '../../../../electron/gateway/gallery/filter.ts';
import { outputFilterQuery } from '../../../../shared/wire/outputs.ts';
import { Studio } from '../studio.ts';

const minute = 60_000;
const begin = Date.parse('2026-11-20T00:07:00Z');

interface Made {
  readonly id: string;
  readonly at: number;
  readonly kind: 'image' | 'audio';
  readonly starred: 0 | 1;
}

/** Two in the same millisecond, gaps of hours, many in one quarter of an hour: whatever may go wrong between buckets. */
async function fill(studio: Studio): Promise<Made[]> {
  const taskId = await studio.submit(await studio.workflow());
  const made = Array.from({ length: 120 }, (_, n): Made => {
    const at = begin + Math.floor(n / 2) * (n % 40 < 20 ? minute : 47 * minute);
    return {
      id: v7({ msecs: at, seq: n }),
      at,
      kind: n % 9 === 0 ? 'audio' : 'image',
      starred: n % 7 ? 0 : 1,
    };
  });
  await studio.rooms.store.write((writer) => {
    writer.hotRun(`INSERT INTO objects VALUES ('x', 1, 1)`);
    for (const [n, { id, at, kind, starred }] of made.entries())
      writer.hotRun(
        `INSERT INTO outputs (storage_key, task_id, team_id, position, node_id, name, kind, content_type, size, sha256,
           temporary, created_at, id, workflow_id, submitter_id, listed, starred)
         VALUES (?, ?, ?, ?, '9', 'x', ?, 'x/x', 1, 'x', 0, ?, ?, 'w', 'ada', 1, ?)`,
        id,
        taskId,
        studio.teamId,
        n,
        kind,
        at,
        id,
        starred,
      );
  });
  return made;
}

const filters = {
  everything: [{}, () => true],
  'one kind': [{ kind: 'audio' }, ({ kind }) => kind === 'audio'],
  stars: [{ starred: 'true' }, ({ starred }) => starred === 1],
  'a kind and no star': [{ kind: 'image', starred: 'false' }, (one) => one.kind === 'image' && !one.starred],
  'a time that begins and ends in the middle of a bucket': [
    { created_after: '2026-11-20T00:11:00Z', created_before: '2026-11-20T09:03:00Z' },
    ({ at }) => at >= begin + 4 * minute && at < Date.parse('2026-11-20T09:03:00Z'),
  ],
  nobody: [{ submitted_by: 'nobody' }, () => false],
} satisfies Record<string, [object, (made: Made) => boolean]>;

describe.each(Object.entries(filters))('%s', (_name, [query, fits]) => {
  it.each(['newest', 'oldest'] as const)('is counted and paged, the %s first', async (order) => {
    const studio = await Studio.open();
    const made = await fill(studio);
    const { read } = studio.rooms.store;
    const filter = outputFilter(studio.teamId, outputFilterQuery.parse(query));
    const all = made
      .filter(fits)
      .map(({ id }) => id)
      .toSorted();
    if (order === 'newest') all.reverse();
    expect(totalOf(read, filter)).toBe(all.length);
    for (const limit of [1, 7, 500]) {
      for (const offset of [0, 1, 30, 119, 500])
        expect(pageOfIds(read, filter, { order, offset, limit })).toEqual(all.slice(offset, offset + limit));
      const walked: string[] = [];
      for (let cursor: string | undefined; ; cursor = walked.at(-1)) {
        const page = pageOfIds(read, filter, { order, cursor, offset: 0, limit });
        if (page.length === 0) break;
        walked.push(...page);
      }
      expect(walked).toEqual(all);
    }
    const [cursor] = all.slice(10);
    expect(pageOfIds(read, filter, { order, cursor, offset: 3, limit: 5 })).toEqual(
      cursor === undefined ? all.slice(3, 8) : all.slice(14, 19),
    );
  });
});

it('keeps its counters true through stars, deletions and restorations', async () => {
  const studio = await Studio.open();
  const made = await fill(studio);
  const { store, gallery } = studio.rooms;
  const ids = made.slice(0, 50).map(({ id }) => id);
  await gallery.outputs.star(studio.teamId, ids.slice(10), true);
  await gallery.outputs.delete(studio.teamId, ids.slice(5, 40));
  await gallery.outputs.restore(studio.teamId, ids.slice(0, 20));
  await store.write((writer) => writer.hotRun('DELETE FROM outputs WHERE id = ?', ids[45] ?? ''));
  const counted = store.read.hot(
    'SELECT bucket, kind, starred, count FROM output_counts ORDER BY bucket, kind, starred',
  );
  const true_ = store.read.hot(
    `SELECT created_at / 900000 AS bucket, kind, starred, COUNT(*) AS count FROM outputs
     WHERE listed = 1 AND deleted_at IS NULL GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
  );
  expect(counted).toEqual(true_);
});
