import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Desk, type DeskPage, openDesk } from './desk.ts';
import { pageRows } from './pages.ts';
import { scenes } from './tour/scenes.ts';

let desk: Desk;
let taskPath = '';
beforeAll(async () => {
  desk = await openDesk();
  const { page } = await desk.open();
  await page.getByRole('button', { name: 'Run a sample now' }).click();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.waitForURL('**/tasks/*');
  await page.getByRole('button', { name: 'Run again' }).waitFor();
  taskPath = new URL(page.url()).pathname;
  await desk.closePages();
}, 120_000);
afterAll(() => desk?.close());

const opened = Object.entries(pageRows);
const walked = () => ({ url: desk.url, taskPath });

/** The routes as the desk's own source names them. */
const routes = ['shell.tsx', 'app.tsx']
  .map((file) => readFileSync(resolve(import.meta.dirname, '../../renderer/app', file), 'utf8'))
  .flatMap((source) => [...source.matchAll(/<Route path="([^"]+)"/g)].map(([, path]) => path ?? ''));

test('every route of the desk has a row here and a scene in the tour', () => {
  expect(routes.length).toBeGreaterThan(10);
  const rows = new Set(opened.map(([, { route }]) => route));
  expect(routes.filter((route) => !rows.has(route))).toEqual([]);
  const toured = new Set(scenes.map(({ route }) => route));
  expect(routes.filter((route) => !toured.has(route))).toEqual([]);
  expect([...rows, ...toured].filter((route) => route !== '*' && !routes.includes(route))).toEqual([]);
});

describe.each(['dark', 'light'])('in the %s theme', (theme) => {
  let shown: DeskPage;
  beforeAll(async () => {
    shown = await desk.open('/', { theme, bypassCSP: true, reducedMotion: 'reduce' });
  });
  afterAll(() => desk.closePages());

  test.each(opened)('%s has no accessibility violation, and fits a phone', async (_name, { go }) => {
    const { page, errors } = shown;
    await page.goto(`${desk.url}/`);
    await go(page, walked());
    await page.evaluate(axe.source);
    const found = await page.evaluate(async () => {
      const { violations } = await (window as unknown as { axe: typeof axe }).axe.run(document);
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`);
    });
    expect(found).toEqual([]);
    const before = page.viewportSize();
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    if (before) await page.setViewportSize(before);
    expect(errors).toEqual([]);
  });
});

describe('with the keyboard', () => {
  let page: Page;
  beforeAll(async () => {
    ({ page } = await desk.open('/', { reducedMotion: 'reduce' }));
  });
  afterAll(() => desk.closePages());

  test.each(opened.flatMap(([name, row]) => (row.main ? [{ name, go: row.go, main: row.main }] : [])))(
    '$name leads to what one comes for, and shows where one is',
    async ({ go, main }) => {
      await page.goto(`${desk.url}/`);
      await go(page, walked());
      await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
      const wanted = main(page).first();
      const there = () => wanted.evaluate((one) => one === document.activeElement);
      for (let presses = 0; presses < 80 && !(await there()); presses += 1) await page.keyboard.press('Tab');
      expect(await there()).toBe(true);
      expect(await wanted.evaluate((one) => getComputedStyle(one).outlineStyle)).toBe('solid');
    },
  );
});

test('says that the gateway is gone, and is back by itself when the gateway is', async () => {
  const { page } = await desk.open('/tasks');
  await page.locator('main li a').first().waitFor();
  await desk.stopStudio();
  await page.getByText(/Reconnecting/).waitFor();
  await desk.startStudio();
  await page.getByText(/Reconnecting/).waitFor({ state: 'hidden', timeout: 30_000 });
  await page.getByRole('link', { name: 'Agents' }).click();
  await page.getByRole('article').first().waitFor();
}, 120_000);
