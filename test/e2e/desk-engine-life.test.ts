import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isRunning } from '../helpers/processes.ts';
import { FakeComfyUi } from '../integration/agent/fake-comfyui.ts';
import { type Desk, dropFile, jsonFile, openDesk } from './desk.ts';

/** The whole way with nothing scripted: a real studio, its real agent, and a program that starts as ComfyUI does. */
let desk: Desk;
let fake: FakeComfyUi;
beforeAll(async () => {
  fake = await FakeComfyUi.make();
  // What a folder is known by, beside its main.py.
  await mkdir(join(fake.record.path, 'comfy'));
  desk = await openDesk();
}, 60_000);
afterAll(async () => {
  await desk?.close();
  await fake?.remove();
});

test('a folder is adopted, started, stopped, and its crash is told', async () => {
  const { page, errors } = await desk.open('/engines');
  await page.getByRole('button', { name: 'It lies elsewhere' }).click();
  await page.getByLabel('Its folder').fill(fake.record.path);
  await page.getByLabel('Its Python', { exact: true }).fill(process.execPath);
  await page.locator('#adopt-name').fill('fake');
  await page.getByRole('button', { name: 'Use this folder' }).click();
  await page.waitForURL('**/engines/*/fake');

  const start = page.getByRole('button', { name: 'Start: fake', exact: true });
  await start.click();
  const stages = page.getByRole('list').filter({ hasText: 'PyTorch' });
  await stages.getByText('Ready, done').waitFor();
  await stages.getByText('2.13.0+cpu').waitFor();
  await page.getByRole('listitem').filter({ hasText: 'broken-pack' }).getByText('failed').waitFor();
  const pid = Number(await page.locator('dt:text-is("Process") + dd').textContent());
  expect(await isRunning(pid)).toBe(true);

  await page.getByRole('tab', { name: 'Log' }).click();
  await page.getByText('ComfyUI version: 0.3.64').waitFor();
  await page.getByRole('tab', { name: 'Overview' }).click();

  await page.getByRole('button', { name: 'Stop: fake' }).click();
  await start.waitFor();
  await expect.poll(() => isRunning(pid), { timeout: 20_000 }).toBe(false);

  await fake.misbehave('vram');
  await start.click();
  await page.getByRole('heading', { name: 'It ran out of graphics memory' }).waitFor();
  await page
    .getByText(/VRAM mode/)
    .first()
    .waitFor();
  await page.getByRole('button', { name: 'Leave stopped: fake' }).click();
  await start.waitFor();
  expect(errors).toEqual([]);
});

test('a run that ran out of graphics memory is told by its engine, and leads to the pack that had a hand in it', async () => {
  await fake.misbehave('');
  const { page } = await desk.open('/engines');
  await page.getByRole('button', { name: 'Start: fake', exact: true }).click();
  await page.getByRole('button', { name: 'Stop: fake', exact: true }).waitFor();
  await dropFile(
    page,
    jsonFile('Too big.json', {
      '1': { class_type: 'EmptyImage', inputs: { width: 64, height: 64, batch_size: 1, color: 0 } },
      '2': {
        class_type: 'EngineProbe',
        inputs: { image: ['1', 0], steps: 2, seconds_per_step: 0, mode: 'oom', seed: 1 },
      },
      '3': { class_type: 'SaveImage', inputs: { images: ['2', 0], filename_prefix: 'x' } },
    }),
  );
  // The engine's own account; only that a pack had a hand in it is put into it here.
  await page.route(/\/r\/tasks\/[^/]+\/result/, async (route) => {
    const reply = await route.fetch();
    const body = (await reply.json()) as { failure?: { details?: object } };
    if (body.failure?.details) Object.assign(body.failure.details, { pack: 'broken-pack' });
    await route.fulfill({ response: reply, json: body });
  });
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.waitForURL('**/tasks/*');
  const failure = page.getByRole('alert').filter({ hasText: 'It did not finish' });
  await failure.getByText('The graphics memory ran out. At node EngineProbe.').waitFor();
  await failure
    .getByText(/Allocation on device: engine probe/)
    .first()
    .waitFor();
  await failure.getByText(/VRAM mode "lowvram"/).waitFor();
  await failure.getByRole('link', { name: 'Look at it on the engine' }).click();
  await page.waitForURL('**/engines/*/fake?tab=packs&pack=broken-pack');
  await page.getByRole('tab', { name: 'Node packs', selected: true }).waitFor();
});
