import BetterSqlite from 'better-sqlite3';
import { v7 } from 'uuid';

interface Known {
  readonly id: string;
  readonly team_id: string;
  readonly snapshot_id: string;
}

const columns = `id, team_id, workflow_id, snapshot_id, status, parameters_json, dispatch_target, target_pool,
  tool_type, submitter_region, submitter_id, priority, retry_count, agent_id, created_at, started_at, completed_at`;

/** Finished tasks straight into the store, one a second up to now: a history that would take days to make by running. */
export function fillHistory(path: string, tasks: number): void {
  fill(path, tasks, (n, at) => ({
    status: n % 20 === 0 ? 'failed' : 'completed',
    agent: `agent-${n % 12}`,
    started: at + (n % 7) * 1000,
    ended: at + (n % 7) * 1000 + 900 + ((n * 37) % 60_000),
  }));
}

/** Tasks that stand in line, of ten priorities. */
export function fillLine(path: string, tasks: number): void {
  fill(path, tasks, (n) => ({
    status: 'waiting',
    agent: null,
    started: null,
    ended: null,
    priority: n % 10,
  }));
}

function fill(
  path: string,
  tasks: number,
  make: (
    n: number,
    at: number,
  ) => {
    status: string;
    agent: string | null;
    started: number | null;
    ended: number | null;
    priority?: number;
  },
): void {
  const db = new BetterSqlite(path);
  db.pragma('synchronous = OFF');
  const workflow = db.prepare('SELECT id, team_id, snapshot_id FROM workflows').get() as Known;
  const insert = db.prepare(
    `INSERT INTO tasks (${columns})
     VALUES (?, ?, ?, ?, ?, '{"color":1}', 'agent', 'team', 'comfyui', '', 'bench', ?, 0, ?, ?, ?, ?)`,
  );
  db.transaction(() => {
    const now = Date.now();
    for (let n = 0; n < tasks; n += 1) {
      const at = now - (tasks - n) * 1000;
      const { status, agent, started, ended, priority = 0 } = make(n, at);
      const { id, team_id, snapshot_id } = workflow;
      insert.run(v7({ msecs: at }), team_id, id, snapshot_id, status, priority, agent, at, started, ended);
    }
  })();
  db.close();
}
