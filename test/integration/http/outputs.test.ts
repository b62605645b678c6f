import { createCanvas } from '@napi-rs/canvas';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { readImageSize } from '../../../shared/image-size.ts';
import type { OutputItem, outputDays, outputFacets, outputList } from '../../../shared/wire/outputs.ts';
import { type MadeFile, soon, text, withGateway } from './support.ts';

const gateway = withGateway();

type List = z.infer<typeof outputList>;

const canvas = createCanvas(900, 600);
const paint = canvas.getContext('2d');
paint.fillStyle = '#c04010';
paint.fillRect(0, 0, 900, 600);
const picture = canvas.toBuffer('image/png');

/** Runs a workflow with values; what it makes is in the gallery then. */
async function make(
  workflowId: string,
  values: Record<string, unknown>,
  ...made: MadeFile[]
): Promise<string> {
  const taskId = await gateway.run(workflowId, { parameters: values });
  await (await gateway.perform(taskId)).complete(...made);
  return taskId;
}

async function list(query = ''): Promise<List> {
  const reply = await gateway.call('GET', `/r/outputs${query}`, gateway.keys.integration);
  expect(reply.status, JSON.stringify(reply.body)).toBe(200);
  return reply.body as List;
}

const names = async (query = ''): Promise<string[]> =>
  (await list(query)).output_list.map(({ name }) => name);
const post = (verb: string, json: object) =>
  gateway.call('POST', `/r/outputs/${verb}`, gateway.keys.device, { json });

let portraits = '';
let songs = '';
it('fills with what runs make', async () => {
  portraits = await gateway.import({ workflow_slug: 'portraits', display_name: 'Portraits' });
  songs = await gateway.import({ workflow_slug: 'songs', display_name: 'Songs' });
  await make(
    portraits,
    { prompt: 'a red "fox"', width: 640 },
    { name: 'fox.png', bytes: picture },
    { name: 'preview.png', bytes: picture, temporary: true },
  );
  await make(
    portraits,
    { prompt: 'a heron', width: 64 },
    { name: 'heron.png', bytes: Buffer.from('no picture') },
  );
  await make(
    songs,
    { prompt: 'width' },
    { name: 'preview.wav', bytes: Buffer.from('wave'), temporary: true },
  );
  await make(
    songs,
    {},
    { name: 'words.txt', bytes: Buffer.from('la la'), kind: 'text', content_type: 'text/plain' },
  );
  expect((await list()).total_count).toBe(4);
});

