import type { Page } from 'playwright-core';
import { dropFile, jsonFile, softPhoto } from '../desk.ts';
import type { Scene } from './scene.ts';

const row = (page: Page) => page.locator('main li a').first().waitFor();
const heading = (name: string | RegExp) => (page: Page) =>
  page.getByRole('heading', { name }).first().waitFor();

/** Where the work is done: workflows, forms, tasks, machines. */
export const workScenes: readonly Scene[] = [
  {
    name: 'workflows',
    route: '/workflows',
    state: 'full',
    studio: 'busy',
    path: '/workflows',
    does: row,
    whole: true,
  },
  {
    name: 'workflows-empty',
    route: '/workflows',
    state: 'empty',
    studio: 'new',
    path: '/workflows',
    does: heading('No workflows yet'),
    whole: true,
  },
  {
    name: 'workflows-error',
    route: '/workflows',
    state: 'error',
    studio: 'busy',
    path: '/workflows',
    withhold: ['/r/workflows'],
    does: (page) => page.getByRole('alert').first().waitFor(),
  },
  {
    name: 'workflow',
    route: '/workflows/:slug',
    state: 'full',
    studio: 'busy',
    path: '/workflows/gradient-study',
    does: (page) => page.getByRole('button', { name: 'Run', exact: true }).waitFor(),
    whole: true,
  },
  {
    name: 'import',
    route: '/import',
    state: 'full',
    studio: 'new',
    path: '/workflows',
    async does(page) {
      await heading('Workflows')(page);
      await dropFile(page, jsonFile('soft_photo_api.json', softPhoto));
      await page.getByRole('button', { name: /^Edit/ }).nth(1).click();
    },
    whole: true,
  },
  {
    name: 'import-empty',
    route: '/import',
    state: 'empty',
    studio: 'new',
    path: '/import',
    does: heading('Drop a workflow here'),
  },
  { name: 'tasks', route: '/tasks', state: 'full', studio: 'busy', path: '/tasks', does: row, whole: true },
  {
    name: 'tasks-empty',
    route: '/tasks',
    state: 'empty',
    studio: 'new',
    path: '/tasks',
    does: heading('Tasks'),
  },
  {
    name: 'tasks-loading',
    route: '/tasks',
    state: 'loading',
    studio: 'busy',
    path: '/tasks',
    withhold: ['/r/tasks'],
  },
  ...(['running', 'waiting', 'done', 'failed'] as const).map(
    (which): Scene => ({
      name: `task-${which}`,
      route: '/tasks/:id',
      state: 'full',
      studio: 'busy',
      path: ({ known }) => `/tasks/${known[which] ?? ''}`,
      does: (page) => page.getByRole('heading', { level: 1 }).waitFor(),
      whole: true,
    }),
  ),
  {
    name: 'task-gone',
    route: '/tasks/:id',
    state: 'error',
    studio: 'new',
    path: '/tasks/019abc12-3456-7890-abcd-ef1234567890',
    does: (page) =>
      page
        .getByRole('alert')
        .or(page.getByRole('heading', { level: 1 }))
        .first()
        .waitFor(),
  },
  {
    name: 'agents',
    route: '/agents',
    state: 'full',
    studio: 'engines',
    path: '/agents',
    does: (page) => page.getByRole('article').first().waitFor(),
  },
  {
    name: 'agents-empty',
    route: '/agents',
    state: 'empty',
    studio: 'lonely',
    path: '/agents',
    does: heading('No agent is connected'),
  },
  {
    name: 'engine-add',
    route: '/engines/add',
    state: 'full',
    studio: 'engines',
    path: '/engines/add',
    does: heading(/./),
  },
];
