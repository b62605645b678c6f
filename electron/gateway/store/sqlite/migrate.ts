import { copyFileSync } from 'node:fs';
import type BetterSqlite from 'better-sqlite3';
import { type Migration, migrations } from '../migrations/index.ts';
import { NewerDatabaseError } from '../store.ts';

/**
 * Brings a database to the newest step in one transaction. An existing file is copied aside first
 * (`<path>.before-<version>`), so a step that turns out wrong can be undone by hand.
 *
 * @throws NewerDatabaseError when the file knows steps that this Atelier doesn't; nothing was changed then
 */
export function migrate(
  connection: BetterSqlite.Database,
  path: string,
  steps: readonly Migration[] = migrations,
): void {
  const newest = newestOf(steps);
  refuseNewer(connection, path, steps);
  const current = versionOf(connection);
  if (current === newest) return;
  if (current > 0) {
    connection.pragma('wal_checkpoint(TRUNCATE)');
    copyFileSync(path, `${path}.before-${newest}`);
  }
  // Looked at again with the lock held: another process (a key being made) may have been faster.
  const bring = connection.transaction(() => {
    const found = versionOf(connection);
    for (const step of steps) if (step.version > found) connection.exec(step.sql);
    if (found < newest) connection.pragma(`user_version = ${newest}`);
  });
  bring.immediate();
}

/** @throws NewerDatabaseError; reads only */
export function refuseNewer(
  connection: BetterSqlite.Database,
  path: string,
  steps: readonly Migration[] = migrations,
): void {
  const current = versionOf(connection);
  const newest = newestOf(steps);
  if (current > newest) throw new NewerDatabaseError(path, current, newest);
}

const newestOf = (steps: readonly Migration[]): number => steps.at(-1)?.version ?? 0;

/** The last step that a database has seen; 0 when it is empty. */
export const versionOf = (connection: BetterSqlite.Database): number =>
  connection.pragma('user_version', { simple: true }) as number;
