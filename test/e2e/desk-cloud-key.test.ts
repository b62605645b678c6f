import axe from 'axe-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Desk, openDesk } from './desk.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk(['--no-agent']);
}, 60_000);
afterEach(() => desk.closePages());
afterAll(() => desk?.close());

test.each([
  { theme: 'dark', width: 1440 },
  { theme: 'light', width: 390 },
])(
  'a key of ComfyUI Cloud is entered, replaced and removed: $theme, $width wide',
  async ({ theme, width }) => {
    const options = {
      theme,
      viewport: { width, height: 900 },
      bypassCSP: true,
      reducedMotion: 'reduce',
    } as const;
    const { page, errors } = await desk.open('/team', options);
    await page.evaluate(axe.source);
    const violations = () =>
      page.evaluate(async () => {
        const found = await (window as unknown as { axe: typeof axe }).axe.run(document);
        return found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
      });
    await page.getByLabel('API key').fill('two words');
    await page.getByRole('button', { name: 'Save key' }).click();
    await page.getByRole('alert').getByText('Paste the whole key').waitFor();
    expect(await violations()).toEqual([]);
    await page.getByLabel('API key').fill(' cfy_0123456789abcdefghijklmn ');
    await page.getByRole('button', { name: 'Save key' }).click();
    await page.getByText('cfy_0123...klmn').waitFor();
    await page.getByText('only what is meant for it goes there').waitFor();
    expect(await page.content()).not.toContain('456789abcdef');

    await page.getByRole('button', { name: 'Enter another key' }).click();
    await page.getByLabel('API key').fill('cfy_another56789abcdefghijkwxyz');
    await page.getByRole('checkbox', { name: 'Also when no agent can run a task' }).click();
    await page.getByRole('button', { name: 'Save key' }).click();
    await page.getByText('cfy_anot...wxyz').waitFor();
    await page.getByText('tasks go there when no agent can run them').waitFor();
    expect(await violations()).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);

    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('button', { name: 'Save key' }).waitFor();
    expect(errors).toEqual([]);
  },
  60_000,
);
