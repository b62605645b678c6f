import type { Reader } from '../store/store.ts';

/**
 * Who refers to an object: it lives as long as one of these finds a row. A table that names objects belongs here (a
 * test looks at the database's own list).
 */
export const references: Readonly<Record<string, string>> = {
  files: 'sha256 = ?',
  outputs: 'sha256 = ?',
  models: 'sha256 = ?',
  model_uploads: 'sha256 = ?',
  // Between an upload's last part and its end.
  uploads: 'sha256 = ? AND completed_at IS NULL',
};

/** How many rows refer to an object. */
export const referencesTo = (reader: Reader, sha256: string): number =>
  Object.entries(references).reduce((sum, [table, where]) => {
    const [row] = reader.hot<{ count: number }>(
      `SELECT COUNT(*) AS count FROM ${table} WHERE ${where}`,
      sha256,
    );
    return sum + (row?.count ?? 0);
  }, 0);

/**
 * Whose texts may name inputs, by pages of rows: an input that is named is kept, however old. `?` is the id of the last
 * row before.
 */
const holders = {
  'tasks that are not over': `
    SELECT id, parameters_json AS text FROM tasks
    WHERE status NOT IN ('completed','failed','cancelled') AND id > ? ORDER BY id LIMIT 500`,
  'what workflows begin with': `
    SELECT workflows.id AS id, parameters_json AS text FROM workflows
    JOIN workflow_snapshots ON workflow_snapshots.id = snapshot_id WHERE workflows.id > ? ORDER BY workflows.id LIMIT 500`,
  'values that people keep': `
    SELECT id, values_json AS text FROM workflow_presets WHERE id > ? ORDER BY id LIMIT 500`,
} as const;

/** Every input that somebody waits for; `rest` is awaited between pages. */
export async function heldInputs(read: Reader, rest: () => Promise<void>): Promise<ReadonlySet<string>> {
  const held = new Set<string>();
  for (const page of Object.values(holders)) {
    let last: string | undefined = '';
    while (last !== undefined) {
      const rows: { id: string; text: string }[] = read.hot(page, last);
      for (const { text } of rows) if (text.includes('inputs/')) collect(JSON.parse(text), held);
      last = rows.at(-1)?.id;
      await rest();
    }
  }
  return held;
}

function collect(value: unknown, held: Set<string>): void {
  if (typeof value === 'string') {
    if (value.startsWith('inputs/')) held.add(value);
  } else if (typeof value === 'object' && value !== null) {
    for (const each of Object.values(value)) collect(each, held);
  }
}
