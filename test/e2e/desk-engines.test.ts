import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { EngineCard } from '#shared/wire/engines.ts';
import { type Desk, openDesk } from './desk.ts';
import * as scenes from './engine-scenes.ts';
import { Refused, ScriptedAgent } from './scripted-agent.ts';

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

const { ready, starter, starting, crashed, stopped, candidate } = scenes;
const at = '/engines/workstation/comfyui';
const now = () => new Date().toISOString();
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true });
const card = (page: Page, name: string) =>
  page.getByRole('article').filter({ has: page.getByRole('heading', { name }) });

async function open(path: string, ...engines: EngineCard[]): Promise<Page> {
  agent.report(...engines);
  const { page } = await desk.open(path);
  return page;
}

test('with nothing but the starter engine, what was found is adopted in one press', async () => {
  const page = await open('/engines', starter);
  await page.getByRole('heading', { name: 'Bring your ComfyUI' }).waitFor();
  await page.getByText('Nothing is changed in it').waitFor();
  await page.getByText('Git checkout, version 0.3.64').waitFor();
  expect(await button(page, 'Use it: /home/ada/StabilityMatrix/Packages/ComfyUI').isDisabled()).toBe(true);
  agent.answer('add', () => {
    agent.report(starter, { ...starting, engine_id: 'comfyui-2', kind: 'adopt' });
    return { engine_id: 'comfyui-2' };
  });
  await button(page, 'Use it: /home/ada/ComfyUI').click();
  await page.waitForURL('**/engines/workstation/comfyui-2');
  await page.getByRole('heading', { name: 'comfyui-2' }).waitFor();
  expect(agent.last('add')?.wish).toMatchObject({
    kind: 'adopt',
    path: '/home/ada/ComfyUI',
    python: '/home/ada/ComfyUI/.venv/bin/python',
  });
});

test('an install shows its plan, and begins only when there is nothing in the way', async () => {
  const page = await open('/engines', starter);
  agent.answer('plan', { ...scenes.plan, problems: ['git is not installed. Install it.'] });
  await button(page, 'Version, source, PyTorch').click();
  await page.getByLabel('Version', { exact: true }).fill('v0.3.64');
  await button(page, 'Show me the plan').click();
  const sheet = page.getByRole('dialog', { name: 'What the install does' });
  await sheet.getByText('git is not installed. Install it.').waitFor();
  await sheet.getByText('which runs CUDA 12.8').waitFor();
  await sheet.getByText('15.0 GB needed, 212 GB free').waitFor();
  expect(await sheet.getByRole('button', { name: 'Install it' }).isDisabled()).toBe(true);
  expect(agent.last('plan')?.wish).toEqual({ kind: 'install', commit: 'v0.3.64' });
  await page.keyboard.press('Escape');

  agent.answer('plan', scenes.plan);
  agent.answer('add', () => {
    agent.report(starter, scenes.installing(now()));
    return { engine_id: 'comfyui' };
  });
  await button(page, 'Show me the plan').click();
  await sheet.getByRole('button', { name: 'Install it' }).click();
  await page.waitForURL(`**${at}`);
  const steps = page.getByRole('list', { name: 'Steps' });
  await steps.getByText('PyTorch').waitFor();
  expect(await steps.getByRole('listitem').nth(2).textContent()).toBe('PyTorchunder way');
  await page.getByText('manylinux_2_28').waitFor();

  await button(page, 'Interrupt').click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Interrupt' }).click();
  await expect.poll(() => agent.last('cancel_job')).toEqual({ engine_id: 'comfyui' });
  agent.report(starter, scenes.brokenOff(now()));
  await page.getByText('The disk is full. Free about 9 GB').waitFor();
  await button(page, 'Go on with it').click();
  await expect.poll(() => agent.last('resume')).toEqual({ engine_id: 'comfyui' });

  await button(page, 'Take it away').click();
  await page.getByRole('alertdialog').getByText(`Deletes ${ready.place}`).waitFor();
  agent.answer('remove', () => {
    agent.report(starter);
    return { is_success: true, kept_at: null };
  });
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete it' }).click();
  await page.waitForURL('**/engines');
  expect(agent.last('remove')).toEqual({ engine_id: 'comfyui', delete_files: true });
});

