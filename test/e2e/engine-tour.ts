/**
 * Pictures of the Engines page in every state, in both themes and three widths: `node test/e2e/engine-tour.ts FOLDER
 * [scene …]`. The engines are told by a scripted agent, the studio and the browser are real.
 */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import type { EngineCard } from '#shared/wire/engines.ts';
import { openDesk } from './desk.ts';
import * as scenes from './engine-scenes.ts';
import { ScriptedAgent } from './scripted-agent.ts';

const [folder = resolve(import.meta.dirname, '../../shots'), ...wanted] = process.argv.slice(2);
const sizes = [
  { name: 'phone', width: 390, height: 844 },
  { name: 'desk', width: 1280, height: 800 },
  { name: 'wide', width: 1920, height: 1080 },
] as const;

const ago = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString();
const at = '/engines/workstation/comfyui';

interface Scene {
  readonly engines: () => EngineCard[];
  readonly path: string;
  readonly does?: (page: Page) => Promise<unknown>;
}

const one = (engine: EngineCard) => () => [engine, scenes.starter];
const click = (name: string | RegExp) => (page: Page) => page.getByRole('button', { name }).first().click();
const { ready, starter, stopped, crashed, brokenPack, starting, candidate } = scenes;
const coming = (): EngineCard => ({ ...starting, starting_since: ago(42) });

const all: Record<string, Scene> = {
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

mkdirSync(folder, { recursive: true });
const desk = await openDesk(['--no-agent']);
const agent = await ScriptedAgent.join(desk.url, { gpus: [scenes.measured] });
scenes.answerAll(agent);
agent.answer('missing_packs', { missing_list: scenes.missing });
try {
  for (const theme of ['dark', 'light']) {
    for (const { name: size, ...viewport } of sizes) {
      const { page, errors } = await desk.open('/', { viewport, theme, reducedMotion: 'reduce' });
      for (const [name, scene] of Object.entries(all)) {
        if (wanted.length > 0 && !wanted.includes(name)) continue;
        agent.report(...scene.engines());
        await page.goto(desk.url + scene.path);
        await page.getByRole('heading', { level: 2 }).or(page.getByRole('tablist')).first().waitFor();
        await scene.does?.(page);
        await page.waitForTimeout(700);
        await page.screenshot({
          path: join(folder, `${name}-${size}-${theme}.png`),
          fullPage: size !== 'phone' || !scene.does,
        });
      }
      for (const error of errors) console.error(`${theme} ${size}: ${error}`);
      await desk.closePages();
    }
  }
} finally {
  await agent.leave();
  await desk.close();
}
