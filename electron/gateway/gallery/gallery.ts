import { v7 } from 'uuid';
import type { z } from 'zod';
import { AppError } from '#shared/errors.ts';
import type {
  OutputDaysQuery,
  OutputItem,
  OutputListQuery,
  outputDays,
  outputFacets,
  outputInputReply,
  outputList,
  outputsChanged,
} from '#shared/wire/outputs.ts';
import type { Files } from '../files/files.ts';
import type { FileRow, OutputRow } from '../store/schema.ts';
import type { Store, Writer } from '../store/store.ts';
import { bucketMs, bucketsOf, pageOfIds, totalOf } from './counts.ts';
import { daysOf, type Moment } from './days.ts';
import { facetsOf } from './facets.ts';
import { isSearch, outputFilter } from './filter.ts';
import { type Found, search } from './search.ts';
import type { Thumbnails } from './thumbnails.ts';
import { hungRows, outputItem } from './views.ts';

export interface GalleryPorts {
  readonly store: Store;
  readonly files: Files;
  readonly thumbnails: Thumbnails;
  readonly clock: () => number;
  /** How long a deleted output can be restored. */
  readonly keepDeletedMs: number;
  readonly changed: (teamId: string) => void;
}

type Changed = z.infer<typeof outputsChanged>;
const sweptAtOnce = 500;

/** Everything that was made: found, starred, taken down and hung again. */
export class Gallery {
  readonly #ports: GalleryPorts;

  constructor(ports: GalleryPorts) {
    this.#ports = ports;
  }

  list(teamId: string, query: OutputListQuery): z.infer<typeof outputList> {
    const { read } = this.#ports.store;
    const filter = outputFilter(teamId, query);
    const { ids, total } = isSearch(filter)
      ? pageOfFound(search(read, filter), query)
      : {
          ids: pageOfIds(read, filter, { ...query, limit: query.per_page + 1 }),
          total: totalOf(read, filter),
        };
    const more = ids.length > query.per_page;
    const shown = ids.slice(0, query.per_page);
    return {
      output_list: this.#items(shown),
      next_cursor: more ? (shown.at(-1) ?? null) : null,
      total_count: total,
    };
  }

  days(teamId: string, query: OutputDaysQuery): z.infer<typeof outputDays> {
    const { read } = this.#ports.store;
    const filter = outputFilter(teamId, query);
    const moments: Moment[] = isSearch(filter)
      ? search(read, filter).map(({ created_at }) => ({ at: created_at, count: 1 }))
      : bucketsOf(read, filter).map(({ bucket, count }) => ({ at: bucket * bucketMs, count }));
    return {
      day_list: daysOf(moments, query.time_zone),
      total_count: moments.reduce((sum, { count }) => sum + count, 0),
    };
  }

  facets(teamId: string): z.infer<typeof outputFacets> {
    return facetsOf(this.#ports.store.read, teamId);
  }

  get(teamId: string, id: string): OutputItem {
    this.#find(teamId, id);
    const [item] = this.#items([id.toLowerCase()]);
    if (!item) throw notFound();
    return item;
  }

  star(teamId: string, ids: readonly string[], starred: boolean): Promise<Changed> {
    return this.#change(teamId, ids, (writer, id) =>
      writer.hotRun(
        'UPDATE outputs SET starred = ? WHERE id = ? AND starred <> ?',
        starred ? 1 : 0,
        id,
        starred ? 1 : 0,
      ),
    );
  }

