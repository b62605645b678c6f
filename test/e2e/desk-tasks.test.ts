import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type RunningEngine, startEngine } from '../helpers/engine.ts';
import { type Desk, openDesk } from './desk.ts';
import { type Owner, ownerOf } from './owner.ts';
import { importProbe } from './probe.ts';
import { ScriptedAgent } from './scripted-agent.ts';

let engine: RunningEngine;
let desk: Desk;
let owner: Owner;
let slug = '';
beforeAll(async () => {
  engine = await startEngine(['--probe-nodes', '--preview-method', 'auto']);
  desk = await openDesk(['--engine', engine.url]);
  owner = await ownerOf(desk.url);
  slug = await importProbe(owner, 'Portrait study');
}, 120_000);
afterEach(async () => {
  await desk.closePages();
  await owner.call('POST', '/r/tasks/cancel', { all: true });
});
afterAll(async () => {
  await desk?.close();
  await engine?.stop();
});

/** Generous: a busy machine is slow, and nothing here is about speed. */
const soon = { timeout: 30_000 };

/** The agent takes so many ahead, so that its engine never waits for us. */
const ahead = 2;

/** Something that runs for as long as a test may take, and a line behind it. */
async function fillLine(count: number): Promise<string[]> {
  const slow = await owner.run(slug, { steps: 600, seconds_per_step: 1 });
  await owner.until(slow, 'running');
  const ids: string[] = [];
  for (let n = 0; n < count + ahead; n += 1) ids.push(await owner.run(slug, { seed: n }));
  const inLine = async () => {
    const { task_list } = (await owner.call('GET', '/r/queue/tasks')) as { task_list: { id: string }[] };
    return task_list.map(({ id }) => id);
  };
  await expect.poll(inLine, soon).toEqual(ids.slice(ahead));
  return ids.slice(ahead);
}

const rowsOf = (page: Page) => page.locator('main ul').last().locator('li a');
const idsOf = async (page: Page) =>
  (await rowsOf(page).evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).href)))
    .map((href) => href.split('/').at(-1))
    .filter((id) => id !== undefined);

describe('the line', () => {
  test('is put into another order with the keyboard, with the mouse, and to the front', async () => {
    const [a = '', b = '', c = ''] = await fillLine(3);
    const { page, errors } = await desk.open('/tasks?status=waiting');
    await expect.poll(() => idsOf(page), soon).toEqual([a, b, c]);
    await page.getByText('is busy').first().waitFor();

    await page.getByRole('button', { name: 'Move Portrait study, 3rd in line' }).press('ArrowUp');
    await expect.poll(() => idsOf(page), soon).toEqual([a, c, b]);
    await page.getByText('Portrait study is now 2nd in line.').waitFor({ state: 'attached' });
    // The focus stays with the row that was moved.
    await expect
      .poll(() => page.evaluate(() => (document.activeElement as HTMLElement).dataset.handle), soon)
      .toBe(c);
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => idsOf(page), soon).toEqual([a, b, c]);

    const from = await page.locator(`[data-handle="${a}"]`).boundingBox();
    const to = await page.locator(`[data-handle="${c}"]`).boundingBox();
    if (!from || !to) throw new Error('no handles');
    await page.mouse.move(from.x + 8, from.y + from.height / 2);
    await page.mouse.down();
    await page.mouse.move(to.x + 8, to.y + to.height - 6, { steps: 8 });
    await page.waitForTimeout(200);
    await page.mouse.up();
    await expect.poll(() => idsOf(page), soon).toEqual([b, c, a]);

    await page.getByRole('button', { name: 'Move Portrait study to the front' }).last().click();
    await expect.poll(() => idsOf(page), soon).toEqual([a, b, c]);
    expect(errors).toEqual([]);
  });

  test('is paused and goes on, and says so', async () => {
    await fillLine(1);
    const { page, errors } = await desk.open('/tasks?status=waiting');
    await page.getByRole('button', { name: 'Pause the queue' }).click();
    await page.getByText(/^Paused just now: 3 with agents/).waitFor();
    await page.getByText('The queue is paused; resume it to go on.').first().waitFor();
    await page.getByRole('button', { name: 'Resume the queue' }).click();
    await page.getByRole('button', { name: 'Pause the queue' }).waitFor();
    await page.getByText('3 with agents, 1 in line').waitFor();
    expect(errors).toEqual([]);
  });
});

