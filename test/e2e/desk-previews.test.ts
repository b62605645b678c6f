import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningEngine, startEngine } from '../helpers/engine.ts';
import { type Desk, dropFile, jsonFile, openDesk, probeGraph } from './desk.ts';

let engine: RunningEngine;
let desk: Desk;
beforeAll(async () => {
  engine = await startEngine(['--probe-nodes', '--preview-method', 'auto']);
  desk = await openDesk(['--engine', engine.url]);
}, 120_000);
afterAll(async () => {
  await desk?.close();
  await engine?.stop();
});

test('a person sees the picture become clear, also on a page opened in the middle, and reads the log', async () => {
  const { page, errors } = await desk.open();
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
  await dropFile(page, jsonFile('Steps.json', probeGraph(40, 0.15)));
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.waitForURL('**/tasks/*');

  const preview = page.locator('figure').getByRole('img', { name: 'Preview', exact: false });
  await preview.waitFor();
  const first = await preview.getAttribute('src');
  await expect.poll(() => preview.getAttribute('src')).not.toBe(first);
  await page.getByText('Sampler').first().waitFor();

  await page.reload();
  await preview.waitFor();

  await page.getByRole('img', { name: 'Picture made by Steps' }).waitFor();
  await page
    .getByRole('log')
    .getByText(/Sampler|EngineProbe/)
    .waitFor();
  const history = page.getByRole('heading', { name: 'History' }).locator('..');
  for (const word of ['Handed over', 'Running', 'Done']) await history.getByText(word).waitFor();
  expect(errors).toEqual([]);
});
