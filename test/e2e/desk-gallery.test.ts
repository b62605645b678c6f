import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Desk, openDesk, softPhoto } from './desk.ts';
import { StudioApi } from './studio-api.ts';

let desk: Desk;
let api: StudioApi;

const cards = {
  workflow_slug: 'colour-cards',
  display_name: 'Colour cards',
  workflow_json: {
    '1': { class_type: 'EmptyImage', inputs: { width: 96, height: 64, batch_size: 1, color: 0 } },
    '2': { class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix: 'card' } },
  },
  parameters: [
    { key: 'title', type: 'string', label: 'Title', node_id: '2', field: 'filename_prefix' },
    { key: 'colour', type: 'number', label: 'Shade', node_id: '1', field: 'color' },
  ],
};
const soft = {
  workflow_slug: 'soft-photo',
  display_name: 'Soft photo',
  workflow_json: softPhoto,
  parameters: [
    {
      key: 'photo',
      type: 'file',
      label: 'Photo',
      node_id: '1',
      field: 'image',
      accept: ['image/*'],
      required: true,
    },
  ],
};

beforeAll(async () => {
  desk = await openDesk();
  api = await StudioApi.signIn(desk.url);
  await api.call('POST', '/workflows/import', cards);
  await api.call('POST', '/workflows/import', soft);
  await api.run('colour-cards', { title: 'ember', colour: 0xff_8a_4c });
  await api.run('colour-cards', { title: 'harbour', colour: 0x27_32_4f });
}, 180_000);
afterEach(() => desk.closePages());
afterAll(() => desk?.close());

const tiles = (page: Page) => page.locator('[data-tile]');
const tile = (page: Page, title: string) =>
  page.getByRole('button', { name: new RegExp(`^${title}.*made by`) });
const choose = (page: Page, title: string) =>
  page.getByRole('checkbox', { name: new RegExp(`^Choose ${title}`) });
const count = (page: Page) => expect.poll(() => tiles(page).count(), { timeout: 30_000 });

/** Names and bytes of what a zip holds, read from its directory. */
function entriesOf(zip: Buffer): Map<string, Buffer> {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  const entries = new Map<string, Buffer>();
  let at = zip.readUInt32LE(end + 16);
  for (let n = zip.readUInt16LE(end + 10); n > 0; n -= 1) {
    expect(zip.readUInt16LE(at + 10), 'stored, not compressed').toBe(0);
    const [size, nameLength] = [zip.readUInt32LE(at + 24), zip.readUInt16LE(at + 28)];
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength);
    const local = zip.readUInt32LE(at + 42);
    const begins = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    entries.set(name, zip.subarray(begins, begins + size));
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return entries;
}

