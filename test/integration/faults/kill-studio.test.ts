import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createKey } from '../../../electron/cli/commands/key.ts';
import { endEngineOf } from '../../helpers/processes.ts';
import { type RunningProgram, serveStudio } from '../../helpers/programs.ts';

const kills = Number(process.env.ATELIER_KILLS ?? 50);

let folder: string;
let studio: RunningProgram | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-kill-'));
});

afterAll(async () => {
  await studio?.end('SIGTERM');
  await endEngineOf(folder);
  await rm(folder, { recursive: true, force: true });
});

/** Every run takes some 40 ms of real work, so that kills hit all its phases. */
const workflow = {
  workflow_slug: 'kill',
  display_name: 'Kill',
  workflow_json: {
    '1': { class_type: 'EmptyImage', inputs: { width: 192, height: 192, batch_size: 1, color: 0 } },
    '2': { class_type: 'ImageBlur', inputs: { image: ['1', 0], blur_radius: 8, sigma: 4 } },
    '3': { class_type: 'SaveImage', inputs: { images: ['2', 0], filename_prefix: 'kill' } },
  },
  parameters: [{ key: 'color', type: 'number', node_id: '1', field: 'color', required: true }],
};

const api = (path: string) => `${studio?.said}/api/v1${path}`;

async function call(key: string, method: string, path: string, body?: unknown): Promise<unknown> {
  const reply = await fetch(api(path), {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (!reply.ok) throw new Error(`${reply.status} ${await reply.text()}`);
  return reply.json();
}

it(`loses and doubles no task while the studio is killed ${kills} times at random moments`, async () => {
  const start = () => serveStudio(['--data', folder, '--port', '0']);
  const key = await createKey(folder, { kind: 'device', name: 'kill test' });
  studio = await start();
  const { id } = (await call(key, 'POST', '/workflows/import', workflow)) as { id: string };

  // One client submits all the time; a broken connection means only that this one was not accepted for sure.
  const accepted = new Set<string>();
  let submitting = true;
  let color = 0;
  const client = (async () => {
    while (submitting) {
      try {
        color += 1;
        const reply = await call(key, 'POST', `/r/workflows/${id}/run`, { parameters: { color } });
        accepted.add((reply as { task_id: string }).task_id);
      } catch {
        await new Promise((done) => setTimeout(done, 50));
      }
      await new Promise((done) => setTimeout(done, 60));
    }
  })();

  for (let n = 0; n < kills; n += 1) {
    await new Promise((done) => setTimeout(done, 50 + Math.random() * 450));
    await studio.end('SIGKILL');
    studio = await start();
  }
  submitting = false;
  await client;
  expect(accepted.size).toBeGreaterThan(kills / 2);

  await expect
    .poll(async () => open(join(folder, 'atelier.db')), { timeout: 120_000, interval: 500 })
    .toEqual({ open: 0 });

  const db = new BetterSqlite(join(folder, 'atelier.db'), { readonly: true });
  const rows = db.prepare('SELECT id, status FROM tasks').all() as { id: string; status: string }[];
  const finished = new Set(rows.filter(({ status }) => status === 'completed').map((row) => row.id));
  const lost = [...accepted].filter((task) => !finished.has(task));
  const doubled = db
    .prepare(
      `SELECT task_id FROM task_events WHERE event IN ('completed','failed','cancelled') GROUP BY task_id HAVING COUNT(*) > 1
       UNION SELECT task_id FROM outputs GROUP BY task_id HAVING COUNT(*) > 1
       UNION SELECT task_id FROM attempts WHERE outcome = 'completed' GROUP BY task_id HAVING COUNT(*) > 1`,
    )
    .all();
  db.close();
  console.log(
    `kills ${kills}, submitted ${accepted.size}, finished ${finished.size}, doubled ${doubled.length}`,
  );
  expect(rows.filter(({ status }) => status !== 'completed')).toEqual([]);
  expect(lost).toEqual([]);
  expect(doubled).toEqual([]);
}, 600_000);

function open(path: string): { open: number } {
  const db = new BetterSqlite(path, { readonly: true });
  const row = db
    .prepare(`SELECT COUNT(*) AS open FROM tasks WHERE status NOT IN ('completed','failed','cancelled')`)
    .get();
  db.close();
  return row as { open: number };
}
