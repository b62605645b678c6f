import type { Migration } from './index.ts';

/** Whom a team tells of its tasks; what waits to be told, and what was. */
export const webhooks: Migration = {
  version: 60,
  name: 'webhooks',
  sql: `
CREATE TABLE webhooks (
  id TEXT PRIMARY KEY, team_id TEXT NOT NULL REFERENCES teams(id) ON DELETE CASCADE,
  display_name TEXT NOT NULL, url TEXT NOT NULL, events_json TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('active','disabled')), secret BLOB NOT NULL,
  created_at INTEGER NOT NULL, last_delivered_at INTEGER
) STRICT;
CREATE INDEX webhooks_by_team ON webhooks (team_id);

-- Rows are entered in the unit of work that ends their task; next_at is null once one is over.
CREATE TABLE webhook_deliveries (
  id TEXT PRIMARY KEY, webhook_id TEXT NOT NULL REFERENCES webhooks(id) ON DELETE CASCADE,
  event_type TEXT NOT NULL, task_id TEXT, body TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('waiting','delivered','failed')), next_at INTEGER,
  attempts_json TEXT NOT NULL, error TEXT NOT NULL, created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX webhook_deliveries_by_webhook ON webhook_deliveries (webhook_id, id);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (webhook_id, next_at, id) WHERE next_at IS NOT NULL;
CREATE INDEX webhook_deliveries_by_age ON webhook_deliveries (created_at) WHERE next_at IS NULL;
`,
};
