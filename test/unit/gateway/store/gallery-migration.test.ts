import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { expect, it, onTestFinished } from 'vitest';
import { migrations } from '../../../../electron/gateway/store/migrations/index.ts';
import { migrate } from '../../../../electron/gateway/store/sqlite/migrate.ts';
import { tempFolder } from '../temp-folder.ts';

/** Two tasks from before the gallery: one saved a picture and left a preview, one left previews only. */
const before = `
INSERT INTO objects VALUES ('s', 1, 1);
INSERT INTO tasks (id, team_id, workflow_id, snapshot_id, status, parameters_json, dispatch_target, target_pool, tool_type,
  submitter_region, submitter_id, priority, retry_count, created_at) VALUES
  ('a', 't', 'w1', 's1', 'completed', '{}', 'agent', 'team', 'comfyui', '', 'ada', 0, 0, 1),
  ('b', 't', 'w2', 's2', 'completed', '{}', 'agent', 'team', 'comfyui', '', 'bob', 0, 0, 2);
INSERT INTO outputs (storage_key, task_id, team_id, position, node_id, name, kind, content_type, size, sha256, temporary,
  created_at) VALUES
  ('a0', 'a', 't', 0, '1', 'saved', 'image', 'image/png', 1, 's', 0, 1764000000000),
  ('a1', 'a', 't', 1, '2', 'preview', 'image', 'image/png', 1, 's', 1, 1764000000000),
  ('b0', 'b', 't', 0, '1', 'only 1', 'image', 'image/png', 1, 's', 1, 1764000900000),
  ('b1', 'b', 't', 1, '1', 'only 2', 'image', 'image/png', 1, 's', 1, 1764000900000);`;

it('hangs what was made before there was a gallery, in its order and counted', async () => {
  const path = join(await tempFolder(), 'atelier.db');
  const connection = new BetterSqlite(path);
  onTestFinished(() => void connection.close());
  const index = migrations.findIndex(({ name }) => name === 'gallery');
  migrate(connection, path, migrations.slice(0, index));
  connection.exec(before);
  migrate(connection, path, migrations.slice(0, index + 1));

  const rows = connection.prepare('SELECT * FROM outputs WHERE listed = 1 ORDER BY id').all();
  expect(rows).toMatchObject([
    { name: 'saved', workflow_id: 'w1', submitter_id: 'ada', starred: 0, deleted_at: null },
    { name: 'only 1', workflow_id: 'w2', submitter_id: 'bob' },
    { name: 'only 2', workflow_id: 'w2', submitter_id: 'bob' },
  ]);
  const ids = (rows as { id: string }[]).map(({ id }) => id);
  for (const id of ids)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(Number.parseInt((ids[0] ?? '').replace('-', '').slice(0, 12), 16)).toBe(1_764_000_000_000);
  expect(
    connection.prepare('SELECT workflow_id, bucket, count FROM output_counts ORDER BY bucket').all(),
  ).toEqual([
    { workflow_id: 'w1', bucket: 1_960_000, count: 1 },
    { workflow_id: 'w2', bucket: 1_960_001, count: 2 },
  ]);
});
