/** A model of a team's library. Its bytes never change; other bytes are another model. */
export interface ModelRow {
  id: string;
  team_id: string;
  display_name: string;
  model_type: string;
  /** Folder and name, without `models/` in front. */
  model_path: string;
  storage_key: string;
  /** Bytes. */
  file_size: number;
  sha256: string;
  status: 'active' | 'disabled';
  /** What its header says. */
  facts_json: string;
  /** Where it was fetched from; empty when it was uploaded. */
  source_url: string;
  created_at: number;
  updated_at: number;
}

/** A model's bytes, announced or here, that nobody has registered yet. */
export interface ModelUploadRow {
  storage_key: string;
  team_id: string;
  file_name: string;
  file_size: number;
  sha256: string | null;
  created_at: number;
}

/** A download of a model from the internet. */
export interface ModelFetchRow {
  id: string;
  team_id: string;
  url: string;
  display_name: string;
  model_type: string;
  model_path: string;
  wanted_sha256: string | null;
  state: 'running' | 'failed' | 'done';
  error: string;
  /** What the server named the content by; what has come so far belongs to it. */
  validator: string;
  /** Of the whole, once the server has told it. */
  size: number | null;
  model_id: string | null;
  created_at: number;
  ended_at: number | null;
}
