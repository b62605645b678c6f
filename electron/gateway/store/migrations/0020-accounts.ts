import type { Migration } from './index.ts';

/** Invitations, pairing of devices, features and quotas; keys that end with another, teams that are being deleted. */
export const accounts: Migration = {
  version: 20,
  name: 'accounts',
  sql: `
-- Set while a team is being deleted: nobody is in it any more, its tasks and files go bit by bit.
ALTER TABLE teams ADD COLUMN deleted_at INTEGER;

-- The agent key that came with a device key ends with it.
ALTER TABLE credentials ADD COLUMN parent_id TEXT REFERENCES credentials(id) ON DELETE CASCADE;
CREATE INDEX credentials_by_parent ON credentials (parent_id) WHERE parent_id IS NOT NULL;

-- Only those that wait: accepted, cancelled and expired ones are gone.
CREATE TABLE invitations (
  id TEXT PRIMARY KEY, team_id TEXT NOT NULL REFERENCES teams(id) ON DELETE CASCADE, email TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('admin','member','viewer')), token_hash TEXT NOT NULL UNIQUE,
  invited_by TEXT REFERENCES users(id) ON DELETE SET NULL, created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
  UNIQUE (team_id, email)
) STRICT;

-- user_id, team_id and device_name are set once somebody has typed the code; the keys are made when they are fetched.
CREATE TABLE pairings (
  device_code_hash TEXT PRIMARY KEY, user_code TEXT NOT NULL UNIQUE,
  team_id TEXT REFERENCES teams(id) ON DELETE CASCADE, user_id TEXT REFERENCES users(id) ON DELETE CASCADE,
  device_name TEXT NOT NULL DEFAULT '', created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL
) STRICT;

-- What differs from the defaults. subject is '' for all of a scope, else one team or user. Features are 0 and 1.
CREATE TABLE feature_settings (
  scope TEXT NOT NULL CHECK (scope IN ('global','account','team')), subject TEXT NOT NULL, name TEXT NOT NULL,
  value INTEGER NOT NULL, PRIMARY KEY (scope, subject, name)
) STRICT;
`,
};