test('a running ComfyUI is connected to, with headers that a proxy wants', async () => {
  const page = await open('/engines/add', starter);
  await page.getByLabel('Address').fill('192.168.1.20:8188');
  await button(page, 'Connect').click();
  await page.getByText('begins with http:// or https://').waitFor();
  expect(agent.last('add')).toBeUndefined();
  await page.getByLabel('Address').fill('http://192.168.1.20:8188');
  await button(page, 'Headers and name').click();
  await page.getByLabel('Headers to send along').fill('Authorization: Bearer abc:def');
  agent.answer('add', () => {
    throw new Refused('conflict', 'Nothing answers at http://192.168.1.20:8188. Is it running?');
  });
  await button(page, 'Connect').click();
  await page.getByRole('alert').getByText('Nothing answers at').waitFor();
  expect(agent.last('add')?.wish).toEqual({
    kind: 'attach',
    url: 'http://192.168.1.20:8188',
    headers: { Authorization: 'Bearer abc:def' },
  });
});

test('a start is followed live, stage by stage, and a crash says what, why and what to do', async () => {
  const { page, errors } = await desk.open('/engines');
  agent.report({ ...starting, launch: { ...scenes.launched, stage: 'python', packs: [] } }, starter);
  const shown = card(page, 'comfyui');
  await shown.getByRole('listitem').filter({ hasText: 'Python, under way' }).waitFor();
  agent.report(starting, starter);
  await shown.getByRole('listitem').filter({ hasText: 'PyTorch, done' }).waitFor();
  await shown.getByRole('listitem').filter({ hasText: 'Node packs, under way' }).waitFor();
  agent.report(ready, starter);
  await shown.getByText('At work', { exact: true }).waitFor();
  await shown.getByText('11.6 GB of 25.8 GB in use').waitFor();
  await shown.getByText('1 task at work · 3 in its queue').waitFor();
  await shown.getByText('Load 97 % · 68 °C · 402 of 450 W').waitFor();

  agent.report(stopped, crashed, starter);
  await shown.getByText('Crashed').waitFor();
  const alert = shown.getByRole('alert');
  await alert.getByRole('heading', { name: 'It ran out of graphics memory' }).waitFor();
  await alert.getByText('Tried to allocate 2.00 GiB').waitFor();
  await alert.getByText('Choose the VRAM mode "lowvram"').waitFor();
  await page.getByText('1 needs care, 1 stopped').waitFor();
  // What is down comes first, and every page of the desk says so.
  expect(await page.getByRole('article').first().textContent()).toContain('It ran out of graphics memory');
  expect(await page.getByRole('link', { name: /Engines/ }).textContent()).toContain('1 needs care');

  await shown.getByRole('button', { name: 'Start again: comfyui' }).click();
  await expect.poll(() => agent.last('start')).toEqual({ engine_id: 'comfyui' });
  await shown.getByRole('link', { name: 'Show log' }).click();
  await page.getByRole('tab', { name: 'Log', selected: true }).waitFor();
  expect(errors).toEqual([]);
});

test('what a task is at work in is stopped only when asked twice', async () => {
  const page = await open(at, ready, starter);
  await button(page, 'Stop: comfyui').click();
  await page.getByRole('alertdialog').getByText('What runs goes back in line').waitFor();
  await page.getByRole('button', { name: 'Let it go on' }).click();
  expect(agent.last('stop')).toBeUndefined();
  agent.change('comfyui', { running_tasks: 0 });
  await page.getByText('Ready', { exact: true }).first().waitFor();
  await button(page, 'Stop: comfyui').click();
  await expect.poll(() => agent.last('stop')).toEqual({ engine_id: 'comfyui' });
});

