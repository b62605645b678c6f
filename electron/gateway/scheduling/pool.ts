import type { TaskRow } from '../store/schema.ts';
import type { Store } from '../store/store.ts';
import type { Requirements } from './requirements.ts';

/** What runs for the pool stands behind all that its lenders run for themselves, whatever its own priority. */
const behindAll = -1000;

/** The level at which a task stands in line: its own people set its priority, and nobody's counts in others' houses. */
export const levelOf = ({ priority, target_pool }: Pick<TaskRow, 'priority' | 'target_pool'>): number =>
  target_pool === 'community' ? behindAll + priority : priority;

export interface PoolPorts {
  readonly store: Store;
  /** How many of its tasks a team may have in the pool at once: a quota; `Infinity` without one. */
  readonly most: (teamId: string) => number;
}

/** The community pool, as far as it is rationed: how much of it each team uses. */
export class Pool {
  readonly #ports: PoolPorts;
  /** Tasks by team that are being given away: the store does not count them yet. */
  readonly #leaving = new Map<string, number>();

  constructor(ports: PoolPorts) {
    this.#ports = ports;
  }

  /** Has the team as many tasks in the pool as it may? Never true of tasks for the team's own agents. */
  full({ pool, teamId }: Requirements): boolean {
    if (pool !== 'community') return false;
    const most = this.#ports.most(teamId);
    return most !== Number.POSITIVE_INFINITY && this.#used(teamId) >= most;
  }

  leave({ pool, teamId }: Requirements): void {
    if (pool === 'community') this.#leaving.set(teamId, (this.#leaving.get(teamId) ?? 0) + 1);
  }

  /** It is on disk, or back in line. */
  left({ pool, teamId }: Requirements): void {
    if (pool !== 'community') return;
    const leaving = (this.#leaving.get(teamId) ?? 0) - 1;
    if (leaving > 0) this.#leaving.set(teamId, leaving);
    else this.#leaving.delete(teamId);
  }

  #used(teamId: string): number {
    const [row] = this.#ports.store.read.hot<{ count: number }>(
      `SELECT COUNT(*) AS count FROM tasks
       WHERE team_id = ? AND status IN ('queued', 'running') AND target_pool = 'community'`,
      teamId,
    );
    return (row?.count ?? 0) + (this.#leaving.get(teamId) ?? 0);
  }
}
