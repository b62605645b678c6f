import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isRunning } from '../helpers/processes.ts';
import { FakeComfyUi } from '../integration/agent/fake-comfyui.ts';
import { type Desk, openDesk } from './desk.ts';

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