describe('the list of everything made', () => {
  it('has what was saved, newest first, and previews only where nothing was saved', async () => {
    const all = await list();
    expect(all.output_list.map(({ name }) => name)).toEqual([
      'words.txt',
      'preview.wav',
      'heron.png',
      'fox.png',
    ]);
    expect(all).toMatchObject({ total_count: 4, next_cursor: null });
    expect(all.output_list.at(-1)).toMatchObject({
      kind: 'image',
      workflow_slug: 'portraits',
      workflow_name: 'Portraits',
      workflow_version: 1,
      submitter_name: 'integration',
      is_starred: false,
      deleted_at: null,
    });
    expect(await names('?order=oldest')).toEqual((await names()).reverse());
  });

  it.each([
    ['workflow', () => `?workflow_id=${songs}`, ['words.txt', 'preview.wav']],
    ['kind', () => '?kind=text', ['words.txt']],
    ['a word in a value', () => '?text=HERON', ['heron.png']],
    ['a quote in a value', () => `?text=${encodeURIComponent('red "fox')}`, ['fox.png']],
    ['the name of its workflow', () => '?text=song', ['words.txt', 'preview.wav']],
    ['the name of the file', () => '?text=words', ['words.txt']],
    ['a value, never the name of a parameter', () => '?text=width', ['preview.wav']],
    ['a sign that means something in SQL', () => '?text=%25', []],
    ['a number among the values', () => '?param.width=64', ['heron.png']],
    ['a text among the values', () => `?param.prompt=${encodeURIComponent('a red "fox"')}`, ['fox.png']],
    ['several values', () => '?param.width=640&param.prompt=a%20heron', []],
    ['a time that is over', () => '?created_before=2020-01-01T00:00:00Z', []],
    ['a time', () => '?created_after=2020-01-01T00:00:00Z&kind=text', ['words.txt']],
    ['who made it', () => '?submitted_by=nobody', []],
  ])('is filtered by %s', async (_what, query, expected) => {
    const found = await list(query());
    expect(found.output_list.map(({ name }) => name)).toEqual(expected);
    expect(found.total_count).toBe(expected.length);
    const days = await gateway.call('GET', `/r/outputs/days${query()}`, gateway.keys.integration);
    expect(days.body).toMatchObject({ total_count: expected.length });
  });

  it.each(['', '&text=a'])('goes from page to page without losing or repeating any (%j)', async (filter) => {
    const everything = await names(`?per_page=100${filter}`);
    const walked: string[] = [];
    let cursor: string | null | undefined;
    do {
      const page = await list(`?per_page=1${filter}${cursor ? `&cursor=${cursor}` : ''}`);
      walked.push(...page.output_list.map(({ name }) => name));
      cursor = page.next_cursor;
    } while (cursor);
    expect(walked).toEqual(everything);
    expect(await names(`?offset=1&per_page=2${filter}`)).toEqual(everything.slice(1, 3));
  });

  it('counts by the days of a time zone', async () => {
    const { created_at } = (await list()).output_list[0] as OutputItem;
    const reply = await gateway.call(
      'GET',
      '/r/outputs/days?time_zone=Asia/Kathmandu',
      gateway.keys.integration,
    );
    const days = reply.body as z.infer<typeof outputDays>;
    const [day] = days.day_list;
    expect(days.total_count).toBe(4);
    expect(Date.parse(day?.ends_at ?? '') - Date.parse(day?.begins_at ?? '')).toBe(86_400_000);
    expect(day?.begins_at).toMatch(/T18:15:00.000Z$/);
    expect(Date.parse(created_at)).toBeGreaterThanOrEqual(Date.parse(day?.begins_at ?? ''));
    const odd = await gateway.call('GET', '/r/outputs/days?time_zone=Middle/Earth', gateway.keys.integration);
    expect(odd.status).toBe(400);
    expect(text(odd, 'error_message')).toContain('Middle/Earth');
  });

  it('tells what can be asked for', async () => {
    const reply = await gateway.call('GET', '/r/outputs/facets', gateway.keys.integration);
    const facets = reply.body as z.infer<typeof outputFacets>;
    expect(facets.workflow_list.map(({ name, count }) => [name, count])).toEqual(
      expect.arrayContaining([
        ['Portraits', 2],
        ['Songs', 2],
      ]),
    );
    expect(facets.person_list).toMatchObject([{ name: 'integration', count: 4 }]);
    expect(facets).toMatchObject({ total_count: 4, starred_count: 0 });
  });

  it('is that of the own team alone', async () => {
    const key = await gateway.foreignKey();
    const [mine] = (await list()).output_list;
    const theirs = await gateway.call('GET', '/r/outputs', key);
    expect(theirs.body).toMatchObject({ output_list: [], total_count: 0 });
    for (const [verb, more] of [
      ['star', { is_starred: true }],
      ['delete', {}],
      ['restore', {}],
    ] as const) {
      const reply = await gateway.call('POST', `/r/outputs/${verb}`, key, {
        json: { output_ids: [mine?.id], ...more },
      });
      expect(reply.body).toEqual({ changed_count: 0, not_found: [mine?.id] });
    }
    const zip = await gateway.call('POST', '/r/outputs/zip', key, { json: { output_ids: [mine?.id] } });
    expect(zip.body).toMatchObject({ file_count: 0 });
  });
});

