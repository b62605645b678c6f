import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { references } from '../../../../electron/gateway/files/references.ts';
import { changeRetention } from '../../../../electron/gateway/files/retention.ts';
import { Studio, sha256 } from '../studio.ts';

const day = 86_400_000;
const graph = {
  '1': { class_type: 'LoadImage', inputs: { image: 'x.png' } },
  '2': { class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix: 'x' } },
};
const parameters = [{ key: 'picture', type: 'file', node_id: '1', field: 'image' }];

/** A studio whose clock stands still until it is moved. */
async function studioInTime() {
  let now = Date.now();
  const studio = await Studio.open({ clock: () => now });
  const { files, janitor, objects, storage, store } = studio.rooms;
  const upload = async (text: string): Promise<string> => {
    const announced = { file_name: 'a.png', file_size: text.length, content_type: 'image/png' };
    const { file_key } = await files.presign(studio.teamId, announced, '');
    const file = files.find(file_key);
    if (file) await files.receive(file, Readable.from([Buffer.from(text)]));
    return file_key;
  };
  return {
    studio,
    store,
    janitor,
    objects,
    upload,
    pass: (days: number) => {
      now += days * day;
    },
    later: (ms: number) => {
      now += ms;
    },
    there: (key: string) => files.find(key) !== undefined,
    has: (text: string) => objects.has(sha256(text)),
    usage: async () => (await storage.usage(studio.teamId)).kinds,
    workflow: (fields: Record<string, unknown> = {}) =>
      studio.workflow({ workflow_json: graph, parameters, ...fields }),
    /** Makes an object as old as one that came before everybody else. */
    age: (text: string) => utimes(pathOf(studio, text), new Date(0), new Date(0)),
  };
}

function pathOf({ folder }: Studio, text: string): string {
  const hash = sha256(text);
  return join(folder, 'objects', hash.slice(0, 2), hash.slice(2));
}

