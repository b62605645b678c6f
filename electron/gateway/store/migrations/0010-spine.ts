import type { Migration } from './index.ts';

/** The first shape: identity, workflows, tasks, files. */
export const spine: Migration = {
  version: 10,
  name: 'spine',
  sql: `
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

CREATE TABLE teams (id TEXT PRIMARY KEY, display_name TEXT NOT NULL, created_at INTEGER NOT NULL) STRICT;

CREATE TABLE users (
  id TEXT PRIMARY KEY, email TEXT NOT NULL UNIQUE, first_name TEXT NOT NULL, last_name TEXT NOT NULL,
  display_name TEXT NOT NULL, password_hash TEXT, disabled INTEGER NOT NULL DEFAULT 0, created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE members (
  team_id TEXT NOT NULL REFERENCES teams(id) ON DELETE CASCADE,
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  role TEXT NOT NULL CHECK (role IN ('owner','admin','member','viewer')), created_at INTEGER NOT NULL,
  PRIMARY KEY (team_id, user_id)
) STRICT;
CREATE INDEX members_by_user ON members (user_id);

CREATE TABLE refresh_tokens (
  token_hash TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  family_id TEXT NOT NULL, expires_at INTEGER NOT NULL, used_at INTEGER
) STRICT;
CREATE INDEX refresh_tokens_by_family ON refresh_tokens (family_id);

CREATE TABLE credentials (
  id TEXT PRIMARY KEY, team_id TEXT NOT NULL REFERENCES teams(id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('integration','agent','device')), display_name TEXT NOT NULL,
  key_hash TEXT NOT NULL UNIQUE, key_prefix TEXT NOT NULL, user_id TEXT REFERENCES users(id) ON DELETE CASCADE,
  created_at INTEGER NOT NULL, expires_at INTEGER, last_used_at INTEGER, revoked_at INTEGER
) STRICT;
CREATE INDEX credentials_by_team ON credentials (team_id, id);

CREATE TABLE workflows (
  id TEXT PRIMARY KEY, team_id TEXT NOT NULL REFERENCES teams(id) ON DELETE CASCADE, slug TEXT NOT NULL,
  version INTEGER NOT NULL, status TEXT NOT NULL CHECK (status IN ('active','disabled')),
  snapshot_id TEXT NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
  UNIQUE (team_id, slug)
) STRICT;

CREATE TABLE workflow_snapshots (
  id TEXT PRIMARY KEY, workflow_id TEXT NOT NULL REFERENCES workflows(id) ON DELETE CASCADE,
  version INTEGER NOT NULL, display_name TEXT NOT NULL, description TEXT NOT NULL, tool_type TEXT NOT NULL,
  graph_json TEXT NOT NULL, parameters_json TEXT NOT NULL, required_labels_json TEXT NOT NULL,
  required_models_json TEXT NOT NULL, task_timeout INTEGER NOT NULL, max_retries INTEGER NOT NULL,
  preferred_gpu TEXT NOT NULL, min_vram_gb INTEGER NOT NULL, default_dispatch_target TEXT NOT NULL,
  created_at INTEGER NOT NULL, UNIQUE (workflow_id, version)
) STRICT;

CREATE TABLE tasks (
  id TEXT PRIMARY KEY, team_id TEXT NOT NULL, workflow_id TEXT NOT NULL, snapshot_id TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN
    ('pending','waiting','provisioning','queued','running','completed','failed','cancelled')),
  parameters_json TEXT NOT NULL, dispatch_target TEXT NOT NULL, target_pool TEXT NOT NULL, tool_type TEXT NOT NULL,
  submitter_region TEXT NOT NULL, submitter_id TEXT NOT NULL, priority INTEGER NOT NULL,
  retry_count INTEGER NOT NULL, retry_of TEXT, attempt_id TEXT, attempt_count INTEGER NOT NULL DEFAULT 0,
  agent_id TEXT, agent_labels_json TEXT NOT NULL DEFAULT '[]', gpu_type TEXT NOT NULL DEFAULT '',
  error TEXT NOT NULL DEFAULT '', failure_json TEXT,
  created_at INTEGER NOT NULL, started_at INTEGER, completed_at INTEGER
) STRICT;
-- Ids are UUIDv7, so id order is submission order: one index serves the list of a team, newest first.
CREATE INDEX tasks_by_team ON tasks (team_id, id);
CREATE INDEX tasks_by_team_status ON tasks (team_id, status, id);
CREATE INDEX tasks_by_workflow ON tasks (workflow_id, id);
-- Small however long the history: only what is still alive, for the start after a crash.
CREATE INDEX tasks_open ON tasks (id) WHERE status NOT IN ('completed','failed','cancelled');

-- Counting a team's rows must not walk them: one row a team and status, kept by triggers.
CREATE TABLE task_counts (
  team_id TEXT NOT NULL, status TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (team_id, status)
) STRICT;
CREATE TRIGGER tasks_counted AFTER INSERT ON tasks BEGIN
  INSERT INTO task_counts VALUES (NEW.team_id, NEW.status, 1)
    ON CONFLICT (team_id, status) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER tasks_moved AFTER UPDATE OF status ON tasks WHEN OLD.status <> NEW.status BEGIN
  UPDATE task_counts SET count = count - 1 WHERE team_id = OLD.team_id AND status = OLD.status;
  INSERT INTO task_counts VALUES (NEW.team_id, NEW.status, 1)
    ON CONFLICT (team_id, status) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER tasks_uncounted AFTER DELETE ON tasks BEGIN
  UPDATE task_counts SET count = count - 1 WHERE team_id = OLD.team_id AND status = OLD.status;
END;

CREATE TABLE attempts (
  id TEXT PRIMARY KEY, task_id TEXT NOT NULL REFERENCES tasks(id) ON DELETE CASCADE, agent_id TEXT NOT NULL,
  fence INTEGER NOT NULL UNIQUE, state TEXT NOT NULL CHECK (state IN ('assigned','staged','running','ended')),
  outcome TEXT, lease_expires_at INTEGER NOT NULL, created_at INTEGER NOT NULL, accepted_at INTEGER, ended_at INTEGER
) STRICT;
CREATE INDEX attempts_by_task ON attempts (task_id);
CREATE INDEX attempts_open ON attempts (agent_id) WHERE state <> 'ended';

CREATE TABLE task_events (
  seq INTEGER PRIMARY KEY, task_id TEXT NOT NULL REFERENCES tasks(id) ON DELETE CASCADE, team_id TEXT NOT NULL,
  event TEXT NOT NULL, data_json TEXT NOT NULL, created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX task_events_by_task ON task_events (task_id, seq);

CREATE TABLE objects (sha256 TEXT PRIMARY KEY, size INTEGER NOT NULL, created_at INTEGER NOT NULL) STRICT;

CREATE TABLE files (
  file_key TEXT PRIMARY KEY, team_id TEXT NOT NULL REFERENCES teams(id) ON DELETE CASCADE, file_name TEXT NOT NULL,
  content_type TEXT NOT NULL, announced_size INTEGER NOT NULL, sha256 TEXT REFERENCES objects(sha256),
  created_at INTEGER NOT NULL, uploaded_at INTEGER
) STRICT;

CREATE TABLE outputs (
  storage_key TEXT PRIMARY KEY, task_id TEXT NOT NULL REFERENCES tasks(id) ON DELETE CASCADE, team_id TEXT NOT NULL,
  position INTEGER NOT NULL, node_id TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL,
  content_type TEXT NOT NULL, size INTEGER NOT NULL, sha256 TEXT NOT NULL REFERENCES objects(sha256),
  temporary INTEGER NOT NULL, width INTEGER, height INTEGER, created_at INTEGER NOT NULL,
  UNIQUE (task_id, position)
) STRICT;
`,
};
