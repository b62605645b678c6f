import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Desk, type DeskPage, dropFile, jsonFile, openDesk, softPhoto } from './desk.ts';

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

/** Each page, ready to be looked at. */
const pages: Record<string, (page: Page) => Promise<unknown>> = {
  home: (page) => page.getByRole('heading', { name: 'The kiln is at rest' }).waitFor(),
  workflows: async (page) => {
    await page.goto(`${desk.url}/workflows`);
    await page.getByRole('heading', { level: 2 }).first().waitFor();
  },
  import: async (page) => {
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
    await dropFile(page, jsonFile('soft.json', softPhoto));
    await page.getByRole('button', { name: 'Edit Width' }).click();
  },
  form: async (page) => {
    await page.goto(`${desk.url}/workflows`);
    await page.locator('main li a').first().click();
    await page.getByRole('button', { name: 'Run', exact: true }).waitFor();
  },
  tasks: async (page) => {
    await page.goto(`${desk.url}/tasks`);
    await page.locator('main li a').first().waitFor();
  },
  task: async (page) => {
    await page.goto(desk.url + taskPath);
    await page.getByRole('link', { name: 'Download' }).waitFor();
  },
  gallery: async (page) => {
    await page.goto(`${desk.url}/gallery`);
    await page.locator('[data-tile]').first().waitFor();
  },
  'a work in the gallery': async (page) => {
    await page.goto(`${desk.url}/gallery`);
    await page.locator('[data-tile]').first().click();
    await page.getByRole('dialog').getByRole('button', { name: 'Download' }).waitFor();
  },
  agents: async (page) => {
    await page.goto(`${desk.url}/agents`);
    await page.getByRole('article').first().waitFor();
  },
  team: async (page) => {
    await page.goto(`${desk.url}/team`);
    await page.getByText('owner@atelier.local').waitFor();
  },
  pair: async (page) => {
    await page.goto(`${desk.url}/desktop/pair?user_code=AB7K-PNQ3`);
    await page.getByRole('button', { name: 'Let it in' }).waitFor();
  },
  'an invitation that is gone': async (page) => {
    await page.goto(`${desk.url}/invitation`);
    await page.getByRole('heading', { name: 'This invitation leads nowhere' }).waitFor();
  },
  settings: async (page) => {
    const more = page.getByRole('button', { name: 'More', exact: true });
    if (await more.isVisible()) await more.click();
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('dialog', { name: 'Settings' }).waitFor();
  },
  'nowhere to go': async (page) => {
    await page.goto(`${desk.url}/no/such/page`);
    await page.getByRole('heading', { name: 'Nothing hangs here' }).waitFor();
  },
};

describe.each(['dark', 'light'])('in the %s theme', (theme) => {
  let shown: DeskPage;
  beforeAll(async () => {
    shown = await desk.open('/', { theme, bypassCSP: true, reducedMotion: 'reduce' });
  });
  afterAll(() => desk.closePages());

  test.each(Object.entries(pages))('%s has no accessibility violation', async (_name, go) => {
    const { page, errors } = shown;
    await page.goto(`${desk.url}/`);
    await go(page);
    await page.evaluate(axe.source);
    const found = await page.evaluate(async () => {
      const { violations } = await (window as unknown as { axe: typeof axe }).axe.run(document);
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`);
    });
    expect(found).toEqual([]);
    expect(errors).toEqual([]);
  });
});

test('no page is wider than a phone', async () => {
  const { page } = await desk.open('/', { viewport: { width: 390, height: 844 } });
  for (const [name, go] of Object.entries(pages)) {
    await go(page);
    const { scrollWidth, innerWidth } = await page.evaluate(() => ({
      scrollWidth: document.documentElement.scrollWidth,
      innerWidth: window.innerWidth,
    }));
    expect(`${name} ${scrollWidth}`).toBe(`${name} ${innerWidth}`);
    await page.goto(`${desk.url}/`);
  }
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
