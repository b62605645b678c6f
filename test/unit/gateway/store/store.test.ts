import { statSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { expect, it, onTestFinished } from 'vitest';
import {
  readSetting,
  settingOr,
  writeSetting,
} from '../../../../electron/gateway/store/repositories/settings.ts';
import { openSqliteStore } from '../../../../electron/gateway/store/sqlite/sqlite-store.ts';
import type { Store } from '../../../../electron/gateway/store/store.ts';
import { tempFolder } from '../temp-folder.ts';

async function open(): Promise<{ store: Store; path: string }> {
  const path = join(await tempFolder(), 'atelier.db');
  const store = openSqliteStore(path);
  onTestFinished(() => store.close());
  return { store, path };
}

const set = (store: Store, name: string, value: string): Promise<void> =>
  store.write((writer) => writeSetting(writer, name, value));

it('shares one commit among units that arrive together, and gives each alone its own', async () => {
  const { store, path } = await open();
  // Values of one length that differ: SQLite writes no page that stays the same.
  const values = Array.from({ length: 20 }, (_, n) => String(10 + n));
  await set(store, 'same', '00');
  const written = async (work: () => Promise<unknown>): Promise<number> => {
    const before = statSync(`${path}-wal`).size;
    await work();
    return statSync(`${path}-wal`).size - before;
  };
  const one = await written(() => set(store, 'same', '01'));
  const together = await written(() => Promise.all(values.map((value) => set(store, 'same', value))));
  const apart = await written(async () => {
    for (const value of values) await set(store, 'same', value);
  });
  // Each commit appends the pages that it changed to the log: here always the same page.
  expect(one).toBeGreaterThan(0);
  expect(together).toBe(one);
  expect(apart).toBe(20 * one);
});

it('lets a unit that can wait share the commit of the next, in their order', async () => {
  const { store } = await open();
  const order: string[] = [];
  const patient = store
    .write((writer) => writeSetting(writer, 'name', 'first'), { withinMs: 60_000 })
    .then(() => order.push('patient'));
  // Not in this turn: what can wait is still waiting after others had theirs.
  await new Promise((done) => setTimeout(done, 20));
  expect(readSetting(store.read, 'name')).toBeUndefined();
  const hurried = store
    .write((writer) => writeSetting(writer, 'name', `${readSetting(writer, 'name')}, second`))
    .then(() => order.push('hurried'));
  await Promise.all([patient, hurried]);
  expect(order).toEqual(['patient', 'hurried']);
  expect(readSetting(store.read, 'name')).toBe('first, second');
});

it('commits a unit that can wait by itself when nothing else comes', async () => {
  const { store } = await open();
  await store.write((writer) => writeSetting(writer, 'name', 'alone'), { withinMs: 5 });
  expect(readSetting(store.read, 'name')).toBe('alone');
});

it('undoes only the unit that failed, and tells only its caller', async () => {
  const { store } = await open();
  const results = await Promise.allSettled([
    set(store, 'before', '1'),
    store.write((writer) => {
      writeSetting(writer, 'half', '1');
      throw new Error('halfway');
    }),
    set(store, 'after', '1'),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(results[1]).toMatchObject({ reason: new Error('halfway') });
  expect(['before', 'half', 'after'].map((name) => readSetting(store.read, name))).toEqual([
    '1',
    undefined,
    '1',
  ]);
});

it('lets a unit see what the units before it in the same commit wrote', async () => {
  const { store } = await open();
  const first = set(store, 'name', 'given');
  const second = store.write((writer) => readSetting(writer, 'name'));
  await first;
  expect(await second).toBe('given');
});

it('shows readers nothing before the commit, and everything once the promise has resolved', async () => {
  const { store } = await open();
  const seen: (string | undefined)[] = [];
  await store.write((writer) => {
    writeSetting(writer, 'name', 'value');
    seen.push(readSetting(store.read, 'name'));
  });
  seen.push(readSetting(store.read, 'name'));
  expect(seen).toEqual([undefined, 'value']);
});

it('refuses a unit that is asynchronous and keeps nothing of it', async () => {
  const { store } = await open();
  const unit = store.write(async (writer) => writeSetting(writer, 'late', '1'));
  await expect(unit).rejects.toThrow('must be synchronous');
  expect(readSetting(store.read, 'late')).toBeUndefined();
});

it('fails every unit of a commit that the database refuses, and works again afterwards', async () => {
  const { store } = await open();
  // Breaks at the commit, not in a unit: the foreign key is checked there.
  const orphan = store.write((writer) => {
    writer.hotRun('PRAGMA defer_foreign_keys = ON');
    writer.hotRun(
      `INSERT INTO task_events (task_id, team_id, event, data_json, created_at) VALUES ('none', 't', 'status', '{}', 0)`,
    );
  });
  const beside = set(store, 'beside', '1');
  const results = await Promise.allSettled([orphan, beside]);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(readSetting(store.read, 'beside')).toBeUndefined();
  await set(store, 'beside', '2');
  expect(readSetting(store.read, 'beside')).toBe('2');
});

it('commits what is due when it closes, and takes nothing after that', async () => {
  const { store, path } = await open();
  const due = set(store, 'due', '1');
  await store.close();
  await due;
  await expect(set(store, 'late', '1')).rejects.toThrow('closed');
  const again = openSqliteStore(path);
  expect([readSetting(again.read, 'due'), readSetting(again.read, 'late')]).toEqual(['1', undefined]);
  await again.close();
});

it('makes a setting once, whoever asks for it first', async () => {
  const { store } = await open();
  let made = 0;
  const ask = () => settingOr(store, 'gateway_id', () => `gw-${++made}`);
  expect(await Promise.all([ask(), ask()])).toEqual(['gw-1', 'gw-1']);
  expect(await ask()).toBe('gw-1');
});

it('flushes to disk at every commit, with a write-ahead log', async () => {
  const { store, path } = await open();
  const [level] = await store.write((writer) => writer.hot<{ synchronous: number }>('PRAGMA synchronous'));
  expect(level?.synchronous).toBe(2);
  const other = new BetterSqlite(path, { readonly: true });
  expect(other.pragma('journal_mode', { simple: true })).toBe('wal');
  other.close();
});
