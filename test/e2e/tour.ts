/**
 * Walks through the desk and takes a picture of every page, in both themes, at desk and phone size, into /shots.
 * `node test/e2e/tour.ts URL [page …]`: the desk at URL shows what its studio has.
 */
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { openBrowser } from '../helpers/browser.ts';
import { dropFile, jsonFile, softPhoto } from './desk.ts';

const [url = 'http://127.0.0.1:7788', ...wanted] = process.argv.slice(2);
const folder = resolve(import.meta.dirname, '../../shots');

const sizes = [
  { name: 'desk', width: 1440, height: 900 },
  { name: 'phone', width: 390, height: 844 },
] as const;

async function openTask(page: Page, word: string): Promise<boolean> {
  await page.goto(`${url}/tasks`);
  await page.getByRole('button', { name: word, exact: true }).click();
  await page.waitForTimeout(500);
  const row = page.locator('main li a').first();
  if (!(await row.isVisible())) return false;
  await row.click();
  return true;
}

const stops: Record<string, (page: Page) => Promise<unknown>> = {
  home: (page) => page.goto(`${url}/`),
  workflows: (page) => page.goto(`${url}/workflows`),
  form: async (page) => {
    await page.goto(`${url}/workflows`);
    await page.locator('main li a').first().click();
  },
  import: async (page) => {
    await page.goto(`${url}/workflows`);
    await dropFile(page, jsonFile('soft_photo_api.json', softPhoto));
    await page.getByRole('button', { name: /^Edit/ }).nth(1).click();
  },
  tasks: (page) => page.goto(`${url}/tasks`),
  running: (page) => openTask(page, 'Running'),
  waiting: (page) => openTask(page, 'Waiting'),
  done: (page) => openTask(page, 'Done'),
  failed: (page) => openTask(page, 'Failed'),
  agents: (page) => page.goto(`${url}/agents`),
  team: (page) => page.goto(`${url}/team`),
  invite: async (page) => {
    await page.goto(`${url}/team`);
    await page.getByLabel('Their email address').fill(`ada+${Date.now()}@example.org`);
    await page.getByRole('button', { name: 'Make a link' }).click();
  },
  invitation: async (page) => {
    await page.goto(`${url}/team`);
    await page.getByLabel('Their email address').fill(`guest+${Date.now()}@example.org`);
    await page.getByRole('button', { name: 'Make a link' }).click();
    await page.goto((await page.locator('main code').textContent()) ?? '');
  },
  pair: (page) => page.goto(`${url}/desktop/pair?user_code=AB7K-PNQ3`),
  settings: async (page) => {
    await page.goto(`${url}/`);
    await page.getByRole('button', { name: 'Settings' }).click();
  },
};

mkdirSync(folder, { recursive: true });
const { browser, close } = await openBrowser();
try {
  for (const theme of ['dark', 'light']) {
    for (const { name: size, ...viewport } of sizes) {
      const context = await browser.newContext({ viewport, reducedMotion: 'reduce' });
      await context.addInitScript((choice) => localStorage.setItem('atelier.theme', choice), theme);
      const page = await context.newPage();
      page.on(
        'console',
        (message) => message.type() === 'error' && console.error('console:', message.text()),
      );
      page.on('pageerror', (error) => console.error('page:', error.message));
      for (const [stop, go] of Object.entries(stops)) {
        if (wanted.length > 0 && !wanted.includes(stop)) continue;
        await go(page);
        await page.waitForTimeout(900);
        await page.screenshot({ path: resolve(folder, `${stop}-${size}-${theme}.png`) });
      }
      await context.close();
    }
  }
} finally {
  await close();
}
