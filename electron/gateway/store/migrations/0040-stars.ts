import type { Migration } from './index.ts';

/** Workflows that a team holds dear: first in lists, and tried on a new version of an engine before it is taken. */
export const stars: Migration = {
  version: 40,
  name: 'stars',
  sql: `
ALTER TABLE workflows ADD COLUMN starred INTEGER NOT NULL DEFAULT 0 CHECK (starred IN (0, 1));
`,
};
