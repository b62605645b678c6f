import type { Store } from '../store/store.ts';
import { rowById } from './versions.ts';

/** So far back is looked, and so many finished runs count: a workflow changes, and so does the machine. */
const window = 500;
const sample = 50;

/** How long a run of a workflow takes: the middle of the newest finished ones. */
export function estimateOf({ read }: Store, teamId: string, id: string) {
  rowById(read, teamId, id);
  const times = read
    .hot<{ ms: number }>(
      `SELECT completed_at - started_at AS ms FROM (
         SELECT status, started_at, completed_at FROM tasks WHERE workflow_id = ? ORDER BY id DESC LIMIT ?
       ) WHERE status = 'completed' AND started_at IS NOT NULL LIMIT ?`,
      id,
      window,
      sample,
    )
    .map(({ ms }) => Math.max(0, ms))
    .toSorted((one, other) => one - other);
  return {
    run_count: times.length,
    median_ms: times[Math.floor(times.length / 2)] ?? null,
    slowest_ms: times.at(-1) ?? null,
  };
}
