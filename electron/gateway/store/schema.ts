import type { TaskStatus } from '#shared/task-states.ts';
import type { DispatchTarget, TargetPool, ToolType } from '#shared/wire/common.ts';
import type { OutputKind } from '#shared/wire/tasks.ts';
import type { CloudAccountRow, CloudJobRow } from './rows/cloud.ts';
import type { StorageCountRow, UploadPartRow, UploadRow } from './rows/files.ts';
import type { OutputCountRow, PreviewRow } from './rows/gallery.ts';
import type {
  CredentialRow,
  FeatureSettingRow,
  InvitationRow,
  MemberRow,
  PairingRow,
  RefreshTokenRow,
  TeamRow,
  UserRow,
} from './rows/identity.ts';
import type { ModelFetchRow, ModelRow, ModelUploadRow } from './rows/models.ts';
import type { AgentRow, TaskLogRow } from './rows/tasks.ts';
import type { WebhookDeliveryRow, WebhookRow } from './rows/webhooks.ts';
import type { WorkflowPresetRow } from './rows/workflows.ts';

/**
 * Rows as they lie in the database. Ids are UUIDv7 text, times integer milliseconds since 1970 written by the
 * application, booleans 0/1, `*_json` JSON text that was validated before it was written. Portable SQL only.
 */
export interface WorkflowRow {
  id: string;
  team_id: string;
  slug: string;
  version: number;
  status: 'active' | 'disabled';
  /** The snapshot of the current version: definition fields live there only. */
  snapshot_id: string;
  starred: 0 | 1;
  tags_json: string;
  created_at: number;
  updated_at: number;
  /** Set = deleted: kept for the history of its tasks, found by nobody. */
  deleted_at: number | null;
  /** Its slug while it lived; the column `slug` is free for another then. */
  former_slug: string | null;
}

/** One saved version of a workflow, never changed but for its note. Tasks refer to it, so what was submitted stays what it was. */
export interface WorkflowSnapshotRow {
  id: string;
  workflow_id: string;
  version: number;
  display_name: string;
  description: string;
  tool_type: ToolType;
  graph_json: string;
  /** The editor's drawing that the graph was converted from, if it came as one. */
  editor_json: string | null;
  parameters_json: string;
  required_labels_json: string;
  required_models_json: string;
  task_timeout: number;
  max_retries: number;
  preferred_gpu: string;
  min_vram_gb: number;
  default_dispatch_target: DispatchTarget;
  created_at: number;
  /** Words of a person about this version; the one thing of it that may change. */
  note: string;
  /** The user who saved it; null = unknown (saved before this was kept). */
  saved_by: string | null;
}

export interface TaskRow {
  id: string;
  team_id: string;
  workflow_id: string;
  snapshot_id: string;
  status: TaskStatus;
  /** Values with defaults in place; with the snapshot this is the frozen run. */
  parameters_json: string;
  dispatch_target: DispatchTarget;
  target_pool: TargetPool;
  tool_type: ToolType;
  submitter_region: string;
  /** Who is served round-robin: user id, else credential id. */
  submitter_id: string;
  /** Higher runs first. */
  priority: number;
  /** Its place among tasks of its submitter and priority, in the order of text; null = by its id. */
  place: string | null;
  retry_count: number;
  retry_of: string | null;
  /** The attempt whose messages count; null between attempts. */
  attempt_id: string | null;
  attempt_count: number;
  agent_id: string | null;
  agent_labels_json: string;
  gpu_type: string;
  /** Words for the user; empty while there is nothing to tell. */
  error: string;
  failure_json: string | null;
  created_at: number;
  started_at: number | null;
  completed_at: number | null;
}

export interface AttemptRow {
  id: string;
  task_id: string;
  agent_id: string;
  /** Rises with each attempt of this gateway, across restarts. */
  fence: number;
  state: 'assigned' | 'staged' | 'running' | 'ended';
  /** How it ended: completed, failed, crashed, cancelled, declined, unsent, lost, timeout; null while open. */
  outcome: string | null;
  lease_expires_at: number;
  created_at: number;
  accepted_at: number | null;
  ended_at: number | null;
}

/** Append-only. `seq` is the SSE id and rises across all tasks. */
export interface TaskEventRow {
  seq: number;
  task_id: string;
  team_id: string;
  event: string;
  data_json: string;
  created_at: number;
}

/** A blob in the object store, named by its SHA-256. */
export interface ObjectRow {
  sha256: string;
  size: number;
  created_at: number;
}

/** An input: presigned (`sha256` null) or uploaded. */
export interface FileRow {
  file_key: string;
  team_id: string;
  file_name: string;
  content_type: string;
  announced_size: number;
  sha256: string | null;
  created_at: number;
  uploaded_at: number | null;
  /** When it was last of use: announced, uploaded, or given to a task. */
  used_at: number;
}

export interface OutputRow {
  /** Also the key in signed addresses: `tasks/<task>/<nn>/<name>`. */
  storage_key: string;
  task_id: string;
  team_id: string;
  position: number;
  node_id: string;
  name: string;
  kind: OutputKind;
  content_type: string;
  size: number;
  sha256: string;
  temporary: 0 | 1;
  width: number | null;
  height: number | null;
  created_at: number;
  /** A UUIDv7 of `created_at`: the order of ids is the order in which outputs were made. */
  id: string;
  /** Those of its task, so that the gallery asks one table. */
  workflow_id: string;
  submitter_id: string;
  /** 1 = hangs in the gallery. */
  listed: 0 | 1;
  starred: 0 | 1;
  /** Set from when it was deleted until it is gone for good. */
  deleted_at: number | null;
}

/** Gateway-wide values: `gateway_id`, `signing_key`, `fence` … */
export interface SettingRow {
  name: string;
  value: string;
}

/** What an engine says of its node classes, gzipped JSON, by the hash of its text. */
export interface NodeInfoRow {
  team_id: string;
  hash: string;
  body: Uint8Array;
  seen_at: number;
}

export type { WorkflowPresetRow } from './rows/workflows.ts';

export interface Database {
  teams: TeamRow;
  users: UserRow;
  members: MemberRow;
  refresh_tokens: RefreshTokenRow;
  credentials: CredentialRow;
  invitations: InvitationRow;
  pairings: PairingRow;
  feature_settings: FeatureSettingRow;
  workflows: WorkflowRow;
  workflow_snapshots: WorkflowSnapshotRow;
  workflow_presets: WorkflowPresetRow;
  tasks: TaskRow;
  attempts: AttemptRow;
  task_events: TaskEventRow;
  objects: ObjectRow;
  files: FileRow;
  uploads: UploadRow;
  upload_parts: UploadPartRow;
  storage_counts: StorageCountRow;
  outputs: OutputRow;
  models: ModelRow;
  model_uploads: ModelUploadRow;
  model_fetches: ModelFetchRow;
  output_counts: OutputCountRow;
  previews: PreviewRow;
  settings: SettingRow;
  node_infos: NodeInfoRow;
  webhooks: WebhookRow;
  webhook_deliveries: WebhookDeliveryRow;
  task_logs: TaskLogRow;
  agents: AgentRow;
  cloud_accounts: CloudAccountRow;
  cloud_jobs: CloudJobRow;
}
