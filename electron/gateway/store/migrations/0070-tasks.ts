import type { Migration } from './index.ts';

/** Tasks that can be deleted, moved, counted and read back; agents that are remembered. */
export const tasks: Migration = {
  version: 70,
  name: 'tasks',
  sql: `
-- AUTOINCREMENT: a number that listeners have seen must not come again when the newest events are deleted.
CREATE TABLE task_events_kept (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, task_id TEXT NOT NULL REFERENCES tasks(id) ON DELETE CASCADE,
  team_id TEXT NOT NULL, event TEXT NOT NULL, data_json TEXT NOT NULL, created_at INTEGER NOT NULL
) STRICT;
INSERT INTO task_events_kept SELECT seq, task_id, team_id, event, data_json, created_at FROM task_events;
DROP TABLE task_events;
ALTER TABLE task_events_kept RENAME TO task_events;
CREATE INDEX task_events_by_task ON task_events (task_id, seq);

-- The same for fences: the highest one that was ever deleted.
CREATE TRIGGER attempts_forgotten BEFORE DELETE ON attempts WHEN OLD.fence = (SELECT MAX(fence) FROM attempts) BEGIN
  INSERT INTO settings (name, value) VALUES ('fence', CAST(OLD.fence AS TEXT))
    ON CONFLICT (name) DO UPDATE SET value = excluded.value
    WHERE CAST(excluded.value AS INTEGER) > CAST(settings.value AS INTEGER);
END;

-- Where a task was moved to within its priority; NULL = by its id, the order of submission.
ALTER TABLE tasks ADD COLUMN place TEXT;

CREATE TABLE task_logs (
  task_id TEXT NOT NULL REFERENCES tasks(id) ON DELETE CASCADE, first_line INTEGER NOT NULL,
  line_count INTEGER NOT NULL, attempt_id TEXT NOT NULL, body TEXT NOT NULL, created_at INTEGER NOT NULL,
  PRIMARY KEY (task_id, first_line)
) STRICT;

CREATE TABLE agents (
  team_id TEXT NOT NULL REFERENCES teams(id) ON DELETE CASCADE, agent_id TEXT NOT NULL,
  added_labels_json TEXT NOT NULL DEFAULT '[]', draining INTEGER NOT NULL DEFAULT 0 CHECK (draining IN (0, 1)),
  credential_id TEXT, hostname TEXT NOT NULL DEFAULT '', first_seen_at INTEGER NOT NULL, last_seen_at INTEGER NOT NULL,
  PRIMARY KEY (team_id, agent_id)
) STRICT;

-- The line alone, by priority: moving to the front asks for the highest, moving beside another for its neighbours.
CREATE INDEX tasks_in_line ON tasks (team_id, priority, submitter_id)
  WHERE status IN ('pending','waiting','provisioning');
CREATE INDEX tasks_by_submitter ON tasks (team_id, submitter_id, id);
CREATE INDEX tasks_by_agent ON tasks (team_id, agent_id, id) WHERE agent_id IS NOT NULL;
-- All that statistics read, so that they never touch the rows; written once a task, when it is over.
CREATE INDEX tasks_ended ON tasks (team_id, created_at, status, workflow_id, agent_id, started_at, completed_at)
  WHERE status IN ('completed','failed','cancelled');
CREATE INDEX attempts_ended ON attempts (agent_id, ended_at, outcome, accepted_at) WHERE state = 'ended';
`,
};
