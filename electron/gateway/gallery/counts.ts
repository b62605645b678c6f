import type { Bindable, Reader } from '../store/store.ts';
import { idEnd, idFrom, type OutputFilter, sortOf } from './filter.ts';

export const bucketMs = 900_000;

/** How many there are in one quarter of an hour. */
export interface Bucket {
  readonly bucket: number;
  readonly count: number;
}

/** Between which ids the rows of a bucket lie, as far as the filter's time goes. */
export function idsOf({ after, before }: OutputFilter, bucket: number): { from: string; to: string } {
  const begins = Math.max(bucket * bucketMs, after ?? 0);
  const ends = Math.min((bucket + 1) * bucketMs, before ?? Number.POSITIVE_INFINITY);
  return { from: idFrom(begins), to: idFrom(ends) };
}

/**
 * Where the outputs asked for lie, by the counters alone: the cost is that of the time in which something was made, not
 * of how much was made.
 */
export function bucketsOf(
  reader: Reader,
  filter: OutputFilter,
  { oldestFirst = false, from, most = -1 }: { oldestFirst?: boolean; from?: number; most?: number } = {},
): Bucket[] {
  const { after, before } = filter;
  const sort = sortOf(filter);
  const least = after === undefined ? 0 : Math.floor(after / bucketMs);
  const last = before === undefined ? Number.MAX_SAFE_INTEGER : Math.ceil(before / bucketMs) - 1;
  const begins = from === undefined ? (oldestFirst ? least : last) : from;
  const rows = reader.hot<Bucket>(
    `SELECT bucket, SUM(count) AS count FROM output_counts
     WHERE team_id = ? AND bucket >= ? AND bucket <= ?${sort.sql}
     GROUP BY bucket ORDER BY bucket ${oldestFirst ? 'ASC' : 'DESC'} LIMIT ?`,
    filter.teamId,
    oldestFirst ? Math.max(least, begins) : least,
    oldestFirst ? last : Math.min(last, begins),
    ...sort.values,
    most,
  );
  return rows.map((row) =>
    isWhole(filter, row.bucket) ? row : { ...row, count: exactly(reader, filter, row.bucket) },
  );
}

export function totalOf(reader: Reader, filter: OutputFilter): number {
  const { after, before } = filter;
  if (after === undefined && before === undefined) {
    const sort = sortOf(filter);
    const [row] = reader.hot<{ count: number | null }>(
      `SELECT SUM(count) AS count FROM output_counts WHERE team_id = ?${sort.sql}`,
      filter.teamId,
      ...sort.values,
    );
    return row?.count ?? 0;
  }
  return bucketsOf(reader, filter).reduce((sum, { count }) => sum + count, 0);
}

const isWhole = ({ after = 0, before = Number.POSITIVE_INFINITY }: OutputFilter, bucket: number): boolean =>
  bucket * bucketMs >= after && (bucket + 1) * bucketMs <= before;

/** A time that begins or ends in the middle of a bucket: these are counted row by row. */
function exactly(reader: Reader, filter: OutputFilter, bucket: number): number {
  const sort = sortOf(filter);
  const { from, to } = idsOf(filter, bucket);
  const [row] = reader.hot<{ count: number }>(
    `SELECT COUNT(*) AS count FROM outputs WHERE ${hung} AND team_id = ? AND id >= ? AND id < ?${sort.sql}`,
    filter.teamId,
    from,
    to,
    ...sort.values,
  );
  return row?.count ?? 0;
}

/** Only what hangs in the gallery; in these words, since the index is of them. */
export const hung = 'listed = 1 AND deleted_at IS NULL';

export interface PageWanted {
  readonly order: 'newest' | 'oldest';
  readonly cursor?: string | undefined;
  readonly offset: number;
  readonly limit: number;
}

/** Ids of one page, found bucket by bucket: what is rare is not looked for among what is common. */
export function pageOfIds(reader: Reader, filter: OutputFilter, page: PageWanted): string[] {
  const oldestFirst = page.order === 'oldest';
  const cursor = page.cursor?.toLowerCase();
  const from = cursor === undefined ? undefined : Math.floor(timeOf(cursor) / bucketMs);
  // The first bucket may hold nothing behind the cursor; every other one holds at least one.
  const most = page.offset > 0 ? -1 : page.limit + 1;
  const buckets = bucketsOf(reader, filter, { oldestFirst, most, ...(from === undefined ? {} : { from }) });
  const ids: string[] = [];
  let skip = page.offset;
  for (const [index, { bucket, count }] of buckets.entries()) {
    // How many of the cursor's own bucket lie behind it nobody knows before looking.
    if (skip >= count && !(cursor !== undefined && index === 0)) {
      skip -= count;
      continue;
    }
    const wanted = page.limit + skip - ids.length;
    const found = idsIn(reader, filter, { bucket, cursor, oldestFirst, most: wanted });
    ids.push(...found.slice(skip));
    skip = Math.max(0, skip - found.length);
    if (ids.length >= page.limit) break;
  }
  return ids.slice(0, page.limit);
}

interface Part {
  readonly bucket: number;
  readonly cursor: string | undefined;
  readonly oldestFirst: boolean;
  readonly most: number;
}

function idsIn(reader: Reader, filter: OutputFilter, { bucket, cursor, oldestFirst, most }: Part): string[] {
  const sort = sortOf(filter);
  const { from, to } = idsOf(filter, bucket);
  const behind: Bindable = cursor ?? (oldestFirst ? '' : idEnd);
  return reader
    .hot<{ id: string }>(
      `SELECT id FROM outputs WHERE ${hung} AND team_id = ? AND id >= ? AND id < ?
       AND id ${oldestFirst ? '>' : '<'} ?${sort.sql} ORDER BY id ${oldestFirst ? 'ASC' : 'DESC'} LIMIT ?`,
      filter.teamId,
      from,
      to,
      behind,
      ...sort.values,
      most,
    )
    .map(({ id }) => id);
}

/** When the output of an id was made. */
const timeOf = (id: string): number => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