describe('the gallery', () => {
  test('has what was run, by day, and lets in what is made meanwhile', async () => {
    const { page, errors } = await desk.open('/');
    await page.getByRole('link', { name: 'Gallery' }).click();
    await page.getByRole('heading', { name: 'Today' }).waitFor();
    await count(page).toBe(2);
    const picture = tile(page, 'ember').locator('img');
    await expect
      .poll(() => picture.evaluate((one) => (one as HTMLImageElement).naturalWidth))
      .toBeGreaterThan(0);
    await api.run('colour-cards', { title: 'orchard', colour: 0x55_77_33 });
    await count(page).toBe(3);
    await page.getByText('3 works').first().waitFor();
    expect(errors).toEqual([]);
  });

  test('is filtered by words, and the address keeps the filter', async () => {
    const { page, errors } = await desk.open('/gallery');
    await count(page).toBe(3);
    await page.getByRole('searchbox').fill('harbour');
    await count(page).toBe(1);
    await expect.poll(() => new URL(page.url()).search).toBe('?text=harbour');
    await page.reload();
    await count(page).toBe(1);
    expect(await page.getByRole('searchbox').inputValue()).toBe('harbour');
    await page.getByRole('searchbox').fill('nothing has this word');
    await page.getByRole('heading', { name: 'Nothing fits' }).waitFor();
    await page.getByRole('button', { name: 'Show everything' }).click();
    await count(page).toBe(3);
    expect(errors).toEqual([]);
  });

  test('opens a work, walks to the next by key, shows its values, and filters by one', async () => {
    const { page, errors } = await desk.open('/gallery');
    await tile(page, 'harbour').click();
    const box = page.getByRole('dialog');
    await box.getByRole('img', { name: /^harbour/ }).waitFor();
    await box.getByText('harbour', { exact: true }).waitFor();
    await page.keyboard.press('+');
    await box.getByText('150 %').waitFor();
    await page.keyboard.press('0');
    await page.keyboard.press('ArrowRight');
    await box.getByRole('img', { name: /^ember/ }).waitFor();
    await box.getByText('96 × 64').waitFor();
    await box.getByRole('button', { name: 'Show what was made with this value: Title' }).click();
    await box.waitFor({ state: 'hidden' });
    await count(page).toBe(1);
    expect(new URL(page.url()).searchParams.get('param.title')).toBe('ember');
    await page.getByRole('button', { name: 'No longer only title: ember' }).click();
    await count(page).toBe(3);
    expect(errors).toEqual([]);
  });

  test('leads back to the form with the values of a work', async () => {
    const { page } = await desk.open('/gallery');
    await tile(page, 'ember').click();
    await page.getByRole('link', { name: 'Run with these values' }).click();
    await page.waitForURL('**/workflows/colour-cards');
    await expect.poll(() => page.getByLabel('Title', { exact: true }).inputValue()).toBe('ember');
  });

  test('compares two side by side and with the slider', async () => {
    const { page, errors } = await desk.open('/gallery');
    await choose(page, 'ember').click({ force: true });
    await choose(page, 'orchard').click({ force: true });
    await page.getByRole('button', { name: 'Compare' }).click();
    const box = page.getByRole('dialog', { name: 'Comparing two works' });
    await box.getByRole('img', { name: /^ember/ }).waitFor();
    await box.getByRole('img', { name: /^orchard/ }).waitFor();
    await box.getByRole('button', { name: 'Slider' }).click();
    await box.getByRole('slider').fill('80');
    await page.keyboard.press('Escape');
    await box.waitFor({ state: 'hidden' });
    expect(errors).toEqual([]);
  });

  test('deletes with the keyboard, and takes it back', async () => {
    const { page, errors } = await desk.open('/gallery');
    await tile(page, 'orchard').focus();
    await page.keyboard.press('Delete');
    await count(page).toBe(2);
    await page.getByRole('button', { name: 'Undo' }).click();
    await count(page).toBe(3);
    await tile(page, 'orchard').waitFor();
    expect(errors).toEqual([]);
  });

  test('stars what is chosen, and shows only what is starred', async () => {
    const { page } = await desk.open('/gallery');
    await tile(page, 'ember').focus();
    await page.keyboard.press('s');
    await page.getByRole('button', { name: 'Starred only' }).click();
    await count(page).toBe(1);
    await tile(page, 'ember').waitFor();
  });

  test('downloads what was chosen by key as one zip', async () => {
    const { page } = await desk.open('/gallery', { acceptDownloads: true });
    await tile(page, 'orchard').focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('Shift+ArrowRight');
    await page.getByText('2 chosen').waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download as zip' }).click(),
    ]);
    const entries = entriesOf(readFileSync(await download.path()));
    expect([...entries.keys()].map((name) => name.split('_')[0])).toEqual(['orchard', 'harbour']);
    for (const bytes of entries.values()) expect(bytes.toString('latin1', 1, 4)).toBe('PNG');
    await page.keyboard.press('Escape');
    await page.getByText('2 chosen').waitFor({ state: 'hidden' });
  });

  test('gives a work to another workflow as its input', async () => {
    const { page, errors } = await desk.open('/gallery');
    await tile(page, 'harbour').click();
    await page.getByRole('button', { name: 'Use as input' }).click();
    await page.getByRole('button', { name: /Soft photo/ }).click();
    await page.waitForURL('**/workflows/soft-photo');
    await page.getByRole('img', { name: /^Preview of harbour/ }).waitFor();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.waitForURL('**/tasks/*');
    await page.getByRole('button', { name: 'Run again' }).waitFor();
    expect(errors).toEqual([]);
  });

  test('lets a picture be dragged onto a file field', async () => {
    const { page } = await desk.open('/workflows/soft-photo');
    await page.getByRole('button', { name: 'Back to defaults' }).click();
    const made = page.getByRole('link', { name: /^Picture made by Soft photo/ }).first();
    await made.dragTo(page.locator('#field-photo'));
    await page.getByRole('img', { name: /^Preview of / }).waitFor();
  });
});
