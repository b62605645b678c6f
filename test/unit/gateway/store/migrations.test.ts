import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Migration, migrations } from '../../../../electron/gateway/store/migrations/index.ts';
import { migrate, versionOf } from '../../../../electron/gateway/store/sqlite/migrate.ts';
import { openSqliteStore } from '../../../../electron/gateway/store/sqlite/sqlite-store.ts';
import { NewerDatabaseError } from '../../../../electron/gateway/store/store.ts';
import { tempFolder } from '../temp-folder.ts';

const file = async (): Promise<string> => join(await tempFolder(), 'atelier.db');

function open(path: string): BetterSqlite.Database {
  const connection = new BetterSqlite(path);
  onTestFinished(() => void connection.close());
  return connection;
}

const tables = (connection: BetterSqlite.Database): string[] =>
  connection
    .prepare<[], { name: string }>(
      `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name`,
    )
    .all()
    .map(({ name }) => name);

it('rises in steps of ten, each with a name of its own', () => {
  expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_, index) => 10 * (index + 1)));
  expect(new Set(migrations.map(({ name }) => name)).size).toBe(migrations.length);
});

describe.each(migrations.map((step, index) => [step.name, index] as const))('step %s', (_name, index) => {
  const before = migrations.slice(0, index);
  const upTo = migrations.slice(0, index + 1);

  it('brings a database from the step before it, and leaves what was there', async () => {
    const path = await file();
    const connection = open(path);
    migrate(connection, path, before);
    const had = tables(connection);
    migrate(connection, path, upTo);
    expect(versionOf(connection)).toBe(upTo.at(-1)?.version);
    expect(tables(connection)).toEqual(expect.arrayContaining(had));
    expect(connection.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(connection.pragma('foreign_key_check')).toEqual([]);
  });
});

it('makes exactly the tables that the schema describes', async () => {
  const path = await file();
  const connection = open(path);
  migrate(connection, path);
  expect(tables(connection)).toEqual([
    'agents',
    'attempts',
    'cloud_accounts',
    'cloud_jobs',
    'credentials',
    'feature_settings',
    'files',
    'invitations',
    'members',
    'model_fetches',
    'model_uploads',
    'models',
    'node_infos',
    'objects',
    'output_counts',
    'outputs',
    'pairings',
    'previews',
    'refresh_tokens',
    'settings',
    'storage_counts',
    'task_counts',
    'task_events',
    'task_logs',
    'tasks',
    'teams',
    'upload_parts',
    'uploads',
    'users',
    'webhook_deliveries',
    'webhooks',
    'workflow_presets',
    'workflow_snapshots',
    'workflows',
  ]);
});

const first: Migration = {
  version: 10,
  name: 'first',
  sql: `CREATE TABLE kept (value TEXT) STRICT; INSERT INTO kept VALUES ('old');`,
};
const second: Migration = { version: 20, name: 'second', sql: 'ALTER TABLE kept ADD COLUMN more TEXT;' };
const broken: Migration = { version: 30, name: 'broken', sql: 'CREATE TABLE more (a); NONSENSE;' };

it('copies a database aside before it changes it, but not one that is new', async () => {
  const path = await file();
  const connection = open(path);
  connection.pragma('journal_mode = WAL');
  migrate(connection, path, [first]);
  expect(readdirSync(dirname(path)).filter((name) => name.includes('before'))).toEqual([]);
  migrate(connection, path, [first, second]);
  const copy = open(`${path}.before-20`);
  expect(versionOf(copy)).toBe(10);
  expect(copy.prepare('SELECT * FROM kept').all()).toEqual([{ value: 'old' }]);
});

it('undoes every due step when one of them fails', async () => {
  const path = await file();
  const connection = open(path);
  migrate(connection, path, [first]);
  expect(() => migrate(connection, path, [first, second, broken])).toThrow('NONSENSE');
  expect(versionOf(connection)).toBe(10);
  expect(connection.prepare('SELECT * FROM kept').all()).toEqual([{ value: 'old' }]);
  expect(tables(connection)).toEqual(['kept']);
});

it('does nothing to a database that is up to date', async () => {
  const path = await file();
  const connection = open(path);
  migrate(connection, path, [first, second]);
  migrate(connection, path, [first, second]);
  expect(existsSync(`${path}.before-20`)).toBe(false);
});

it('refuses a newer database by its name and changes no byte of it', async () => {
  const path = await file();
  const connection = new BetterSqlite(path);
  migrate(connection, path, [first]);
  connection.pragma('user_version = 990');
  connection.close();
  const before = readFileSync(path);
  const opening = () => openSqliteStore(path);
  expect(opening).toThrow(NewerDatabaseError);
  expect(opening).toThrow(new RegExp(`${basename(path)}.*newer version of Atelier.*schema 990`));
  expect(readFileSync(path).equals(before)).toBe(true);
  expect(readdirSync(dirname(path))).toEqual([basename(path)]);
});

it('can be opened by two at the same time while it is new', async () => {
  const path = await file();
  const slow = open(path);
  const fast = open(path);
  // The slow one has found an empty database; before it begins to write, the other has brought it to the newest step.
  const begin = slow.transaction.bind(slow);
  slow.transaction = ((work: () => void) => {
    migrate(fast, path, [first, second]);
    return begin(work);
  }) as typeof slow.transaction;
  migrate(slow, path, [first, second]);
  expect(slow.prepare('SELECT value FROM kept').all()).toEqual([{ value: 'old' }]);
});

it('step tasks keeps every event with its number, and numbers on above them', async () => {
  const path = await file();
  const connection = open(path);
  const before = migrations.filter(({ version }) => version < 70);
  migrate(connection, path, before);
  connection.exec(`
    INSERT INTO tasks (id, team_id, workflow_id, snapshot_id, status, parameters_json, dispatch_target, target_pool,
      tool_type, submitter_region, submitter_id, priority, retry_count, created_at)
    VALUES ('one', 'team', 'w', 's', 'failed', '{}', 'agent', 'team', 'comfyui', '', 'x', 0, 0, 1);
    INSERT INTO task_events VALUES (3, 'one', 'team', 'status', '{}', 1), (9, 'one', 'team', 'failed', '{}', 2);
    INSERT INTO attempts VALUES ('a', 'one', 'agent', 41, 'ended', 'failed', 1, 1, 1, 2);`);
  migrate(connection, path, [...before, ...migrations.filter(({ version }) => version === 70)]);
  const events = () => connection.prepare('SELECT seq, event FROM task_events ORDER BY seq').all();
  expect(events()).toEqual([
    { seq: 3, event: 'status' },
    { seq: 9, event: 'failed' },
  ]);
  connection.pragma('foreign_keys = ON');
  connection.exec(`DELETE FROM tasks WHERE id = 'one'`);
  expect(events()).toEqual([]);
  expect(connection.prepare(`SELECT value FROM settings WHERE name = 'fence'`).all()).toEqual([
    { value: '41' },
  ]);
  connection.exec(`
    INSERT INTO tasks (id, team_id, workflow_id, snapshot_id, status, parameters_json, dispatch_target, target_pool,
      tool_type, submitter_region, submitter_id, priority, retry_count, created_at)
    VALUES ('two', 'team', 'w', 's', 'pending', '{}', 'agent', 'team', 'comfyui', '', 'x', 0, 0, 1);
    INSERT INTO task_events (task_id, team_id, event, data_json, created_at) VALUES ('two', 'team', 'status', '{}', 3);`);
  expect(events()).toEqual([{ seq: 10, event: 'status' }]);
});

it('step elsewhere lends no agent that was there before', async () => {
  const path = await file();
  const connection = open(path);
  const before = migrations.filter(({ version }) => version < 120);
  migrate(connection, path, before);
  connection.exec(`
    INSERT INTO teams (id, display_name, created_at) VALUES ('team', 'T', 1);
    INSERT INTO agents (team_id, agent_id, first_seen_at, last_seen_at) VALUES ('team', 'old', 1, 2);`);
  migrate(connection, path, [...before, ...migrations.filter(({ version }) => version === 120)]);
  expect(connection.prepare('SELECT agent_id, community FROM agents').all()).toEqual([
    { agent_id: 'old', community: 0 },
  ]);
});
