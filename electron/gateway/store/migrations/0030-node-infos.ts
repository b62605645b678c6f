import type { Migration } from './index.ts';

/** What engines say of their node classes, by the hash of its text; packed, since most of it repeats itself. */
export const nodeInfos: Migration = {
  version: 30,
  name: 'node infos',
  sql: `
CREATE TABLE node_infos (
  team_id TEXT NOT NULL REFERENCES teams(id) ON DELETE CASCADE, hash TEXT NOT NULL,
  body BLOB NOT NULL, seen_at INTEGER NOT NULL,
  PRIMARY KEY (team_id, hash)
) STRICT;
`,
};
