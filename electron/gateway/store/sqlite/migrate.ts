import { copyFileSync } from 'node:fs';
import type BetterSqlite from 'better-sqlite3';
import { type Migration, migrations } from '../migrations/index.ts';
import { NewerDatabaseError } from '../store.ts';

/**
 * Brings a database to the newest step in one transaction. An existing file is copied aside first
 * (`<path>.before-<version>`), so a step that turns out wrong can be undone by hand.
 *
 * @throws NewerDatabaseError when the file knows steps that this Atelier doesn't
 */
export function migrate(
  connection: BetterSqlite.Database,
  path: string,
  steps: readonly Migration[] = migrations,
): void {
  const current = connection.pragma('user_version', { simple: true }) as number;
  const newest = steps.at(-1)?.version ?? 0;
  if (current > newest) {
    connection.close();
    throw new NewerDatabaseError(path, current, newest);
  }
  const due = steps.filter((step) => step.version > current);
  if (due.length === 0) return;
  if (current > 0) {
    connection.pragma('wal_checkpoint(TRUNCATE)');
    copyFileSync(path, `${path}.before-${newest}`);
  }
  connection.transaction(() => {
    for (const step of due) connection.exec(step.sql);
    connection.pragma(`user_version = ${newest}`);
  })();
}
