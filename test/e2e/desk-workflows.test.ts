import { readFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Desk, dropFile, jsonFile, openDesk, photo } from './desk.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
}, 120_000);
afterEach(() => desk.closePages());
afterAll(() => desk?.close());

const soon = { timeout: 60_000, interval: 100 };

/** A plain picture in one colour, of a size, named by a text. */
const colourGraph = {
  '1': { class_type: 'EmptyImage', inputs: { width: 48, height: 32, batch_size: 1, color: 16747084 } },
  '2': { class_type: 'ImageBlur', inputs: { image: ['1', 0], blur_radius: 1, sigma: 1 } },
  '3': { class_type: 'SaveImage', inputs: { images: ['2', 0], filename_prefix: 'plain' } },
};
const colourForm = {
  display_name: 'Plain colour',
  workflow_json: colourGraph,
  parameters: [
    {
      key: 'width',
      label: 'Width',
      type: 'number',
      node_id: '1',
      field: 'width',
      min: 16,
      max: 512,
      step: 8,
    },
    {
      key: 'blur',
      label: 'Blur',
      type: 'number',
      node_id: '2',
      field: 'blur_radius',
      min: 1,
      max: 31,
      step: 1,
    },
  ],
};

/** Imports a body as programs write them, under a slug of its own, and leaves its form open. */
async function bring(page: Page, slug: string, body: object = colourForm) {
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
  await dropFile(page, jsonFile(`${slug}.json`, { ...body, workflow_slug: slug }));
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await page.waitForURL(`**/workflows/${slug}`);
  await page.getByRole('button', { name: 'Run', exact: true }).waitFor();
}