describe('inputs', () => {
  it('go a day after their last use, with their bytes, and not before', async () => {
    const { upload, pass, janitor, there, has, usage } = await studioInTime();
    const old = await upload('old');
    pass(0.6);
    const young = await upload('young');
    pass(0.6);
    const wanted = { inputs: 1, outputs: 0, uploads: 0, freed_bytes: 3 };
    expect(await janitor.plan()).toEqual(wanted);
    expect([there(old), await has('old')]).toEqual([true, true]);
    expect(await janitor.sweep()).toEqual(wanted);
    expect([there(old), await has('old')]).toEqual([false, false]);
    expect([there(young), await has('young')]).toEqual([true, true]);
    expect((await usage()).inputs).toEqual({ file_count: 1, total_bytes: 5 });
    expect(await janitor.sweep()).toEqual({ inputs: 0, outputs: 0, uploads: 0, freed_bytes: 0 });
  });

  it('are kept for as long as the owner says', async () => {
    const { upload, pass, janitor, there, store } = await studioInTime();
    const key = await upload('dear');
    await changeRetention(store, { input_days: 3 });
    pass(2);
    await janitor.sweep();
    expect(there(key)).toBe(true);
    await changeRetention(store, { input_days: -1 });
    pass(4000);
    await janitor.sweep();
    expect(there(key)).toBe(true);
    await changeRetention(store, { input_days: 1 });
    await janitor.sweep();
    expect(there(key)).toBe(false);
  });

  it('are kept while a task that needs them waits, and for a day after it was submitted', async () => {
    const { studio, upload, pass, janitor, there, has, workflow } = await studioInTime();
    const key = await upload('needed');
    const flow = await workflow();
    pass(0.9);
    const task = await studio.submit(flow, { parameters: { picture: key } });
    pass(0.9);
    await janitor.sweep();
    expect(there(key)).toBe(true);
    pass(30);
    await janitor.sweep();
    expect([there(key), await has('needed')]).toEqual([true, true]);
    await studio.rooms.tasks.attempts.cancel(task);
    await janitor.sweep();
    expect([there(key), await has('needed')]).toEqual([false, false]);
    const caller = { teamId: studio.teamId, submitterId: 'ada' };
    await expect(studio.rooms.tasks.retry(caller, task)).rejects.toMatchObject({ code: 'invalid_parameter' });
  });

  it('are kept while a workflow begins with them', async () => {
    const { upload, pass, janitor, there, workflow } = await studioInTime();
    const key = await upload('default');
    await workflow({ parameters: [{ ...parameters[0], default: key }] });
    pass(30);
    await janitor.sweep();
    expect(there(key)).toBe(true);
  });

  it('are never taken from a task that is submitted at the same moment', async () => {
    const { studio, upload, pass, janitor, there, workflow } = await studioInTime();
    const flow = await workflow();
    let accepted = 0;
    for (let n = 0; n < 20; n += 1) {
      const key = await upload(`race ${n}`);
      pass(2);
      const submit = () => studio.submit(flow, { parameters: { picture: key } });
      const both =
        n % 2 === 0 ? [submit(), janitor.sweep()] : [janitor.sweep(), Promise.resolve().then(submit)];
      const [task] = await Promise.all(
        both.map((one) =>
          (one as Promise<unknown>).catch((error: unknown) => {
            expect(error).toMatchObject({ code: 'invalid_parameter' });
          }),
        ),
      );
      const open = studio.rooms.tasks.open().length > accepted;
      expect(there(key), `${n}: ${String(task)}`).toBe(open);
      if (open) accepted += 1;
    }
    expect(accepted).toBeGreaterThan(0);
  });

  it('that were announced and never came go after a day, unless their parts are coming', async () => {
    const { studio, pass, janitor, there, usage } = await studioInTime();
    const { files, multipart } = studio.rooms;
    const announced = { file_name: 'a.png', file_size: 7, content_type: 'image/png' };
    const keys = [];
    for (let n = 0; n < 2; n += 1) keys.push((await files.presign(studio.teamId, announced, '')).file_key);
    const [gone = '', coming = ''] = keys;
    const { upload } = await multipart.initiate(coming, 7, () => undefined);
    expect((await usage()).uploads).toEqual({ file_count: 2, total_bytes: 14 });
    pass(1.5);
    expect(await janitor.sweep()).toMatchObject({ inputs: 1, uploads: 0 });
    expect([there(gone), there(coming)]).toEqual([false, true]);
    await multipart.receive(upload.id, 1, Readable.from([Buffer.from('x'.repeat(7))]));
    pass(3.5);
    expect(await janitor.sweep()).toEqual({ inputs: 0, outputs: 0, uploads: 1, freed_bytes: 7 });
    await janitor.sweep();
    expect((await usage()).uploads).toEqual({ file_count: 0, total_bytes: 0 });
  });
});

