import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { EngineCard } from '#shared/wire/engines.ts';
import { type Desk, openDesk } from './desk.ts';
import * as scenes from './engine-scenes.ts';
import { Refused, ScriptedAgent } from './scripted-agent.ts';

/** What mends an engine: packs that lack, versions that break something, jobs that failed, runs that hang. */
let desk: Desk;
let agent: ScriptedAgent;
beforeAll(async () => {
  desk = await openDesk(['--no-agent']);
}, 60_000);
beforeEach(async () => {
  agent = await ScriptedAgent.join(desk.url, { gpus: [scenes.measured] });
  scenes.answerAll(agent);
});
afterEach(async () => {
  await desk.closePages();
  await agent.leave();
});
afterAll(() => desk?.close());

const { ready, starter, stopped } = scenes;
const at = '/engines/workstation/comfyui';
const now = () => new Date().toISOString();
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true });

async function open(path: string, ...engines: EngineCard[]): Promise<Page> {
  agent.report(...engines);
  const { page } = await desk.open(path);
  return page;
}

test('packs that workflows need and the engine lacks are told with their nodes, each with its way out', async () => {
  agent.answer('missing_packs', { missing_list: scenes.missing });
  const page = await open(`${at}?tab=packs`, { ...ready, running_tasks: 0 }, starter);
  const rows = page.getByRole('list', { name: 'Missing node packs' }).getByRole('listitem');
  const row = (text: string) => rows.filter({ hasText: text }).first();
  await row('comfyui-florence2').getByText('Florence2Run, DownloadAndLoadFlorence2Model').waitFor();
  await row('comfyui-florence2').getByText('made with 1.0.6').waitFor();
  const workflow = row('comfyui-florence2').getByRole('link', { name: 'Product turntable' });
  expect(await workflow.getAttribute('href')).toContain('/workflows/019abc12');
  await row('KJNodes').getByText('and 1 more').waitFor();
  await row('MyOwnNode').getByText('A pack nobody knows').waitFor();
  const newer = row('A newer ComfyUI').getByRole('link', { name: 'Look for a newer ComfyUI' });
  expect(await newer.getAttribute('href')).toBe(`${at}?tab=update`);
  await row('OldBlur').getByRole('button', { name: 'Enable comfyui-old-nodes' }).click();
  await expect
    .poll(() => agent.last('enable_pack'))
    .toEqual({ engine_id: 'comfyui', name: 'comfyui-old-nodes', enabled: true });
  await button(page, 'Restart the engine').click();
  await expect.poll(() => agent.last('restart')).toEqual({ engine_id: 'comfyui' });

  // One of the others with these nodes, then the one that was named: each with its plan first.
  const sheet = page.getByRole('dialog', { name: 'What the pack changes' });
  await button(page, 'or install it from git.example.org/fork/ComfyUI-KJNodes').click();
  await expect
    .poll(() => agent.last('install_pack')?.wish)
    .toMatchObject({ source: 'https://git.example.org/fork/ComfyUI-KJNodes', dry_run: true });
  await sheet.getByRole('button', { name: 'Not now' }).click();
  agent.answer('install_pack', { ...scenes.packPlan, packages: [] });
  await button(page, 'Install comfyui-florence2').click();
  await sheet.getByText('No package changes.').waitFor();
  expect(agent.last('install_pack')?.wish).toMatchObject({ source: 'comfyui-florence2', dry_run: true });
  await sheet.getByRole('button', { name: 'Install', exact: true }).click();
  const { commit, plan_id } = scenes.packPlan;
  await expect
    .poll(() => agent.last('install_pack')?.wish)
    .toMatchObject({ source: 'comfyui-florence2', dry_run: false, commit, plan_id });
  await sheet.waitFor({ state: 'detached' });

  await button(page, 'Install from an address').click();
  await page.getByLabel('Where is it?').waitFor();
});

