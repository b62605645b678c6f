import BetterSqlite from 'better-sqlite3';

/** Finished tasks straight into the store, one a second up to now: a history that would take days to make by running. */
export function fillHistory(path: string, tasks: number): void {
  fill(path, tasks, {
    status: `iif(n % 20 = 0, 'failed', 'completed')`,
    agent_id: `'agent-' || (n % 12)`,
    priority: '0',
    started_at: 'at + (n % 7) * 1000',
    completed_at: 'at + (n % 7) * 1000 + 900 + (n * 37) % 60000',
  });
}

/** Tasks that stand in line, of ten priorities. */
export function fillLine(path: string, tasks: number): void {
  const none = { agent_id: 'NULL', started_at: 'NULL', completed_at: 'NULL' };
  fill(path, tasks, { status: `'waiting'`, priority: 'n % 10', ...none });
}

interface Formulas {
  readonly status: string;
  readonly agent_id: string;
  readonly priority: string;
  readonly started_at: string;
  readonly completed_at: string;
}

/** Ids are made like UUIDv7: their order is the order of submission. */
const idOf = (mark: string): string => `printf('%08x-%04x-7000-8000-${mark}%011x', at >> 16, at & 65535, n)`;

/** One statement, so that a million rows take seconds: each column is a formula of the row's number `n` and time `at`. */
function fill(path: string, tasks: number, made: Formulas): void {
  const db = new BetterSqlite(path);
  // Nothing is lost if this is cut short, and indexes in memory are filled ten times as fast.
  for (const pragma of ['synchronous = OFF', 'journal_mode = OFF', 'cache_size = -1000000'])
    db.pragma(pragma);
  const mark = made.status === `'waiting'` ? 'a' : 'b';
  db.prepare(
    `INSERT INTO tasks (id, team_id, workflow_id, snapshot_id, status, parameters_json, dispatch_target, target_pool,
       tool_type, submitter_region, submitter_id, priority, retry_count, agent_id, created_at, started_at, completed_at)
     WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < :tasks),
       rows(n, at) AS (SELECT n, :now - (:tasks - n) * 1000 FROM numbers)
     SELECT ${idOf(mark)}, team_id, workflows.id, snapshot_id, ${made.status}, '{"color":1}', 'agent', 'team', 'comfyui',
       '', 'bench', ${made.priority}, 0, ${made.agent_id}, at, ${made.started_at}, ${made.completed_at}
     FROM rows CROSS JOIN (SELECT * FROM workflows LIMIT 1) AS workflows`,
  ).run({ tasks, now: Date.now() });
  db.close();
}
