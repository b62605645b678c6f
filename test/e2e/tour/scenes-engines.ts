import type { Page } from 'playwright-core';
import type { EngineCard } from '#shared/wire/engines.ts';
import { openDesk } from '../desk.ts';
import * as scenes from '../engine-scenes.ts';
import { ScriptedAgent } from '../scripted-agent.ts';
import type { Scene, Studio } from './scene.ts';

/** The Engines pages in every state: the engines are told by a scripted agent, the studio and the browser are real. */
interface EngineScene {
  readonly engines: () => EngineCard[];
  readonly path: string;
  readonly does?: (page: Page) => Promise<unknown>;
}

const ago = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString();
const at = '/engines/workstation/comfyui';

const one = (engine: EngineCard) => () => [engine, scenes.starter];
const click = (name: string | RegExp) => (page: Page) => page.getByRole('button', { name }).first().click();
const { ready, starter, stopped, crashed, brokenPack, starting, candidate } = scenes;
const coming = (): EngineCard => ({ ...starting, starting_since: ago(42) });

const all: Record<string, EngineScene> = {
  nothing: { engines: () => [starter], path: '/engines' },
  plan: { engines: () => [starter], path: '/engines', does: click('Show me the plan') },
  installing: { engines: () => [scenes.installing(ago(95)), starter], path: '/engines' },
  brokenOff: { engines: () => [scenes.brokenOff(ago(300)), starter], path: at },
  launching: { engines: () => [coming(), starter], path: '/engines' },
  launchingPage: { engines: () => [coming(), starter], path: at },
  running: { engines: () => [ready, stopped, starter], path: '/engines' },
  crashed: { engines: () => [crashed, { ...stopped, engine_id: 'flux-box' }, starter], path: '/engines' },
  crashedPage: { engines: one(brokenPack), path: at },
  overview: { engines: one(ready), path: at },
  log: { engines: one(ready), path: `${at}?tab=log` },
  options: { engines: one(ready), path: `${at}?tab=options` },
  packs: { engines: one(ready), path: `${at}?tab=packs` },
  packPlan: {
    engines: one(ready),
    path: `${at}?tab=packs`,
    does: async (page) => {
      await click('Install a node pack')(page);
      await page.getByLabel('Where is it?').fill('ComfyUI-Florence2');
      await click('Show me what it changes')(page);
    },
  },
  missing: { engines: one(ready), path: `${at}?tab=packs&pack=ComfyUI-ReActor` },
  missingPlan: {
    engines: one(ready),
    path: `${at}?tab=packs`,
    does: click('Install comfyui-florence2'),
  },
  missingDown: { engines: one(stopped), path: `/engines/workstation/${stopped.engine_id}?tab=packs` },
  failedPack: { engines: () => [scenes.failedPack(ago(300)), starter], path: at },
  broken: { engines: one({ ...ready, candidate: scenes.brokenCandidate }), path: `${at}?tab=update` },
  brokenAsked: {
    engines: one({ ...ready, candidate: scenes.brokenCandidate }),
    path: `${at}?tab=update`,
    does: click('Take 0.3.71'),
  },
  snapshots: { engines: one(ready), path: `${at}?tab=snapshots` },
  restorePlan: { engines: one(ready), path: `${at}?tab=snapshots`, does: click(/^Go back to this/) },
  update: { engines: one({ ...ready, can_switch_back: true }), path: `${at}?tab=update` },
  updatePlan: { engines: one(ready), path: `${at}?tab=update`, does: click('Show me what is new') },
  updating: { engines: () => [scenes.updating(ago(420)), starter], path: `${at}?tab=update` },
  updated: { engines: one({ ...ready, candidate }), path: `${at}?tab=update` },
};

let agent: ScriptedAgent | undefined;

export async function engineStudio(): Promise<Studio> {
  const desk = await openDesk(['--no-agent']);
  const joined = await ScriptedAgent.join(desk.url, { gpus: [scenes.measured] });
  scenes.answerAll(joined);
  joined.answer('missing_packs', { missing_list: scenes.missing });
  agent = joined;
  return {
    desk,
    known: {},
    async close() {
      await joined.leave();
      await desk.close();
    },
  };
}

const routeOf = (path: string): string =>
  path.startsWith('/engines/workstation') ? '/engines/:agent/:engine' : (path.split('?')[0] ?? path);

export const engineScenes: readonly Scene[] = Object.entries(all).map(([name, scene]) => ({
  name: `engines-${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
  route: routeOf(scene.path),
  state: 'full',
  studio: 'engines',
  path: () => {
    agent?.report(...scene.engines());
    return scene.path;
  },
  whole: true,
  async does(page) {
    await page.getByRole('heading', { level: 2 }).or(page.getByRole('tablist')).first().waitFor();
    await scene.does?.(page);
  },
}));
