import type { OutputKind } from '#shared/wire/tasks.ts';

/** How many outputs hang in the gallery, in a quarter of an hour and of one sort; kept by triggers. */
export interface OutputCountRow {
  team_id: string;
  /** `created_at` in quarters of an hour. */
  bucket: number;
  workflow_id: string;
  submitter_id: string;
  kind: OutputKind;
  starred: 0 | 1;
  count: number;
}

/** What is known of a picture by looking at it once. */
export interface PreviewRow {
  sha256: string;
  state: 'made' | 'unreadable';
  width: number | null;
  height: number | null;
  /** `#rrggbb`, its mean. */
  colour: string | null;
  /** A few pixels of it as a `data:` address. */
  placeholder: string | null;
  made_at: number;
}
