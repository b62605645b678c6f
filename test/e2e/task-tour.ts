/**
 * Pictures of the Tasks and Agents pages in their states, in both themes and two widths:
 * `node test/e2e/task-tour.ts FOLDER [scene …]`. Studio, engine and browser are real; a second agent comes and goes.
 */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { startEngine } from '../helpers/engine.ts';
import { type Desk, openDesk } from './desk.ts';
import { importProbe, ownerOf, type Owner } from './owner.ts';
import { ScriptedAgent } from './scripted-agent.ts';

const [folder = resolve(import.meta.dirname, '../../shots'), ...wanted] = process.argv.slice(2);
const sizes = [
  { name: 'phone', width: 390, height: 844 },
  { name: 'desk', width: 1440, height: 900 },
] as const;

interface Scene {
  readonly path: () => string;
  readonly act?: (page: Page) => Promise<unknown>;
}

let ids: Record<'slow' | 'done' | 'failed', string> = { slow: '', done: '', failed: '' };

const scenes: Record<string, Scene> = {
  all: { path: () => '/tasks' },
  line: { path: () => '/tasks?status=waiting' },
  compact: {
    path: () => '/tasks?status=waiting',
    act: (page) => page.getByRole('switch', { name: 'Compact rows' }).click(),
  },
  selected: {
    path: () => '/tasks',
    act: async (page) => {
      const boxes = page.getByRole('checkbox', { name: /^Select/ });
      for (const place of [0, 1, 3]) await boxes.nth(place).click();
    },
  },
  filtered: { path: () => '/tasks?text=nothing+like+it&since=day' },
  running: { path: () => `/tasks/${ids.slow}` },
  done: { path: () => `/tasks/${ids.done}` },
  failed: { path: () => `/tasks/${ids.failed}` },
  remove: {
    path: () => `/tasks/${ids.done}`,
    act: (page) => page.getByRole('button', { name: 'Delete' }).click(),
  },
  agents: { path: () => '/agents' },
};

async function prepare(owner: Owner): Promise<void> {
  const probe = await importProbe(owner, 'Portrait study');
  const done = await owner.run(probe, {});
  await owner.until(done, 'completed');
  const failed = await owner.run(probe, { mode: 'raise' });
  await owner.until(failed, 'failed');
  const slow = await owner.run(probe, { steps: 400, seconds_per_step: 1 });
  await owner.until(slow, 'running');
  for (let n = 0; n < 40; n += 1) await owner.run(probe, { seed: n });
  ids = { slow, done, failed };
}

async function show(desk: Desk, theme: string, { name: size, ...viewport }: (typeof sizes)[number]) {
  for (const [name, { path, act }] of Object.entries(scenes)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const { page, errors } = await desk.open(path(), { viewport, theme, reducedMotion: 'reduce' });
    await page.locator('main h1').waitFor();
    await page.waitForTimeout(1500);
    await act?.(page);
    await page.waitForTimeout(600);
    await page.screenshot({ path: join(folder, `${name}-${size}-${theme}.png`) });
    for (const error of errors) console.error(`${name} ${size} ${theme}: ${error}`);
    await desk.closePages();
  }
}

mkdirSync(folder, { recursive: true });
const engine = await startEngine(['--probe-nodes', '--preview-method', 'auto']);
const desk = await openDesk(['--engine', engine.url]);
try {
  const owner = await ownerOf(desk.url);
  const empty = await desk.open('/tasks');
  await empty.page.waitForTimeout(1500);
  await empty.page.screenshot({ path: join(folder, 'empty-desk-dark.png') });
  await desk.closePages();
  await prepare(owner);
  const gone = await ScriptedAgent.join(desk.url, { agentId: 'attic' });
  await gone.leave();
  const gpu = {
    name: 'NVIDIA GeForce RTX 4090',
    type: 'cuda',
    vram_total: 25.4e9,
    vram_free: 9.1e9,
    load_percent: 64,
    index: 0,
  };
  const other = await ScriptedAgent.join(desk.url, { agentId: 'workstation', gpus: [gpu] });
  await owner.call('PUT', '/agents/workstation', { added_labels: ['night', 'sdxl'] });
  await owner.call('POST', '/agents/workstation/drain');
  for (const theme of ['dark', 'light']) for (const size of sizes) await show(desk, theme, size);
  await other.leave();
} finally {
  await desk.close();
  await engine.stop();
}