  /** Out of sight at once; its bytes stay until the sweep, so that it can be restored. */
  delete(teamId: string, ids: readonly string[]): Promise<Changed> {
    const now = this.#ports.clock();
    return this.#change(teamId, ids, (writer, id) =>
      writer.hotRun('UPDATE outputs SET deleted_at = ? WHERE id = ? AND deleted_at IS NULL', now, id),
    );
  }

  restore(teamId: string, ids: readonly string[]): Promise<Changed> {
    return this.#change(teamId, ids, (writer, id) =>
      writer.hotRun('UPDATE outputs SET deleted_at = NULL WHERE id = ? AND deleted_at IS NOT NULL', id),
    );
  }

  /** The files behind ids, in that order. */
  rows(teamId: string, ids: readonly string[]): { rows: OutputRow[]; missing: string[] } {
    const named = [...new Set(ids.map((id) => id.toLowerCase()))];
    const rows = named.flatMap((id) => this.#row(teamId, id) ?? []).filter((row) => row.deleted_at === null);
    const known = new Set(rows.map(({ id }) => id));
    return { rows, missing: named.filter((id) => !known.has(id)) };
  }

  /** An input of the same content, without copying a byte. */
  async asInput(teamId: string, id: string): Promise<z.infer<typeof outputInputReply>> {
    const { store, clock } = this.#ports;
    const output = this.#find(teamId, id);
    const type = Buffer.from(output.content_type).toString('base64url');
    const now = clock();
    const row: FileRow = {
      file_key: `inputs/${teamId}/${v7()}/${type}/${output.name}`,
      team_id: teamId,
      file_name: output.name,
      content_type: output.content_type,
      announced_size: output.size,
      sha256: output.sha256,
      created_at: now,
      uploaded_at: now,
      used_at: now,
    };
    await store.write((writer) => {
      // Looked at again: the janitor may have come in between.
      if (writer.hot('SELECT 1 FROM outputs WHERE id = ?', output.id).length === 0) throw notFound();
      writer.run(store.sql.insertInto('files').values(row));
    });
    return {
      file_key: row.file_key,
      file_name: row.file_name,
      content_type: row.content_type,
      size: output.size,
    };
  }

  /**
   * Removes for good what was deleted long enough ago. The bytes go with whoever clears the object store: nothing refers
   * to them any more.
   */
  async sweep(): Promise<number> {
    const { store, clock, keepDeletedMs } = this.#ports;
    const due = clock() - keepDeletedMs;
    let swept = 0;
    for (let more = true; more; ) {
      const gone = await store.write((writer) =>
        writer.hotRun(
          `DELETE FROM outputs WHERE id IN
             (SELECT id FROM outputs WHERE deleted_at IS NOT NULL AND deleted_at <= ? LIMIT ?)`,
          due,
          sweptAtOnce,
        ),
      );
      swept += gone;
      more = gone === sweptAtOnce;
    }
    await this.#ports.thumbnails.sweep();
    return swept;
  }

  #items(ids: readonly string[]): OutputItem[] {
    const { store, files, thumbnails } = this.#ports;
    return hungRows(store.read, ids).map((row) => outputItem(row, files, thumbnails));
  }

  #row(teamId: string, id: string): OutputRow | undefined {
    const [row] = this.#ports.store.read.hot<OutputRow>(
      'SELECT * FROM outputs WHERE id = ?',
      id.toLowerCase(),
    );
    return row?.team_id === teamId ? row : undefined;
  }

  #find(teamId: string, id: string): OutputRow {
    const row = this.#row(teamId, id);
    if (!row) throw notFound();
    return row;
  }

  async #change(
    teamId: string,
    ids: readonly string[],
    change: (writer: Writer, id: string) => number,
  ): Promise<Changed> {
    const named = [...new Set(ids.map((id) => id.toLowerCase()))];
    const known = named.filter((id) => this.#row(teamId, id));
    const changed_count = await this.#ports.store.write((writer) =>
      known.reduce((sum, id) => sum + change(writer, id), 0),
    );
    if (changed_count > 0) this.#ports.changed(teamId);
    return { changed_count, not_found: named.filter((id) => !known.includes(id)) };
  }
}

const notFound = () => new AppError('not_found', 'There is no such output in this team.');

/** One more than the page shows, so that it is known whether there are more. */
function pageOfFound(
  found: readonly Found[],
  { order, cursor, offset, per_page }: OutputListQuery,
): { ids: string[]; total: number } {
  const ids = found.map(({ id }) => id);
  if (order === 'oldest') ids.reverse();
  const behind = (id: string) =>
    cursor === undefined || (order === 'oldest' ? id > cursor.toLowerCase() : id < cursor.toLowerCase());
  return { ids: ids.filter(behind).slice(offset, offset + per_page + 1), total: found.length };
}
