/** An upload in parts. Its bytes lie beside the objects until it is whole. */
export interface UploadRow {
  id: string;
  team_id: string;
  /** What was announced: an input's key, a model's. */
  storage_key: string;
  size: number;
  part_size: number;
  /** Of the whole; null while parts may still come. */
  sha256: string | null;
  created_at: number;
  /** When the last part came. */
  touched_at: number;
  completed_at: number | null;
}

export interface UploadPartRow {
  upload_id: string;
  /** Counts from 1. */
  number: number;
  size: number;
  /** SHA-256 hex of the part. */
  etag: string;
}

/** How much a team keeps of a kind: `inputs`, `uploads` (announced, not here yet), `outputs`. */
export interface StorageCountRow {
  team_id: string;
  kind: string;
  bytes: number;
  count: number;
}