describe('an output', () => {
  it('is starred, found by its star, and loses it again', async () => {
    const fox = (await list('?text=fox')).output_list[0] as OutputItem;
    const star = (is_starred: boolean) => post('star', { output_ids: [fox.id], is_starred });
    expect((await star(true)).body).toEqual({ changed_count: 1, not_found: [] });
    expect(await names('?starred=true')).toEqual(['fox.png']);
    expect((await list('?starred=false')).total_count).toBe(3);
    expect((await star(true)).body).toMatchObject({ changed_count: 0 });
    await star(false);
    expect(await names('?starred=true')).toEqual([]);
  });

  it('is out of sight once deleted, everywhere, and is as it was when restored', async () => {
    const heron = (await list('?text=heron')).output_list[0] as OutputItem;
    expect((await post('delete', { output_ids: [heron.id, heron.id] })).body).toMatchObject({
      changed_count: 1,
    });
    expect(await names()).not.toContain('heron.png');
    expect(await names('?deleted=true')).toEqual(['heron.png']);
    expect((await list()).total_count).toBe(3);
    expect((await fetch(gateway.url + heron.url)).status).toBe(404);
    const result = await gateway.call('GET', `/r/tasks/${heron.task_id}/result`, gateway.keys.integration);
    expect(result.body).toMatchObject({ outputs: [], download_url: null });
    expect((await post('restore', { output_ids: [heron.id] })).body).toMatchObject({ changed_count: 1 });
    expect(await names()).toContain('heron.png');
    expect((await fetch(gateway.url + heron.url)).status).toBe(200);
  });

  it('is gone for good some days after it was deleted, and not before', async () => {
    const { store, gallery } = gateway.gateway.rooms;
    await make(songs, {}, { name: 'gone.txt', bytes: Buffer.from('gone'), kind: 'text' });
    const gone = (await list('?text=gone.txt')).output_list[0] as OutputItem;
    await post('delete', { output_ids: [gone.id] });
    expect(await gallery.outputs.sweep()).toBe(0);
    const longAgo = Date.now() - 8 * 86_400_000;
    await store.write((writer) =>
      writer.hotRun('UPDATE outputs SET deleted_at = ? WHERE id = ?', longAgo, gone.id),
    );
    expect(await gallery.outputs.sweep()).toBe(1);
    expect((await post('restore', { output_ids: [gone.id] })).body).toEqual({
      changed_count: 0,
      not_found: [gone.id],
    });
  });

  it('becomes an input of another run without being copied', async () => {
    const fox = (await list('?text=fox')).output_list[0] as OutputItem;
    const reply = await gateway.call('POST', `/r/outputs/${fox.id}/input`, gateway.keys.integration);
    expect(reply.body).toMatchObject({
      file_name: 'fox.png',
      content_type: 'image/png',
      size: picture.length,
    });
    const run = await gateway.call('POST', `/r/workflows/${portraits}/run`, gateway.keys.integration, {
      json: { parameters: { input_image: text(reply, 'file_key') } },
    });
    expect(run.status).toBe(202);
  });
});

describe('a thumbnail', () => {
  it('is a small WebP of the picture, and its colours are in the list', async () => {
    const fox = async () => (await list('?text=fox')).output_list[0] as OutputItem;
    await expect.poll(async () => (await fox()).placeholder, soon).toMatch(/^data:image\/webp;base64,/);
    const { thumbnails, colour, width, height, placeholder } = await fox();
    expect({ colour, width, height }).toEqual({ colour: '#c04010', width: 900, height: 600 });
    expect(placeholder?.length).toBeLessThan(400);
    for (const [size, longest] of [
      ['small', 320],
      ['large', 640],
    ] as const) {
      const reply = await fetch(gateway.url + thumbnails?.[size]);
      expect(reply.headers.get('content-type')).toBe('image/webp');
      expect(readImageSize(new Uint8Array(await reply.arrayBuffer()))).toEqual({
        width: longest,
        height: Math.round((longest / 3) * 2),
      });
    }
  });

  it('is only given to whoever has its address', async () => {
    const fox = (await list('?text=fox')).output_list[0] as OutputItem;
    const address = new URL(gateway.url + fox.thumbnails?.small);
    address.searchParams.set('sig', 'x');
    expect((await fetch(address)).status).toBe(403);
    expect((await fetch(`${gateway.url}/thumbnails/../small.webp`)).status).toBe(404);
    const other = `${gateway.url}${fox.thumbnails?.small}`.replace(/[0-9a-f]{64}/, '0'.repeat(64));
    expect((await fetch(other)).status).toBe(403);
  });

  it('is not promised for what is no picture', async () => {
    const heron = async () => (await list('?text=heron')).output_list[0] as OutputItem;
    await expect.poll(async () => (await heron()).thumbnails, soon).toBeNull();
  });
});

describe('a zip', () => {
  it('has the files as they are, told apart where their names are the same, and says its size before', async () => {
    await make(songs, {}, { name: 'Words.txt', bytes: Buffer.from('other words'), kind: 'text' });
    const chosen = (await list('?text=words')).output_list;
    const missing = crypto.randomUUID();
    const reply = await post('zip', { output_ids: [...chosen.map(({ id }) => id), missing] });
    expect(reply.body).toMatchObject({ file_count: 2, size: 16 });
    const zip = await fetch(gateway.url + text(reply, 'url'));
    const bytes = Buffer.from(await zip.arrayBuffer());
    expect(zip.headers.get('content-type')).toBe('application/zip');
    expect(Number(zip.headers.get('content-length'))).toBe(bytes.length);
    const all = bytes.toString('latin1');
    for (const part of ['Words.txt', 'words (2).txt', 'la la', 'other words']) expect(all).toContain(part);
  });

  it('is not to be had with a made-up address', async () => {
    expect((await fetch(`${gateway.url}/zips/made-up/pictures.zip`)).status).toBe(404);
  });

  it('takes a thousand at most', async () => {
    const output_ids = Array.from({ length: 1001 }, () => crypto.randomUUID());
    expect((await post('zip', { output_ids })).status).toBe(400);
  });
});