describe('the list', () => {
  test('keeps its filters in the address, and finds by text and state', async () => {
    const failed = await owner.run(slug, { mode: 'raise' });
    await owner.until(failed, 'failed');
    const done = await owner.run(slug, { seed: 4711 });
    await owner.until(done, 'completed');
    const { page, errors } = await desk.open('/tasks');
    await page.getByRole('button', { name: 'Failed', exact: true }).click();
    await expect.poll(() => idsOf(page), soon).toEqual([failed]);
    expect(new URL(page.url()).search).toBe('?status=failed');
    await page.getByRole('button', { name: 'All', exact: true }).click();
    await page.getByRole('searchbox', { name: 'Search prompts, errors, names' }).fill('4711');
    await expect.poll(() => idsOf(page), soon).toEqual([done]);
    await expect.poll(() => new URL(page.url()).search, soon).toBe('?text=4711');
    await page.reload();
    await expect.poll(() => idsOf(page), soon).toEqual([done]);
    await page.getByRole('combobox', { name: 'Agent' }).click();
    await page.getByRole('option').last().click();
    await expect.poll(() => idsOf(page), soon).toEqual([done]);
    await page.getByRole('searchbox').fill('nothing like it');
    await page.getByRole('heading', { name: 'No task fits these filters' }).waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await expect.poll(async () => (await idsOf(page)).length, soon).toBeGreaterThan(1);
    expect(errors).toEqual([]);
  });

  test('selects many, cancels what is open and runs again what is over', async () => {
    const [a = '', b = ''] = await fillLine(2);
    const { page, errors } = await desk.open('/tasks?status=waiting');
    await expect.poll(() => idsOf(page), soon).toEqual([a, b]);
    const boxes = page.getByRole('checkbox', { name: 'Select Portrait study' });
    await boxes.first().click();
    await boxes.last().click({ modifiers: ['Shift'] });
    const bar = page.getByRole('toolbar', { name: '2 selected' });
    await bar.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('2 tasks cancelled.').waitFor();
    for (const id of [a, b]) await owner.until(id, 'cancelled');

    await page.goto(`${desk.url}/tasks?status=cancelled`);
    await boxes.first().click();
    await page.getByRole('toolbar').getByRole('button', { name: 'Run again' }).click();
    await page.getByText('1 task runs again.').waitFor();
    await page.getByRole('toolbar').waitFor({ state: 'detached' });
    expect(errors).toEqual([]);
  });
});

describe('a task', () => {
  test('shows its life with agent and engine, its log to search, and is deleted once asked', async () => {
    const id = await owner.run(slug, { seed: 11 });
    await owner.until(id, 'completed');
    const { page, errors } = await desk.open(`/tasks/${id}`);
    const history = page.getByRole('heading', { name: 'History' }).locator('..');
    for (const word of ['Just sent', 'Handed over', 'Running', 'Done'])
      await history.getByText(word).waitFor();
    await history.getByText(/^on .+ with /).waitFor();

    const log = page.getByRole('log');
    await log.getByText('Sampler').waitFor();
    await page.getByRole('searchbox', { name: 'Search the log' }).fill('SAMPLER');
    await page.getByText('1 line', { exact: true }).waitFor();
    await page.getByRole('combobox', { name: 'Level' }).click();
    await page.getByRole('option', { name: 'Errors only' }).click();
    await page.getByText('No line fits.').waitFor();

    const remove = page.locator('main').getByRole('button', { name: 'Delete' });
    await remove.click();
    const ask = page.getByRole('alertdialog', { name: 'Delete this task?' });
    await ask.getByRole('button', { name: 'Keep' }).click();
    await ask.waitFor({ state: 'detached' });
    await remove.click();
    await ask.getByRole('button', { name: 'Delete' }).click();
    await page.waitForURL('**/tasks');
    await page.goto(`${desk.url}/tasks/${id}`);
    await page.getByRole('heading', { name: 'Nothing hangs here' }).waitFor();
    // The browser itself notes the reply for what is gone.
    expect(errors.filter((error) => !error.includes('404'))).toEqual([]);
  });

  test('leads to its form with its values', async () => {
    const id = await owner.run(slug, { seed: 1234, steps: 3 });
    await owner.until(id, 'completed');
    const { page } = await desk.open(`/tasks/${id}`);
    await page.getByRole('link', { name: 'Change and run' }).click();
    await page.waitForURL('**/workflows/portrait-study');
    await expect.poll(() => page.locator('#field-seed').inputValue(), soon).toBe('1234');
  });
});