test('the log is read on while it is seen, searched and filtered by level', async () => {
  const page = await open(`${at}?tab=log`, ready, starter);
  const log = page.getByRole('region', { name: 'Log of comfyui' });
  await log.getByText('Prompt executed in 5.12 seconds').waitFor();
  agent.answer('log', scenes.logOf(['got prompt', 'Prompt executed in 0.20 seconds']));
  await log.getByText('Prompt executed in 0.20 seconds').waitFor();
  await page.getByText('22 lines').waitFor();
  expect(agent.last('log')?.query.after).toBeGreaterThan(0);

  await page.getByRole('combobox', { name: 'Show' }).click();
  await page.getByRole('option', { name: 'Errors only' }).click();
  await page.getByText('3 lines').waitFor();
  await page.getByLabel('Search the log').fill('insightface');
  await page.getByText('2 lines').waitFor();
  await page.keyboard.press('Escape');
  await page.getByText('3 lines').waitFor();

  const download = page.waitForEvent('download');
  await button(page, 'Download').click();
  expect((await download).suggestedFilename()).toBe('comfyui.log');

  await page.getByRole('tab', { name: 'Overview' }).click();
  const asked = agent.asked.length;
  await page.waitForTimeout(2500);
  expect(agent.asked.slice(asked).filter(({ action }) => action === 'log').length).toBeLessThanOrEqual(1);
});

test('a log of many lines keeps few of them in the page, and follows until one scrolls up', async () => {
  const many = Array.from({ length: 4000 }, (_, index) => `line ${index}`);
  agent.answer('log', scenes.logOf(many));
  const page = await open(`${at}?tab=log`, ready, starter);
  const log = page.getByRole('region', { name: 'Log of comfyui' });
  await log.getByText('line 3999', { exact: true }).waitFor();
  expect(await log.locator('[data-index]').count()).toBeLessThan(200);
  await log.hover();
  await page.mouse.wheel(0, -3000);
  await button(page, 'To the end').waitFor();
  agent.answer('log', scenes.logOf([...many, 'one more']));
  await page.getByText('4021 lines').waitFor();
  expect(await log.getByText('one more').count()).toBe(0);
  await button(page, 'To the end').click();
  await log.getByText('one more').waitFor();
});

test('options are a form of what this ComfyUI knows; what is refused is said in its words', async () => {
  const page = await open(`${at}?tab=options`, ready, starter);
  await page.getByRole('combobox', { name: 'Graphics memory' }).click();
  await page.getByRole('option', { name: /^Least/ }).waitFor();
  await page.getByRole('option', { name: /^Low/ }).click();
  // It does not offer --use-sage-attention, so neither does the form.
  await page.getByRole('combobox', { name: 'Attention' }).click();
  await page.getByRole('option', { name: 'PyTorch' }).waitFor();
  expect(await page.getByRole('option', { name: 'Sage' }).count()).toBe(0);
  await page.keyboard.press('Escape');
  await page.getByRole('combobox', { name: 'GPU', exact: true }).click();
  await page.getByRole('option', { name: 'GPU 0: NVIDIA GeForce RTX 4090' }).click();
  await page.getByLabel('Unload models after (minutes without work)').fill('10');
  await page.getByLabel('More arguments').fill('--fast --output-directory "/srv/my pictures" --fats');
  await page.getByLabel('Variable').fill('HF_HOME');
  await page.getByLabel('Value').fill('/srv/hf');
  await button(page, 'Set it').click();
  await button(page, 'Take HF_TOKEN away').click();
  agent.answer('update', () => {
    throw new Refused('bad_request', 'This ComfyUI does not know --fats. Did you mean --fast?');
  });
  await button(page, 'Save').click();
  await page.getByRole('alert').getByText('Did you mean --fast?').waitFor();
  expect(agent.last('update')?.change).toEqual({
    serves: true,
    env: { HF_HOME: '/srv/hf', HF_TOKEN: null },
    options: {
      vram: 'lowvram',
      preview: 'auto',
      device: 0,
      idle_free_s: 600,
      hang_s: 900,
      extra: ['--fast', '--output-directory', '/srv/my pictures', '--fats'],
    },
  });
  agent.answer('update', null);
  await button(page, 'Save').click();
  const saved = page.getByRole('status').filter({ hasText: 'It holds from the next start' });
  await saved.getByRole('button', { name: 'Restart' }).click();
  await expect.poll(() => agent.last('restart')).toEqual({ engine_id: 'comfyui' });
});

