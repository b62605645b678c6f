import type { Page } from 'playwright-core';
import { dropFile, jsonFile, softPhoto } from '../desk.ts';
import type { Scene } from './scene.ts';

const heading = (name: string | RegExp) => (page: Page) =>
  page.getByRole('heading', { name }).first().waitFor();
const settings = (section: string, more: Partial<Scene> = {}): Scene => ({
  name: `settings-${section}`,
  route: '/settings/:section?',
  state: 'full',
  studio: 'busy',
  path: `/settings/${section}`,
  does: (page) => page.locator('section h2').nth(0).waitFor(),
  whole: true,
  ...more,
});

/** What surrounds all: Home, palette, settings, team, and the ways in. */
export const shellScenes: readonly Scene[] = [
  {
    name: 'home-first',
    route: '/',
    state: 'empty',
    studio: 'new',
    path: '/',
    does: heading('Welcome to your workshop'),
    whole: true,
  },
  {
    name: 'home-no-agent',
    route: '/',
    state: 'empty',
    studio: 'lonely',
    path: '/',
    does: heading('Welcome to your workshop'),
    whole: true,
  },
  {
    name: 'home',
    route: '/',
    state: 'full',
    studio: 'busy',
    path: '/',
    does: heading('Last pictures'),
    whole: true,
  },
  { name: 'home-loading', route: '/', state: 'loading', studio: 'busy', path: '/', withhold: ['/r/tasks'] },
  {
    name: 'home-error',
    route: '/',
    state: 'error',
    studio: 'busy',
    path: '/',
    withhold: ['/r/workflows'],
    does: (page) => page.getByRole('alert').first().waitFor(),
  },
  {
    name: 'home-gpu',
    route: '/',
    state: 'full',
    studio: 'engines',
    path: '/',
    does: heading('Welcome to your workshop'),
    whole: true,
  },
  {
    name: 'drop',
    route: '/',
    state: 'detail',
    studio: 'busy',
    path: '/',
    async does(page) {
      await heading('Last pictures')(page);
      await dropFile(page, jsonFile('x.json', softPhoto), 'body', ['dragenter', 'dragover']);
      await page.getByText('Drop it anywhere').waitFor();
    },
  },
  {
    name: 'palette',
    route: '/',
    state: 'detail',
    studio: 'busy',
    path: '/',
    async does(page) {
      await heading('Last pictures')(page);
      await page.keyboard.press('Control+K');
      await page.getByRole('option').first().waitFor();
    },
  },
  {
    name: 'palette-typed',
    route: '/',
    state: 'detail',
    studio: 'busy',
    path: '/tasks',
    async does(page) {
      await heading('Tasks')(page);
      await page.keyboard.press('Control+K');
      await page.getByRole('combobox').fill('pau');
    },
  },
  {
    name: 'shortcuts',
    route: '/',
    state: 'detail',
    studio: 'busy',
    path: '/tasks',
    async does(page) {
      await heading('Tasks')(page);
      await page.keyboard.press('?');
      await page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'team',
    route: '/team',
    state: 'full',
    studio: 'busy',
    path: '/team',
    does: (page) => page.getByText('lin@example.org').waitFor(),
    whole: true,
  },
  {
    name: 'team-invite',
    route: '/team',
    state: 'detail',
    studio: 'new',
    path: '/team',
    async does(page) {
      await page.getByLabel('Their email address').fill(`guest+${Date.now()}@example.org`);
      await page.getByRole('button', { name: 'Make a link' }).click();
      await page.locator('main code').waitFor();
    },
  },
  {
    name: 'team-delete',
    route: '/team',
    state: 'detail',
    studio: 'busy',
    path: '/team',
    async does(page) {
      await page.getByRole('button', { name: 'Delete the team' }).click();
      await page.getByRole('alertdialog').waitFor();
    },
  },
  {
    name: 'team-viewer',
    route: '/team',
    state: 'full',
    studio: 'busy',
    path: '/team',
    as: 'viewer',
    does: (page) => page.getByText('owner@atelier.local').waitFor(),
    whole: true,
  },
  {
    name: 'team-error',
    route: '/team',
    state: 'error',
    studio: 'busy',
    path: '/team',
    withhold: ['/members'],
    does: (page) => page.getByRole('alert').first().waitFor(),
  },
  settings('appearance'),
  settings('profile'),
  settings('notices'),
  settings('keys'),
  settings('network'),
  settings('features'),
  settings('startup'),
  settings('about'),
  settings('nowhere', { state: 'error', does: heading('There is no such section of the settings.') }),
  {
    name: 'invitation-gone',
    route: '/invitation',
    state: 'error',
    studio: 'new',
    path: '/invitation',
    does: heading('This invitation leads nowhere'),
  },
  {
    name: 'pair',
    route: '/desktop/pair',
    state: 'full',
    studio: 'new',
    path: '/desktop/pair?user_code=AB7K-PNQ3',
    does: (page) => page.getByRole('button', { name: 'Let it in' }).waitFor(),
  },
  {
    name: 'sign-in',
    route: '/',
    state: 'full',
    studio: 'new',
    path: '/',
    withhold: ['/auth/local'],
    does: heading('Sign in to the studio'),
  },
  {
    name: 'not-found',
    route: '*',
    state: 'error',
    studio: 'new',
    path: '/no/such/page',
    does: heading('Nothing hangs here'),
  },
  {
    name: 'reconnecting',
    route: '/tasks',
    state: 'error',
    studio: 'busy',
    path: '/tasks',
    withhold: ['/events'],
    does: (page) => page.getByText(/Reconnecting/).waitFor(),
  },
];
