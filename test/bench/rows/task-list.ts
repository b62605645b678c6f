import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { v7 } from 'uuid';
import { createKey } from '../../../electron/cli/commands/key.ts';
import { builtCliProgram, serveStudio } from '../../helpers/programs.ts';
import { StudioClient } from '../clients.ts';
import { median, ms, type Row, ratio, type Setup } from '../row.ts';

/** The first page of the task list must not get slower with the history behind it. */
export async function taskList({ folder }: Setup): Promise<Row[]> {
  const small = await firstPage(join(folder, 'list-small'), 1000);
  const large = await firstPage(join(folder, 'list-large'), 1_000_000);
  return [
    {
      what: 'first page of the task list: 1,000,000 tasks ÷ 1,000',
      value: ratio(large / small),
      reach: '≤ 2',
      detail: `median ${ms(large)} ÷ ${ms(small)}`,
    },
  ];
}

async function firstPage(data: string, tasks: number): Promise<number> {
  const key = await createKey(data, { kind: 'device', name: 'bench' });
  let studio = await serveStudio(['--data', data, '--port', '0', '--no-agent'], builtCliProgram);
  await new StudioClient(studio.said, key).importTiny();
  await studio.end();
  fill(join(data, 'atelier.db'), tasks);
  studio = await serveStudio(['--data', data, '--port', '0', '--no-agent'], builtCliProgram);
  const client = new StudioClient(studio.said, key);
  const times: number[] = [];
  for (let n = -5; n < 40; n += 1) {
    const started = performance.now();
    await client.json('GET', '/r/tasks?per_page=20');
    if (n >= 0) times.push(performance.now() - started);
  }
  await studio.end();
  return median(times);
}

/** Finished tasks straight into the store: a history that would take days to make by running. */
function fill(path: string, tasks: number): void {
  const db = new BetterSqlite(path);
  db.pragma('synchronous = OFF');
  const workflow = db.prepare('SELECT id, team_id, snapshot_id FROM workflows').get() as {
    id: string;
    team_id: string;
    snapshot_id: string;
  };
  const insert = db.prepare(
    `INSERT INTO tasks (id, team_id, workflow_id, snapshot_id, status, parameters_json, dispatch_target, target_pool,
       tool_type, submitter_region, submitter_id, priority, retry_count, created_at, started_at, completed_at)
     VALUES (?, ?, ?, ?, 'completed', '{"color":1}', 'agent', 'team', 'comfyui', '', 'bench', 0, 0, ?, ?, ?)`,
  );
  db.transaction(() => {
    const now = Date.now();
    for (let n = 0; n < tasks; n += 1) {
      const at = now - (tasks - n) * 1000;
      insert.run(v7({ msecs: at }), workflow.team_id, workflow.id, workflow.snapshot_id, at, at, at + 900);
    }
  })();
  db.close();
}