describe('outputs', () => {
  async function made(text: string) {
    const world = await studioInTime();
    const { studio } = world;
    await studio.start();
    const agent = await studio.agent();
    const task = await studio.submit(await studio.workflow());
    const attempt = await agent.assignment(task);
    await agent.say('accepted', attempt, {});
    await agent.complete(attempt, text);
    await studio.until(task, 'completed');
    return { ...world, task, result: () => studio.rooms.tasks.result(studio.teamId, task, '') };
  }

  it('are kept for ever, until the owner says otherwise', async () => {
    const { pass, janitor, result, store, has, usage } = await made('art');
    pass(4000);
    await janitor.sweep();
    expect(result().outputs).toHaveLength(1);
    expect((await usage()).outputs).toEqual({ file_count: 1, total_bytes: 3 });
    await changeRetention(store, { output_days: 7 });
    expect(await janitor.plan()).toMatchObject({ outputs: 1, freed_bytes: 3 });
    expect(await janitor.sweep()).toMatchObject({ outputs: 1, freed_bytes: 3 });
    expect(result()).toMatchObject({ task_status: 'completed', outputs: [], download_url: null });
    expect(await has('art')).toBe(false);
    expect((await usage()).outputs).toEqual({ file_count: 0, total_bytes: 0 });
  });

  it('share one object with an input of the same content, which goes with the last of them', async () => {
    const { upload, pass, janitor, store, has, there } = await made('same');
    const key = await upload('same');
    expect(store.read.hot('SELECT * FROM objects')).toHaveLength(1);
    pass(2);
    expect(await janitor.plan()).toMatchObject({ inputs: 1, freed_bytes: 0 });
    expect(await janitor.sweep()).toMatchObject({ inputs: 1, freed_bytes: 0 });
    expect([there(key), await has('same')]).toEqual([false, true]);
    await changeRetention(store, { output_days: 1 });
    expect(await janitor.sweep()).toMatchObject({ outputs: 1, freed_bytes: 4 });
  });

  it('of a run that goes on are kept, though no row names them yet', async () => {
    const { studio, pass, janitor, objects, has } = await studioInTime();
    await studio.start();
    const agent = await studio.agent();
    const task = await studio.submit(await studio.workflow());
    const attempt = await agent.assignment(task);
    await agent.say('accepted', attempt, {});
    await objects.put(Readable.from([Buffer.from('first of two')]));
    pass(0.9);
    await janitor.sweep();
    expect(await has('first of two')).toBe(true);
    await studio.rooms.tasks.attempts.cancel(task);
    // Looking at the whole disk is for once a day.
    for (let n = 0; n < 24; n += 1) await janitor.sweep();
    expect(await has('first of two')).toBe(false);
  });
});

describe('objects', () => {
  it('that nobody refers to are kept for an hour', async () => {
    const { objects, later, janitor, has } = await studioInTime();
    await objects.put(Readable.from([Buffer.from('fresh')]));
    await janitor.sweep();
    expect(await has('fresh')).toBe(true);
    later(3_700_000);
    for (let n = 0; n < 24; n += 1) await janitor.sweep();
    expect(await has('fresh')).toBe(false);
  });

  it('are not lost when the same content comes while they go', async () => {
    const { upload, janitor, there, has, pass, age } = await studioInTime();
    for (let n = 0; n < 30; n += 1) {
      const before = await upload('again');
      pass(2);
      await age('again');
      const [key] = await Promise.all([upload('again'), janitor.sweep()]);
      expect([there(before), there(key), await has('again')]).toEqual([false, true, true]);
      pass(2);
      await age('again');
      await janitor.sweep();
    }
  });

  it('are looked for in every table that refers to them', async () => {
    const { store } = await studioInTime();
    const tables = store.read.hot<{ name: string }>(
      `SELECT m.name AS name FROM sqlite_master m, pragma_foreign_key_list(m.name) f
       WHERE m.type = 'table' AND f."table" = 'objects'`,
    );
    expect(tables.length).toBeGreaterThan(1);
    for (const { name } of tables) expect(Object.keys(references)).toContain(name);
  });
});

it('lets others have their turn while it works', async () => {
  const { upload, pass, janitor, studio } = await studioInTime();
  for (let n = 0; n < 30; n += 10) {
    await Promise.all(Array.from({ length: 10 }, (_, index) => upload(`many ${n + index}`)));
  }
  pass(2);
  let [done, turns] = [false, 0];
  const sweep = janitor.sweep().finally(() => {
    done = true;
  });
  while (!done) {
    await new Promise(setImmediate);
    turns += 1;
  }
  expect(await sweep).toMatchObject({ inputs: 30 });
  expect(turns).toBeGreaterThan(5);
  // Stopped in the middle it ends in order.
  await upload('more');
  pass(2);
  const cut = janitor.sweep().catch((error: unknown) => error);
  await studio.stop();
  expect(await cut).toBeDefined();
});
