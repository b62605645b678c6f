import type { Page } from 'playwright-core';
import { openDesk } from '../desk.ts';
import { studio as models, portrait } from '../model-scenes.ts';
import { ownerOf } from '../owner.ts';
import { ScriptedAgent } from '../scripted-agent.ts';
import type { Scene, Studio } from './scene.ts';

const disk = { folder: '/home/ada/atelier/models', total: 2e12, free: 640e9 };

/** A machine whose model folders are told by a scripted agent, and a workflow that misses some. */
export async function modelStudio(): Promise<Studio> {
  const desk = await openDesk(['--no-agent']);
  await (await ownerOf(desk.url)).import(portrait);
  const agent = await ScriptedAgent.join(desk.url);
  agent.models(models, disk);
  return {
    desk,
    known: {},
    async close() {
      await agent.leave();
      await desk.close();
    },
  };
}

const heading = (page: Page) => page.getByRole('heading', { level: 2 }).first().waitFor();
const tile = (page: Page) => page.locator('[data-tile]').first();
const inModels = { route: '/models', path: '/models', studio: 'models', state: 'full' } as const;
const inGallery = { route: '/gallery', path: '/gallery', studio: 'busy', state: 'full' } as const;

const tabs = ['runs', 'graph', 'versions', 'needs', 'api', 'edit'] as const;

/** What is kept: workflows from every side, everything made, models. */
export const libraryScenes: readonly Scene[] = [
  ...tabs.map(
    (tab): Scene => ({
      name: `workflow-${tab}`,
      route: '/workflows/:slug',
      state: 'full',
      studio: 'busy',
      path: `/workflows/gradient-study?tab=${tab}`,
      does: (page) => page.getByRole('tabpanel').waitFor(),
      whole: true,
    }),
  ),
  { ...inGallery, name: 'gallery', does: (page) => tile(page).waitFor() },
  {
    ...inGallery,
    name: 'gallery-one',
    state: 'detail',
    async does(page) {
      await tile(page).click();
      await page.getByRole('dialog').waitFor();
    },
  },
  {
    ...inGallery,
    name: 'gallery-empty',
    state: 'empty',
    studio: 'new',
    does: (page) => page.getByRole('heading').first().waitFor(),
  },
  { ...inModels, name: 'models', does: heading, whole: true },
  {
    ...inModels,
    name: 'models-empty',
    state: 'empty',
    studio: 'new',
    does: (page) => page.getByRole('heading').first().waitFor(),
  },
  {
    ...inModels,
    name: 'models-one',
    state: 'detail',
    does: (page) => page.locator('[data-path^="checkpoints/sd_xl"]').click(),
  },
];