test('a plan that has moved on is not carried out unseen', async () => {
  agent.answer('missing_packs', { missing_list: scenes.missing.slice(0, 1) });
  agent.answer('install_pack', ({ wish }) => {
    if (!wish.dry_run) throw new Refused('conflict', 'What it would do is no longer what was shown.');
    return { ...scenes.packPlan, packages: [] };
  });
  const page = await open(`${at}?tab=packs`, ready, starter);
  await button(page, 'Install comfyui-florence2').click();
  const sheet = page.getByRole('dialog', { name: 'What the pack changes' });
  await sheet.getByRole('button', { name: 'Install', exact: true }).click();
  await sheet.getByRole('alert').getByText('no longer what was shown').waitFor();
});

test('when nothing lacks, or the engine is down and can’t tell, a line says so', async () => {
  const page = await open(`${at}?tab=packs`, ready, starter);
  await page.getByText('Every node of your workflows is here.').waitFor();
  agent.report({ ...stopped, engine_id: 'comfyui' }, starter);
  await page.getByText('Start it to see which packs your workflows need').waitFor();
});

test('a version that broke a workflow is taken only by who insists, told what breaks', async () => {
  const page = await open(`${at}?tab=update`, { ...ready, candidate: scenes.brokenCandidate }, starter);
  await button(page, 'Take 0.3.71').click();
  const asked = page.getByRole('alertdialog', { name: 'Take it although it breaks something?' });
  await asked.getByText('do not run in it: Old portrait.').waitFor();
  await asked.getByRole('button', { name: 'Cancel' }).click();
  expect(agent.last('settle_update')).toBeUndefined();
  await button(page, 'Take 0.3.71').click();
  await asked.getByRole('button', { name: 'Take it all the same' }).click();
  await expect
    .poll(() => agent.last('settle_update'))
    .toEqual({ engine_id: 'comfyui', how: 'switch', insist: true });
});

test('a version that is still being tried offers no choice yet', async () => {
  const tried = { ...scenes.brokenCandidate, verdict: 'untried' as const, canaries: [] };
  const job = scenes.updating(now()).job;
  const page = await open(`${at}?tab=update`, { ...ready, candidate: tried, job }, starter);
  await page.getByRole('heading', { name: '0.3.71 is being made beside yours' }).waitFor();
  expect(await button(page, 'Take 0.3.71').count()).toBe(0);
  agent.report({ ...ready, candidate: tried }, starter);
  await button(page, 'Take 0.3.71').waitFor();
});

test('a job that failed is told until it is dismissed', async () => {
  const page = await open(at, scenes.failedPack(now()), starter);
  const job = page.getByRole('alert').filter({ hasText: 'pip could not install' });
  agent.answer('dismiss_job', () => {
    agent.report(ready, starter);
    return null;
  });
  await job.getByRole('button', { name: 'Dismiss' }).click();
  await job.waitFor({ state: 'detached' });
  expect(agent.last('dismiss_job')).toEqual({ engine_id: 'comfyui' });
});

test('a start shows how long it has gone on', async () => {
  const since = new Date(Date.now() - 3_600_000).toISOString();
  const page = await open(at, { ...scenes.starting, starting_since: since }, starter);
  await page.getByText(/^1 h.* so far$/).waitFor();
});

test('when a run counts as hung is a choice, in minutes and within bounds', async () => {
  const page = await open(`${at}?tab=options`, ready, starter);
  const minutes = page.getByLabel('End a run that hangs after (minutes)');
  expect(await minutes.inputValue()).toBe('15');
  await minutes.fill('2000');
  await minutes.blur();
  await page.getByText('From 1 minute to 24 hours (1440), or 0 for never.').waitFor();
  expect(await button(page, 'Save').isDisabled()).toBe(true);
  for (const [said, seconds] of [
    ['0', 0],
    ['90', 5400],
  ] as const) {
    await minutes.fill(said);
    await minutes.blur();
    await button(page, 'Save').click();
    await expect.poll(() => agent.last('update')?.change.options?.hang_s).toBe(seconds);
  }
});