test('node packs: the failed one first, a plan that guards torch, switched off and removed', async () => {
  const page = await open(`${at}?tab=packs`, ready, starter);
  const rows = page.getByRole('tabpanel').getByRole('listitem');
  await rows.filter({ hasText: 'Imported in 3.2 s' }).waitFor();
  expect(await rows.first().textContent()).toContain("No module named 'insightface'");
  await button(page, 'Disable ComfyUI-ReActor').click();
  await expect
    .poll(() => agent.last('enable_pack'))
    .toEqual({ engine_id: 'comfyui', name: 'ComfyUI-ReActor', enabled: false });

  agent.answer('remove_pack', { moved_to: '/home/ada/aside/rgthree-comfy' });
  await button(page, 'Remove rgthree-comfy').click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click();
  await page.getByText('Its folder lies at /home/ada/aside/rgthree-comfy now').waitFor();

  await button(page, 'Install a node pack').click();
  await page.getByLabel('Where is it?').fill('ComfyUI-Florence2');
  await button(page, 'Show me what it changes').click();
  const sheet = page.getByRole('dialog', { name: 'What the pack changes' });
  await sheet.getByText('2.9.0+cu128 → 2.6.0').waitFor();
  const install = sheet.getByRole('button', { name: 'Install' });
  expect(await install.isDisabled()).toBe(true);
  await sheet.getByRole('checkbox', { name: /Do it all the same/ }).click();
  await expect.poll(() => install.isEnabled()).toBe(true);
  await install.click();
  await expect
    .poll(() => agent.last('install_pack')?.wish)
    .toEqual({
      ...{ source: 'ComfyUI-Florence2', insist: true, run_install_script: false, dry_run: false },
      // What was shown: that very commit, those very packages.
      ...{ commit: scenes.packPlan.commit, plan_id: scenes.packPlan.plan_id },
    });
});

test('snapshots are taken, and gone back to after the plan was seen', async () => {
  agent.answer('take_snapshot', {
    ...{ snapshot_id: 's3', taken_at: now(), reason: 'asked for', version: '0.3.64', commit: ready.commit },
    ...{ package_count: 187, pack_count: 4 },
  });
  const page = await open(`${at}?tab=snapshots`, { ...ready, running_tasks: 0 }, starter);
  await button(page, 'Take one now').click();
  await expect.poll(() => agent.last('take_snapshot')).toEqual({ engine_id: 'comfyui' });
  await page
    .getByRole('listitem')
    .filter({ hasText: 'Before the update to 0.3.64' })
    .getByRole('button')
    .click();
  const sheet = page.getByRole('dialog', { name: 'What going back changes' });
  await sheet.getByText('torch==2.8.0+cu128').waitFor();
  await sheet.getByText('It is up and is stopped for this').waitFor();
  expect(agent.last('restore')).toMatchObject({ snapshot_id: 's1', dry_run: true });
  await sheet.getByRole('button', { name: 'Go back' }).click();
  await expect.poll(() => agent.last('restore')).toMatchObject({ snapshot_id: 's1', dry_run: false });
  expect(agent.last('stop')).toEqual({ engine_id: 'comfyui' });
});

test('an update is planned, made beside, compared, and taken', async () => {
  const page = await open(`${at}?tab=update`, ready, starter);
  await button(page, 'Show me what is new').click();
  const sheet = page.getByRole('dialog', { name: 'What the update brings' });
  await sheet.getByText('84 changes lie between').waitFor();
  await sheet.getByText('+comfyui-frontend-package==1.28.8').waitFor();
  await sheet.getByRole('button', { name: 'Make it beside' }).click();
  await expect.poll(() => agent.last('prepare_update')).toMatchObject({ dry_run: false, canaries: [] });
  agent.report(scenes.updating(now()), starter);
  await page.getByRole('heading', { name: '0.3.71 is being made beside yours' }).waitFor();
  agent.report({ ...ready, candidate }, starter);
  const row = page.getByRole('row').filter({ hasText: 'Product turntable' });
  await row.getByText('4 % of the pixels differ').waitFor();
  await button(page, 'Take 0.3.71').click();
  await expect
    .poll(() => agent.last('settle_update'))
    .toEqual({
      ...{ engine_id: 'comfyui', how: 'switch', insist: false },
    });
  agent.report({ ...ready, version: '0.3.71', can_switch_back: true }, starter);
  await button(page, 'Go back to the version before').click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Go back' }).click();
  await expect
    .poll(() => agent.last('settle_update'))
    .toEqual({
      ...{ engine_id: 'comfyui', how: 'back', insist: false },
    });
});

