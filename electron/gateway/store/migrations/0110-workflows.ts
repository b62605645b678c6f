import type { Migration } from './index.ts';

/**
 * What a workflow is besides its definition: tags, a soft end (tasks and outputs keep their history, the slug is free
 * again), who saved a version and a note on it, and named values of its form.
 */
export const workflowLife: Migration = {
  version: 110,
  name: 'workflow life',
  sql: `
ALTER TABLE workflows ADD COLUMN tags_json TEXT NOT NULL DEFAULT '[]';
ALTER TABLE workflows ADD COLUMN deleted_at INTEGER;
ALTER TABLE workflows ADD COLUMN former_slug TEXT;
ALTER TABLE workflow_snapshots ADD COLUMN note TEXT NOT NULL DEFAULT '';
ALTER TABLE workflow_snapshots ADD COLUMN saved_by TEXT;

CREATE TABLE workflow_presets (
  id TEXT PRIMARY KEY, workflow_id TEXT NOT NULL REFERENCES workflows(id) ON DELETE CASCADE,
  user_id TEXT NOT NULL, name TEXT NOT NULL, shared INTEGER NOT NULL CHECK (shared IN (0, 1)),
  values_json TEXT NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
  UNIQUE (workflow_id, user_id, name)
) STRICT;
`,
};