test('a viewer sees tasks and agents, and nothing to press', async () => {
  const id = await owner.run(slug, { seed: 5 });
  await owner.until(id, 'completed');
  await fillLine(2);
  const session = await owner.member('viewer@example.org', 'viewer');
  const { page, errors } = await desk.open('/tasks?status=waiting');
  await page.getByRole('button', { name: 'Pause the queue' }).waitFor();
  await page.evaluate((kept) => sessionStorage.setItem('atelier.session', kept), session);
  await page.reload();
  await page.getByText('is busy').first().waitFor();
  const buttons = (name: RegExp) => page.getByRole('button', { name }).count();
  expect(await buttons(/^Move|Pause/)).toBe(0);
  expect(await page.getByRole('checkbox').count()).toBe(0);
  await page.goto(`${desk.url}/tasks/${id}`);
  await page.getByRole('link', { name: 'Download' }).waitFor();
  expect(await buttons(/^Delete|Run again/)).toBe(0);
  expect(await page.getByRole('link', { name: 'Change and run' }).count()).toBe(0);
  await page.goto(`${desk.url}/agents`);
  await page.getByRole('article').first().waitFor();
  expect(await buttons(/^Drain|^Remove/)).toBe(0);
  expect(await page.getByRole('textbox').count()).toBe(0);
  expect(errors).toEqual([]);
});

describe('agents', () => {
  test('are labelled, drained, resumed and removed', async () => {
    const agent = await ScriptedAgent.join(desk.url, { agentId: 'attic' });
    const { page, errors } = await desk.open('/agents');
    const card = page.getByRole('article').filter({ has: page.getByRole('heading', { name: 'attic' }) });
    await card.getByRole('textbox', { name: 'Add a label to attic' }).fill('night');
    await page.keyboard.press('Enter');
    await card.getByRole('button', { name: 'Take the label night away' }).waitFor();
    await card.getByRole('button', { name: 'Drain' }).click();
    await card.getByText('Drained').waitFor();
    await card.getByText('It gets no tasks until it is resumed.').waitFor();
    await card.getByRole('button', { name: 'Resume' }).click();
    await card.getByText('Drained').waitFor({ state: 'detached' });
    await card.getByRole('button', { name: 'Take the label night away' }).click();
    await card.getByText('night').waitFor({ state: 'detached' });

    await agent.leave();
    await page.getByRole('heading', { name: 'Away' }).waitFor();
    await page.getByRole('button', { name: 'Remove attic' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByText('attic is gone, and its key with it.').waitFor();
    await page.getByRole('heading', { name: 'Away' }).waitFor({ state: 'detached' });
    expect(errors).toEqual([]);
  });

  test('keep the one that is built in, and say why', async () => {
    const { page } = await desk.open('/agents');
    await page.getByRole('button', { name: /^Remove / }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click();
    await page
      .getByText(/This is the agent of the studio itself/)
      .first()
      .waitFor();
    expect(await page.getByRole('article').count()).toBe(1);
  });
});