test('an agent that is not managed shows its engines, says why, and offers nothing', async () => {
  const other = await ScriptedAgent.join(desk.url, { agentId: 'render-node', managed: false });
  try {
    other.report({ ...crashed, engine_id: 'theirs' });
    const page = await open('/engines', ready, starter);
    const theirs = page.getByRole('region', { name: 'Engines of render-node' });
    await theirs.getByText('does not let this studio manage it').waitFor();
    await theirs.getByText('Crashed').waitFor();
    expect(await theirs.getByRole('button', { name: /Start|Stop|Restart/ }).count()).toBe(0);
    expect(await page.getByRole('region').first().getAttribute('aria-label')).toBe('Engines of render-node');
    await theirs.getByRole('link', { name: 'theirs' }).click();
    await page.getByRole('tab', { name: 'Overview' }).waitFor();
    expect(await page.getByRole('tab').count()).toBe(1);
  } finally {
    await other.leave();
  }
});

test('no agent, no engine, and an engine that is gone: each says what to do', async () => {
  const page = await open('/engines/workstation/nothing', starter);
  await page.getByRole('heading', { name: 'This engine is not here' }).waitFor();
  await page.getByRole('link', { name: 'All engines' }).click();
  await page.getByRole('heading', { name: 'Bring your ComfyUI' }).waitFor();
  await agent.leave();
  await page.getByRole('heading', { name: 'No agent is connected' }).waitFor();
});

test('a workflow is starred on its card and on its page', async () => {
  const { page } = await desk.open();
  await page.getByRole('button', { name: 'Run a sample now' }).click();
  await page.getByRole('button', { name: 'Run', exact: true }).waitFor();
  const star = page.getByRole('button', { name: /^Star / });
  expect(await star.getAttribute('aria-pressed')).toBe('false');
  const kept = page.waitForResponse(/\/star$/);
  await star.click();
  await kept;
  await page.goto(`${desk.url}/workflows`);
  await expect.poll(() => star.first().getAttribute('aria-pressed'), { timeout: 20_000 }).toBe('true');
  await star.first().focus();
  await page.getByText('Starred workflows are tried before an update is taken').waitFor();
});

const looks: Record<string, readonly [string, () => EngineCard[]]> = {
  nothing: ['/engines', () => [starter]],
  crashed: [
    '/engines',
    () => [crashed, ready, stopped, starter].map((one, n) => ({ ...one, engine_id: `e${n}` })),
  ],
  installing: [at, () => [scenes.installing(now()), starter]],
  brokenOff: [at, () => [scenes.brokenOff(now()), starter]],
  starting: [at, () => [starting, starter]],
  overview: [at, () => [ready, starter]],
  log: [`${at}?tab=log`, () => [ready, starter]],
  options: [`${at}?tab=options`, () => [ready, starter]],
  packs: [`${at}?tab=packs`, () => [scenes.brokenPack, starter]],
  missing: [`${at}?tab=packs&pack=ComfyUI-ReActor`, () => [ready, starter]],
  failedPack: [at, () => [scenes.failedPack(now()), starter]],
  broken: [`${at}?tab=update`, () => [{ ...ready, candidate: scenes.brokenCandidate }, starter]],
  snapshots: [`${at}?tab=snapshots`, () => [ready, starter]],
  update: [`${at}?tab=update`, () => [{ ...ready, candidate }, starter]],
};

test.each(['dark', 'light'])(
  'no state breaks a rule of accessibility or is wider than a phone (%s)',
  async (theme) => {
    const { page, errors } = await desk.open('/', {
      theme,
      viewport: { width: 390, height: 844 },
      reducedMotion: 'reduce',
    });
    agent.answer('missing_packs', { missing_list: scenes.missing });
    for (const [name, [path, engines]] of Object.entries(looks)) {
      agent.report(...engines());
      await page.goto(desk.url + path);
      await page.getByRole('article').or(page.getByRole('tabpanel')).first().waitFor();
      await page.waitForTimeout(300);
      await page.evaluate(axe.source);
      const found = await page.evaluate(async () => {
        const { violations } = await (window as unknown as { axe: typeof axe }).axe.run(document);
        return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`);
      });
      expect([name, ...found]).toEqual([name]);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(`${name} ${width}`).toBe(`${name} 390`);
    }
    expect(errors).toEqual([]);
  },
);