/** The picture with a text inside, as ComfyUI keeps its workflow: a tEXt chunk right after the header. */
function withText(png: Buffer, name: string, text: string): Buffer {
  const body = Buffer.from(`tEXt${name}\0${text}`, 'latin1');
  const [size, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  size.writeUInt32BE(body.length - 4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([png.subarray(0, 33), size, body, sum, png.subarray(33)]);
}

const tab = (page: Page, name: string) => page.getByRole('tab', { name, exact: true }).click();
const value = (page: Page, key: string) => page.locator(`#field-${key}`);

describe('a workflow', () => {
  test('comes in as a picture that has it inside, and runs', async () => {
    const { page, errors } = await desk.open('/workflows');
    await page.getByRole('heading', { name: 'Workflows', level: 1 }).waitFor();
    const bytes = withText(photo(), 'prompt', JSON.stringify(colourGraph));
    await dropFile(page, { name: 'from a friend.png', type: 'image/png', bytes });
    await page.getByRole('heading', { name: 'Import a workflow' }).waitFor();
    await page.getByText('Ready to run').waitFor();
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.waitForURL('**/tasks/*');
    await page.getByRole('img', { name: 'Picture made by From a friend' }).waitFor();
    expect(errors).toEqual([]);
  });

  test('runs twenty times over a sweep, counted before', async () => {
    const { page, errors } = await desk.open();
    await bring(page, 'swept');
    await page.getByRole('button', { name: 'Try several values of Width' }).click();
    await page.getByLabel('From', { exact: true }).fill('32');
    await page.getByLabel('To', { exact: true }).fill('104');
    await page.getByLabel('Step', { exact: true }).fill('8');
    await page.getByRole('button', { name: 'Run 10', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Try several values of Blur' }).click();
    await page.getByRole('button', { name: 'List', exact: true }).nth(1).click();
    await value(page, 'blur').fill('x');
    await page.getByText('These must be numbers.').waitFor();
    expect(await page.locator('button[type=submit]').isDisabled()).toBe(true);
    await value(page, 'blur').fill('1, 9');
    await page.getByText('20 runs').waitFor();
    await page.getByRole('button', { name: 'Run 20', exact: true }).click();
    // They are watched where they run.
    await page.getByRole('tab', { name: 'Runs', selected: true }).waitFor();
    const rows = page.getByRole('tabpanel').getByRole('listitem');
    await expect.poll(() => rows.count(), soon).toBe(20);
    await expect
      .poll(() => rows.filter({ hasText: 'Done' }).count(), { timeout: 120_000, interval: 500 })
      .toBe(20);
    await tab(page, 'Run');
    await page.getByText(/about \d/).waitFor();
    expect(errors).toEqual([]);
  });

  test('keeps values as a preset, for this person and for the team', async () => {
    const { page, errors } = await desk.open();
    await bring(page, 'preset');
    await value(page, 'width').fill('320');
    await page.getByRole('button', { name: 'Presets' }).click();
    await page.getByRole('menuitem', { name: 'Keep these values' }).click();
    await page.getByLabel('Name of the preset').fill('Wide');
    await page.getByRole('switch', { name: 'Share with the team' }).click();
    await page.getByRole('button', { name: 'Keep', exact: true }).click();
    await page.getByRole('button', { name: 'Wide' }).waitFor();
    await page.getByRole('button', { name: 'Back to defaults' }).click();
    expect(await value(page, 'width').inputValue()).toBe('48');
    await page.reload();
    await page.getByRole('button', { name: 'Presets' }).click();
    await page.getByRole('menuitem', { name: 'Wide' }).click();
    expect(await value(page, 'width').inputValue()).toBe('320');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.waitForURL('**/tasks/*');
    const picture = page.getByRole('img', { name: 'Picture made by Plain colour' });
    await picture.waitFor();
    await page.getByRole('link', { name: 'Download' }).waitFor();
    expect(await picture.evaluate((one) => (one as HTMLImageElement).naturalWidth)).toBe(320);
    expect(errors).toEqual([]);
  });

  test('begins with the values of a task, and with an output as its file', async () => {
    const { page, errors } = await desk.open();
    await bring(page, 'again');
    await value(page, 'width').fill('96');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.waitForURL('**/tasks/*');
    const task = new URL(page.url()).pathname.split('/').at(-1) ?? '';
    // The engine numbers its files on from run to run.
    const name = await page.getByRole('link', { name: 'Download', exact: true }).getAttribute('download');
    await page.goto(`${desk.url}/workflows/again`);
    await value(page, 'width').fill('200');
    await page.goto(`${desk.url}/workflows/again?task=${task}`);
    await expect.poll(() => value(page, 'width').inputValue(), soon).toBe('96');
    await page.goto(`${desk.url}/workflows/again?values=${encodeURIComponent('{"width":128}')}`);
    await expect.poll(() => value(page, 'width').inputValue(), soon).toBe('128');

    await bring(page, 'takes-a-file', withPhoto);
    await page.goto(
      `${desk.url}/workflows/takes-a-file?input=${encodeURIComponent(`tasks/${task}/99/no.png`)}`,
    );
    await page.getByText('The picture that was to be its input is gone.').waitFor();
    const storageKey = `tasks/${task}/0/${name}`;
    await page.goto(`${desk.url}/workflows/takes-a-file?input=${encodeURIComponent(storageKey)}`);
    await page.getByRole('img', { name: /^Preview of plain/ }).waitFor();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.waitForURL('**/tasks/*');
    await page.getByRole('img', { name: 'Picture made by Masked' }).waitFor();
    expect(errors).toEqual([]);
  });

  test('takes a mask that is painted, as transparency, with the colours kept beneath', async () => {
    const { page, errors } = await desk.open();
    await bring(page, 'masked', withPhoto);
    await dropFile(page, { name: 'sunset.png', type: 'image/png', bytes: photo(64, 64) }, '#field-image');
    await page.getByRole('button', { name: 'Paint a mask' }).click();
    const canvas = page.getByLabel('The mask over the picture');
    await canvas.waitFor();
    const box = await canvas.boundingBox();
    if (!box) throw new Error('no canvas');
    await page.mouse.move(box.x + box.width / 4, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 4 });
    await page.mouse.up();
    await page.keyboard.press('Control+z');
    expect(await page.getByRole('button', { name: 'Use this mask' }).isDisabled()).toBe(true);
    await page.mouse.move(box.x + box.width / 4, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 4 });
    await page.mouse.up();
    await page.getByRole('button', { name: 'Use this mask' }).click();
    await page.getByRole('img', { name: 'Preview of sunset (mask).png' }).waitFor();
    await page.getByRole('button', { name: 'Go on with the mask' }).waitFor();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.waitForURL('**/tasks/*');
    // The workflow shows its mask as a picture: white where it was painted, black elsewhere.
    const picture = page.getByRole('img', { name: 'Picture made by Masked' });
    await page.getByRole('link', { name: 'Download' }).waitFor();
    const [painted, free] = await picture.evaluate(async (one) => {
      const image = one as HTMLImageElement;
      await image.decode();
      const paint = new OffscreenCanvas(image.naturalWidth, image.naturalHeight).getContext('2d');
      paint?.drawImage(image, 0, 0);
      const at = (x: number, y: number) => paint?.getImageData(x, y, 1, 1).data[0];
      return [at(image.naturalWidth * 0.4, image.naturalHeight / 2), at(image.naturalWidth * 0.9, 4)];
    });
    expect([painted, free]).toEqual([255, 0]);
    expect(errors).toEqual([]);
  });

  test('is changed, compared with what it was, and brought back', async () => {
    const { page, errors } = await desk.open();
    await bring(page, 'versions');
    await tab(page, 'Edit');
    await page.getByLabel('Name', { exact: true }).fill('Coloured field');
    await page.getByRole('checkbox', { name: 'Make height of EmptyImage a parameter' }).click();
    await page.getByRole('button', { name: 'Save as version 2' }).click();
    await page.getByRole('heading', { name: 'Coloured field', level: 1 }).waitFor();
    await tab(page, 'Versions');
    await page.getByRole('button', { name: 'Note on version 2' }).click();
    await page.getByRole('textbox', { name: 'Note on version 2' }).fill('with height');
    await page.keyboard.press('Enter');
    await page.getByText('with height').waitFor();
    await page.getByRole('button', { name: 'Compare version 1' }).click();
    const sheet = page.getByRole('dialog', { name: 'Between two versions' });
    await sheet.getByText('Coloured field').waitFor();
    await sheet.getByText('Height').waitFor();
    await sheet.getByText('added').waitFor();
    await sheet.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'Bring it back: version 1' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Bring it back' }).click();
    await page.getByRole('heading', { name: 'Plain colour', level: 1 }).waitFor();
    await page.getByText('Version 1 brought back').waitFor();
    await tab(page, 'Run');
    await value(page, 'width').waitFor();
    expect(await value(page, 'height').count()).toBe(0);
    expect(errors).toEqual([]);
  });

  test('goes out as a file that comes in again', async () => {
    const { page, errors } = await desk.open();
    await bring(page, 'exported');
    await page.getByRole('button', { name: 'Export' }).click();
    const download = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: /For Atelier/ }).click();
    const file = await download;
    expect(file.suggestedFilename()).toBe('exported.json');
    const body = JSON.parse(await readFile(await file.path(), 'utf8'));
    expect(body).toMatchObject({
      workflow_slug: 'exported',
      parameters: [{ key: 'width' }, { key: 'blur' }],
    });
    await bring(page, 'exported-again', body);
    await page.getByRole('button', { name: 'Export' }).click();
    await page.getByRole('menuitem', { name: /For ComfyUI’s editor/ }).click();
    await page
      .getByText(/came without a drawing/)
      .first()
      .waitFor();
    // The refusal is told by the browser too; nothing else is wrong.
    expect(errors.filter((one) => !one.includes('404'))).toEqual([]);
  });

  test('is found by words and tags, switched off, and deleted', async () => {
    const { page, errors } = await desk.open();
    await bring(page, 'seaside', { ...colourForm, display_name: 'Seaside' });
    await tab(page, 'Edit');
    await page.getByLabel('Tags').fill('Sea, blue');
    await page.getByRole('button', { name: 'Save as version 2' }).click();
    await page.getByText('Version 1 · blue · sea').waitFor();
    await page.getByRole('switch', { name: 'Accepts runs' }).click();
    await page.getByText('switched off').waitFor();
    await page.goto(`${desk.url}/workflows`);
    await page.getByRole('searchbox', { name: 'Find a workflow' }).fill('seas');
    const cards = page.locator('main h2');
    await expect.poll(() => cards.allTextContents(), soon).toEqual(['Seaside']);
    await page.getByText(/Switched off/).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /^blue/ }).click();
    await expect.poll(() => cards.allTextContents(), soon).toEqual(['Seaside']);
    await page.getByRole('button', { name: 'Starred' }).click();
    await page.getByRole('heading', { name: 'Nothing fits' }).waitFor();
    await page.goto(`${desk.url}/workflows/seaside?tab=edit`);
    await page.getByRole('button', { name: 'Delete this workflow' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete this workflow' }).click();
    await page.waitForURL('**/workflows');
    await page.goto(`${desk.url}/workflows/seaside`);
    await page.getByRole('heading', { name: 'This workflow is not here' }).waitFor();
    expect(errors.filter((one) => !one.includes('404'))).toEqual([]);
  });
});

/** Shows the mask of a picture as a picture. */
const withPhoto = {
  display_name: 'Masked',
  workflow_json: {
    '1': { class_type: 'LoadImage', inputs: { image: 'x.png' } },
    '2': { class_type: 'MaskToImage', inputs: { mask: ['1', 1] } },
    '3': { class_type: 'SaveImage', inputs: { images: ['2', 0], filename_prefix: 'mask' } },
  },
  parameters: [
    {
      key: 'image',
      label: 'Picture',
      type: 'file',
      node_id: '1',
      field: 'image',
      accept: ['image/*'],
      required: true,
    },
  ],
};
