import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import type { ObjectStore } from '../../../../electron/gateway/files/object-store.ts';
import { Studio } from '../studio.ts';
import { tempFolder } from '../temp-folder.ts';

const inputs = 300;
const program = join(import.meta.dirname, 'programs/sweeper.ts');

async function fill(folder: string): Promise<void> {
  const studio = await Studio.open({}, folder);
  const { files } = studio.rooms;
  for (let n = 0; n < inputs; n += 50) {
    await Promise.all(
      Array.from({ length: 50 }, async (_, index) => {
        // Every content twice: the first to go must leave the other's bytes.
        const text = `input ${Math.floor((n + index) / 2)}`;
        const announced = { file_name: 'a.png', file_size: text.length, content_type: 'image/png' };
        const { file_key } = await files.presign(studio.teamId, announced, '');
        const file = files.find(file_key);
        if (file) await files.receive(file, Readable.from([Buffer.from(text)]));
      }),
    );
  }
  await studio.stop();
}

async function names(objects: ObjectStore): Promise<Set<string>> {
  const all = new Set<string>();
  for await (const page of objects.list()) for (const name of page) all.add(name);
  return all;
}

/** Runs the clean-up in a process of its own; the result is what it said before its end. */
async function sweep(folder: string, where: string): Promise<string> {
  const sweeper = spawn(process.execPath, [program, folder, where], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  sweeper.stdout.on('data', (text: Buffer) => {
    said += String(text);
  });
  await once(sweeper, 'close');
  return said;
}

it('killed in the middle, the clean-up never takes bytes that a row names, and goes on where it was', async () => {
  const folder = await tempFolder();
  await fill(folder);
  const left: { rows: number; objects: number; files: number }[] = [];
  for (const where of ['rows', '1', '50']) {
    expect(await sweep(folder, where)).toBe('');
    const { rooms, stop } = await open(folder);
    const rows = rooms.store.read.hot<{ sha256: string }>('SELECT sha256 FROM files');
    const objects = rooms.store.read.hot('SELECT * FROM objects').length;
    const here = await names(rooms.objects);
    expect(rows.filter(({ sha256 }) => !here.has(sha256))).toEqual([]);
    left.push({ rows: rows.length, objects, files: here.size });
    await stop();
  }
  // Once between rows, then twice where a row was gone and its bytes were not.
  expect(left[0]).toEqual({ rows: inputs - 200, objects: inputs / 2, files: inputs / 2 });
  for (const { objects, files } of left.slice(1)) expect(files).toBeGreaterThan(objects);

  expect(await sweep(folder, '')).toBe('swept');
  const { rooms, stop } = await open(folder);
  expect(rooms.store.read.hot('SELECT * FROM files')).toEqual([]);
  expect(rooms.store.read.hot('SELECT * FROM objects')).toEqual([]);
  expect((await names(rooms.objects)).size).toBe(0);
  const counted = `SELECT bytes, count FROM storage_counts WHERE kind = 'inputs'`;
  expect(rooms.store.read.hot(counted)).toEqual([{ bytes: 0, count: 0 }]);
  await stop();
}, 120_000);

async function open(folder: string) {
  const studio = await Studio.open({}, folder);
  return { rooms: studio.rooms, stop: () => studio.stop() };
}
