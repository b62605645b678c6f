import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Desk, dropFile, jsonFile, openDesk, photo, slowGraph, softPhoto } from './desk.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
}, 120_000);
afterEach(() => desk.closePages());
afterAll(() => desk?.close());

/** Drops a graph, imports it under its proposed name, and waits for its form. */
async function importGraph(page: Awaited<ReturnType<Desk['open']>>['page'], name: string, graph: unknown) {
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
  await dropFile(page, jsonFile(`${name}.json`, graph));
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await page.getByRole('button', { name: 'Run', exact: true }).waitFor();
}

const heading = (page: Awaited<ReturnType<Desk['open']>>['page'], name: string | RegExp) =>
  page.getByRole('heading', { name, level: 1 });

describe('a person at the desk', () => {
  test('is signed in without asking and runs a sample with two clicks', async () => {
    const { page, errors } = await desk.open();
    await page.getByRole('heading', { name: 'Welcome to your workshop' }).waitFor();
    await page.getByRole('button', { name: 'Run a sample now' }).click();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.waitForURL('**/tasks/*');
    await page.getByRole('button', { name: 'Run again' }).waitFor();
    const picture = page.getByRole('img', { name: /^Picture made by/ });
    await picture.waitFor();
    expect(await picture.evaluate((one) => (one as HTMLImageElement).naturalWidth)).toBeGreaterThan(0);
    expect(errors).toEqual([]);
  });

  test('drops a workflow, marks its parameters, fills in the form and sees the picture', async () => {
    const { page, errors, shift } = await desk.open('/workflows');
    await heading(page, 'Workflows').waitFor();
    await dropFile(page, jsonFile('soft_photo_api.json', softPhoto));
    await heading(page, 'Import a workflow').waitFor();
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Soft photo');
    expect(await page.getByLabel('Address', { exact: true }).inputValue()).toBe('soft-photo');
    const mark = (field: string, node: string) =>
      page.getByRole('checkbox', { name: `Make ${field} of ${node} a parameter` });
    expect(await mark('image', 'Photo').isChecked()).toBe(true);
    expect(await mark('width', 'ImageScale').isChecked()).toBe(true);
    await mark('sigma', 'ImageBlur').click();
    await mark('height', 'ImageScale').click();
    await page.getByRole('button', { name: 'Edit Sigma' }).click();
    await page.getByLabel('Label').fill('Softness');
    await page.getByLabel('Most').fill('10');
    await page.getByRole('button', { name: 'Import', exact: true }).click();

    await heading(page, 'Soft photo').waitFor();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByText('Choose a file.').waitFor();
    await dropFile(page, { name: 'sunset.png', type: 'image/png', bytes: photo() }, '#field-image');
    await page.getByRole('img', { name: 'Preview of sunset.png' }).waitFor();
    await page.getByLabel('Width', { exact: true }).first().fill('40000');
    await page.getByLabel('Softness', { exact: true }).fill('3');
    await page.getByText('At most 16384.').waitFor();
    await page.getByLabel('Width', { exact: true }).first().fill('320');
    await page.keyboard.press('Control+Enter');

    await page.waitForURL('**/tasks/*');
    const picture = page.getByRole('img', { name: 'Picture made by Soft photo' });
    await picture.waitFor();
    await page.getByRole('link', { name: 'Download' }).waitFor();
    expect(await picture.evaluate((one) => (one as HTMLImageElement).naturalWidth)).toBe(320);
    await page.getByText('sunset.png').waitFor();
    expect(await shift()).toBeLessThan(0.05);

    await page.getByRole('link', { name: 'Home' }).click();
    await page.getByRole('img', { name: 'Picture made by Soft photo' }).first().waitFor();
    expect(errors).toEqual([]);
  });

  test('watches progress and previews in the frame that the picture then fills', async () => {
    const { page, errors, shift } = await desk.open();
    await importGraph(page, 'Slow firing', slowGraph(6));
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.waitForURL('**/tasks/*');
    const bar = page.getByRole('progressbar', { name: 'Slow firing' });
    await bar.waitFor();
    const frame = page.locator('figure');
    const before = await frame.boundingBox();
    await page
      .getByText(/ImageBlur/)
      .first()
      .waitFor();
    await page.getByRole('img', { name: 'Picture made by Slow firing' }).waitFor();
    await page.getByRole('button', { name: 'Run again' }).waitFor();
    expect(await frame.boundingBox()).toEqual(before);
    expect(await shift()).toBeLessThan(0.05);
    expect(errors).toEqual([]);
  });

  test('reloads in the middle of a run and loses nothing', async () => {
    const { page, errors } = await desk.open();
    await importGraph(page, 'Long firing', slowGraph(10));
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.waitForURL('**/tasks/*');
    await page.getByRole('progressbar').waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Long firing' }).waitFor();
    await page.getByRole('img', { name: 'Picture made by Long firing' }).waitFor();
    const history = page.getByRole('heading', { name: 'History' }).locator('..');
    await history.getByText('Running').waitFor();
    await history.getByText('Done').waitFor();
    expect(errors).toEqual([]);
  });

  test('cancels a running task', async () => {
    const { page, errors } = await desk.open();
    await importGraph(page, 'Called off', slowGraph(40));
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.waitForURL('**/tasks/*');
    await page.getByRole('progressbar').waitFor();
    await page.getByRole('button', { name: 'Cancel the task' }).click();
    await page.getByText('It was stopped before it finished.').first().waitFor();
    await page.getByRole('button', { name: 'Run again' }).waitFor();
    expect(errors).toEqual([]);
  });

  test('is told what failed, why, and what to do', async () => {
    const { page, errors } = await desk.open();
    await importGraph(page, 'Broken', {
      '1': { class_type: 'EmptyImage', inputs: { width: 64, height: 64, batch_size: 1, color: 0 } },
      '2': { class_type: 'ImageFromBatch', inputs: { image: ['1', 0], batch_index: 'no number', length: 1 } },
      '3': { class_type: 'SaveImage', inputs: { images: ['2', 0], filename_prefix: 'x' } },
    });
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.waitForURL('**/tasks/*');
    const failure = page.getByRole('alert');
    await failure.getByRole('heading', { name: 'It did not finish' }).waitFor();
    await failure.getByText('The engine did not accept the workflow.').waitFor();
    expect(await failure.getByRole('button', { name: 'Copy details' }).isVisible()).toBe(true);
    expect(errors).toEqual([]);
  });

  test('finds the values of the last visit in the form', async () => {
    const { page } = await desk.open();
    await importGraph(page, 'Remembered', softPhoto);
    const height = page.locator('#field-height');
    await height.fill('200');
    await page.reload();
    expect(await height.inputValue()).toBe('200');
    await page.getByRole('button', { name: 'Back to defaults' }).click();
    expect(await height.inputValue()).toBe('384');
  });

  test.each([
    ['notes.json', '{ not json', /not valid JSON/],
    ['editor.json', { nodes: [], links: [], version: 0.4 }, /no nodes/],
    ['list.json', [1, 2], /is not a workflow/],
  ])('learns why %s is not a workflow', async (name, content, words) => {
    const { page, errors } = await desk.open();
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
    await dropFile(page, jsonFile(name, content));
    await page.getByText(words).first().waitFor();
    expect(new URL(page.url()).pathname).toBe('/');
    expect(errors).toEqual([]);
  });

  test('makes a key that is shown once, and revokes it', async () => {
    const { page, errors } = await desk.open();
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('link', { name: 'API keys' }).click();
    await page.getByLabel('What is it for?').fill('Photo booth');
    await page.getByRole('button', { name: 'Make a key' }).click();
    const raw = await page.getByText(/^sk-/).first().textContent();
    expect(raw?.length).toBeGreaterThan(40);
    await page.getByRole('button', { name: 'Revoke Photo booth' }).click();
    await page.getByRole('button', { name: 'Revoke Photo booth' }).waitFor({ state: 'detached' });
    expect(errors).toEqual([]);
  });

  test('works with the keyboard alone', async () => {
    const { page } = await desk.open();
    await importGraph(page, 'By hand', slowGraph(1, 64));
    await page.reload(); // the focus is at the top of the page again
    await page.getByRole('button', { name: 'Run', exact: true }).waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the page');
    await page.keyboard.press('Enter');
    for (let presses = 0; presses < 60; presses += 1) {
      await page.keyboard.press('Tab');
      // The page's first tab is called so too.
      const here = await page.evaluate(
        () => document.activeElement?.role !== 'tab' && document.activeElement?.textContent,
      );
      if (here === 'Run') break;
    }
    const outline = await page.evaluate(
      () => getComputedStyle(document.activeElement as Element).outlineStyle,
    );
    expect(outline).toBe('solid');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/tasks/*');
  });

  test('runs from a phone, the button under the thumb', async () => {
    const { page, errors } = await desk.open('/', { viewport: { width: 390, height: 844 } });
    await importGraph(page, 'Pocket', softPhoto);
    const run = page.getByRole('button', { name: 'Run', exact: true });
    await run.waitFor();
    const box = await run.boundingBox();
    expect(box && box.y > 600 && box.y + box.height < 844 - 56).toBe(true);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
    expect(wide).toBe(false);
    expect(errors).toEqual([]);
  });
});
