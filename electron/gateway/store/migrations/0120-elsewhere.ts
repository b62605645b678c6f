import type { Migration } from './index.ts';

/** Runs on machines of others: agents that are lent to the community pool, and ComfyUI Cloud. */
export const elsewhere: Migration = {
  version: 120,
  name: 'elsewhere',
  sql: `
ALTER TABLE agents ADD COLUMN community INTEGER NOT NULL DEFAULT 0 CHECK (community IN (0, 1));

CREATE TABLE cloud_accounts (
  team_id TEXT PRIMARY KEY REFERENCES teams(id) ON DELETE CASCADE, api_key BLOB NOT NULL,
  key_preview TEXT NOT NULL, status TEXT NOT NULL CHECK (status IN ('active','revoked')),
  fallback INTEGER NOT NULL CHECK (fallback IN (0, 1)), created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
) STRICT;

-- A job is paid for once: which one an attempt has begun outlives us.
CREATE TABLE cloud_jobs (
  attempt_id TEXT PRIMARY KEY REFERENCES attempts(id) ON DELETE CASCADE, job_id TEXT NOT NULL
) STRICT;
`,
};
