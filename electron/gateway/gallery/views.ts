import { toTimestamp } from '#shared/wire/common.ts';
import type { OutputItem } from '#shared/wire/outputs.ts';
import type { Files } from '../files/files.ts';
import type { PreviewRow } from '../store/rows/gallery.ts';
import type { OutputRow } from '../store/schema.ts';
import type { Reader } from '../store/store.ts';
import type { Thumbnails } from './thumbnails.ts';

/** An output with everything that the gallery tells of it. */
interface HungRow extends OutputRow {
  readonly slug: string;
  readonly display_name: string;
  readonly version: number;
  readonly submitter_name: string;
  readonly state: PreviewRow['state'] | null;
  readonly seen_width: number | null;
  readonly seen_height: number | null;
  readonly colour: string | null;
  readonly placeholder: string | null;
}

/** Outputs by their ids, in that order; those that are gone meanwhile are left out. */
export function hungRows(reader: Reader, ids: readonly string[]): HungRow[] {
  return ids.flatMap((id) =>
    reader.hot<HungRow>(
      `SELECT outputs.*, COALESCE(workflows.slug, '') AS slug, snapshot.display_name, snapshot.version,
         COALESCE(users.display_name, credentials.display_name, '') AS submitter_name,
         previews.state, previews.width AS seen_width, previews.height AS seen_height, previews.colour,
         previews.placeholder
       FROM outputs
       JOIN tasks ON tasks.id = outputs.task_id
       JOIN workflow_snapshots AS snapshot ON snapshot.id = tasks.snapshot_id
       LEFT JOIN workflows ON workflows.id = outputs.workflow_id
       LEFT JOIN users ON users.id = outputs.submitter_id
       LEFT JOIN credentials ON credentials.id = outputs.submitter_id
       LEFT JOIN previews ON previews.sha256 = outputs.sha256
       WHERE outputs.id = ?`,
      id,
    ),
  );
}

export function outputItem(row: HungRow, files: Files, thumbnails: Thumbnails): OutputItem {
  return {
    id: row.id,
    task_id: row.task_id,
    storage_key: row.storage_key,
    name: row.name,
    kind: row.kind,
    content_type: row.content_type,
    size: row.size,
    sha256: row.sha256,
    // What was seen counts more than what was said.
    width: row.seen_width ?? row.width,
    height: row.seen_height ?? row.height,
    url: files.outputPath(row.storage_key),
    thumbnails: row.kind === 'image' && row.state !== 'unreadable' ? thumbnails.paths(row.sha256) : null,
    colour: row.colour,
    placeholder: row.placeholder,
    workflow_id: row.workflow_id,
    workflow_slug: row.slug,
    workflow_name: row.display_name,
    workflow_version: row.version,
    submitted_by: row.submitter_id,
    submitter_name: row.submitter_name,
    created_at: toTimestamp(row.created_at),
    is_starred: row.starred === 1,
    deleted_at: row.deleted_at === null ? null : toTimestamp(row.deleted_at),
  };
}
