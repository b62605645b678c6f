import type { Locator, Page } from 'playwright-core';
import { dropFile, jsonFile, softPhoto } from './desk.ts';

/** A studio in which a sample was run: what the rows may lead to. */
export interface Walked {
  readonly url: string;
  readonly taskPath: string;
}

/**
 * A page of the desk, looked at by desk-pages.test.ts: in both themes with axe, on a phone, with the keyboard. A route
 * without a row fails there.
 */
export interface PageRow {
  /** The route that it shows, as it stands in renderer/app/shell.tsx or app.tsx. */
  readonly route: string;
  /** Opens the page, ready to be looked at. The page is at Home before. */
  readonly go: (page: Page, studio: Walked) => Promise<unknown>;
  /** What one comes for: it must be reached by the Tab key. */
  readonly main?: (page: Page) => Locator;
}

const opens =
  (path: string, ready: (page: Page) => Locator): PageRow['go'] =>
  async (page, { url }) => {
    await page.goto(url + path);
    await ready(page).first().waitFor();
  };
const button = (name: string) => (page: Page) => page.getByRole('button', { name, exact: true });
const link = (name: string) => (page: Page) => page.getByRole('link', { name, exact: true });
const heading = (name: string | RegExp) => (page: Page) => page.getByRole('heading', { name });
const settings = (section: string, title: string): PageRow => ({
  route: '/settings/:section?',
  go: opens(`/settings/${section}`, (page) => page.getByRole('heading', { name: title, level: 2 })),
});

export const pageRows: Readonly<Record<string, PageRow>> = {
  home: {
    route: '/',
    go: (page) => page.getByRole('heading', { name: 'The kiln is at rest' }).waitFor(),
    main: link('Run it again'),
  },
  palette: {
    route: '/',
    go: async (page) => {
      await page.getByRole('heading', { name: 'The kiln is at rest' }).waitFor();
      await page.keyboard.press('Control+K');
      await page.getByRole('option').first().waitFor();
    },
  },
  shortcuts: {
    route: '/',
    go: async (page) => {
      await page.getByRole('heading', { name: 'The kiln is at rest' }).waitFor();
      await page.keyboard.press('?');
      await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    },
  },
  workflows: {
    route: '/workflows',
    go: opens('/workflows', (page) => page.getByRole('heading', { level: 2 })),
    main: button('Import a workflow'),
  },
  import: {
    route: '/import',
    go: async (page) => {
      await page.getByRole('navigation', { name: 'Main' }).waitFor();
      await dropFile(page, jsonFile('soft.json', softPhoto));
      await page.getByRole('button', { name: 'Edit Width' }).click();
    },
    main: button('Import'),
  },
  form: {
    route: '/workflows/:slug',
    go: async (page, { url }) => {
      await page.goto(`${url}/workflows`);
      await page.locator('main li a').first().click();
      await page.getByRole('button', { name: 'Run', exact: true }).waitFor();
    },
    main: button('Run'),
  },
  ...Object.fromEntries(
    ['Runs', 'Graph', 'Versions', 'Will it run?', 'API', 'Edit'].map((name): [string, PageRow] => [
      `a workflow, ${name}`,
      {
        route: '/workflows/:slug',
        go: async (page, { url }) => {
          await page.goto(`${url}/workflows`);
          await page.locator('main li a').first().click();
          await page.getByRole('tab', { name, exact: true }).click();
          await page.getByRole('tabpanel').waitFor();
        },
      },
    ]),
  ),
  tasks: { route: '/tasks', go: opens('/tasks', (page) => page.locator('main li a')) },
  task: {
    route: '/tasks/:id',
    go: async (page, { url, taskPath }) => {
      await page.goto(url + taskPath);
      await page.getByRole('link', { name: 'Download' }).waitFor();
    },
    main: button('Run again'),
  },
  gallery: { route: '/gallery', go: opens('/gallery', (page) => page.locator('[data-tile]')) },
  'a work in the gallery': {
    route: '/gallery',
    go: async (page, { url }) => {
      await page.goto(`${url}/gallery`);
      await page.locator('[data-tile]').first().click();
      await page.getByRole('dialog').getByRole('button', { name: 'Download' }).waitFor();
    },
  },
  models: {
    route: '/models',
    go: opens('/models', (page) => page.getByRole('heading', { level: 2 })),
    main: button('Upload'),
  },
  ...Object.fromEntries(
    ['runs', 'graph', 'versions', 'needs', 'api', 'edit'].map((tab): [string, PageRow] => [
      `workflow: ${tab}`,
      {
        route: '/workflows/:slug',
        go: opens(`/workflows/gradient-study?tab=${tab}`, (page) => page.getByRole('tabpanel')),
      },
    ]),
  ),
  engines: {
    route: '/engines',
    go: opens('/engines', (page) => page.getByRole('article')),
    main: button('Show me the plan'),
  },
  'adding an engine': { route: '/engines/add', go: opens('/engines/add', heading('Add an engine')) },
  engine: {
    route: '/engines/:agent/:engine',
    go: async (page, { url }) => {
      await page.goto(`${url}/engines`);
      await page.getByRole('article').getByRole('heading').getByRole('link').first().click();
      await page.getByRole('tablist').waitFor();
    },
  },
  agents: { route: '/agents', go: opens('/agents', (page) => page.getByRole('article')) },
  team: {
    route: '/team',
    go: opens('/team', (page) => page.getByText('owner@atelier.local')),
    main: button('Make a link'),
  },
  pair: {
    route: '/desktop/pair',
    go: opens('/desktop/pair?user_code=AB7K-PNQ3', button('Let it in')),
    main: button('Let it in'),
  },
  'an invitation that is gone': {
    route: '/invitation',
    go: opens('/invitation', heading('This invitation leads nowhere')),
  },
  settings: {
    route: '/settings/:section?',
    go: async (page) => {
      const more = page.getByRole('button', { name: 'More', exact: true });
      if (await more.isVisible()) await more.click();
      await page.getByRole('link', { name: 'Settings' }).click();
      await page.getByRole('button', { name: 'See all shortcuts' }).waitFor();
    },
    main: button('Day'),
  },
  'settings: you': settings('profile', 'You'),
  'settings: notices': settings('notices', 'Notices'),
  'settings: keys': { ...settings('keys', 'API keys'), main: button('Make a key') },
  'settings: storage': settings('storage', 'Storage'),
  'settings: network': settings('network', 'Network'),
  'settings: features': settings('features', 'Features and limits'),
  'settings: startup': settings('startup', 'Startup'),
  'settings: about': settings('about', 'About'),
  'nowhere to go': {
    route: '*',
    go: opens('/no/such/page', heading('Nothing hangs here')),
    main: link('Go home'),
  },
};
