import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';

/** Kept here: a connection that nobody refers to any more is closed by the garbage collector, and its lock with it. */
const held = new Set<BetterSqlite.Database>();

/**
 * One gateway a data folder. The lock is one that the system takes back itself when its holder ends, however it ends:
 * a transaction on a small database that is never committed. So there are no left-over locks to judge, and no two can
 * take over the same one. The file beside it only says who holds it.
 *
 * @returns gives the lock back
 */
export function lockFolder(dataDir: string): () => void {
  const path = join(dataDir, 'gateway.lock.db');
  const holder = join(dataDir, 'gateway.lock');
  const lock = new BetterSqlite(path, { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if ((error as { code?: unknown }).code !== 'SQLITE_BUSY') throw error;
    throw new Error(
      `Another Atelier${processOf(holder)} is using ${dataDir}. Stop it, or choose another folder with --data.`,
      { cause: error },
    );
  }
  held.add(lock);
  writeFileSync(holder, String(process.pid), { mode: 0o600 });
  return () => {
    if (!held.delete(lock)) return;
    rmSync(holder, { force: true });
    lock.close();
  };
}

function processOf(holder: string): string {
  try {
    return ` (process ${readFileSync(holder, 'utf8')})`;
  } catch {
    return '';
  }
}
