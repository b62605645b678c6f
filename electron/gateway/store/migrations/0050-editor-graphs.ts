import type { Migration } from './index.ts';

/** The drawing that a version was converted from, where it came as one: to be given out again as it came. */
export const editorGraphs: Migration = {
  version: 50,
  name: 'editor graphs',
  sql: `
ALTER TABLE workflow_snapshots ADD COLUMN editor_json TEXT;
`,
};
