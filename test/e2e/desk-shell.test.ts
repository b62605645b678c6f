import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Desk, dropFile, jsonFile, openDesk, softPhoto } from './desk.ts';
import { type Owner, ownerOf } from './owner.ts';

let desk: Desk;
let owner: Owner;
const broken = {
  '1': { class_type: 'EmptyImage', inputs: { width: 8, height: 8, batch_size: 1, color: 0 } },
  '2': { class_type: 'NoSuchNode', inputs: { image: ['1', 0] } },
};
beforeAll(async () => {
  desk = await openDesk();
  owner = await ownerOf(desk.url);
  await owner.import({ workflow_slug: 'broken', display_name: 'Old upscaler', workflow_json: broken });
}, 120_000);
afterEach(() => desk.closePages());
afterAll(() => desk?.close());

describe('the palette', () => {
  test('leads to a page, a workflow and an action by a few letters', async () => {
    const { page, errors } = await desk.open('/tasks');
    await page.getByRole('heading', { name: 'Tasks' }).waitFor();
    const find = async (typed: string, option: string | RegExp) => {
      await page.keyboard.press('Control+K');
      await page.getByRole('dialog').getByRole('combobox').fill(typed);
      const first = page.getByRole('option').first();
      await expect.poll(() => first.textContent()).toMatch(option);
      expect(await first.getAttribute('aria-selected')).toBe('true');
      await page.keyboard.press('Enter');
    };
    await find('upsc', /^Run Old upscaler/);
    await page.waitForURL('**/workflows/broken');
    await find('set api', /^Settings: API keys/);
    await page.waitForURL('**/settings/keys');
    await find('theme day', /^Theme: Day/);
    await expect.poll(() => page.evaluate(() => document.documentElement.dataset.theme)).toBe('light');
    await find('pause', /^Pause the queue/);
    await page.getByRole('link', { name: 'Home', exact: true }).click();
    await page.getByText('The queue is paused').waitFor();
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByText('The queue is paused').waitFor({ state: 'detached' });
    expect(errors).toEqual([]);
  });

  test('says so when nothing is called so, and goes away by Escape', async () => {
    const { page } = await desk.open('/tasks');
    await page.getByRole('heading', { name: 'Tasks' }).waitFor();
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByRole('dialog').getByRole('combobox').fill('xyzzy');
    await page.getByText('Nothing is called “xyzzy”.').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });
});

test('letters lead to pages, but not while one types or has switched them off', async () => {
  const { page } = await desk.open('/tasks');
  await page.getByRole('heading', { name: 'Tasks' }).waitFor();
  await page.keyboard.press('w');
  await page.waitForURL('**/workflows');
  await page.goto(`${desk.url}/settings/profile`);
  await page.getByLabel('Name').first().press('q');
  await page.goto(`${desk.url}/settings`);
  await page.getByRole('switch', { name: 'Keys without Ctrl' }).click();
  await page.keyboard.press('w');
  await page.keyboard.press('?');
  expect(new URL(page.url()).pathname).toBe('/settings');
  expect(await page.getByRole('dialog').count()).toBe(0);
});

test('a failure of mine is told where I am, and waits on Home until I have seen it', async () => {
  const { page } = await desk.open('/team');
  await page.getByText('owner@atelier.local').waitFor();
  await owner.run('broken');
  await owner.run('broken');
  await page.getByText(/^(Old upscaler|2 tasks) failed$/).waitFor();
  await page.getByRole('link', { name: 'Home', exact: true }).click();
  const attention = page.getByRole('region', { name: 'Needs a hand' });
  await attention.getByText('2 tasks failed since your last look').waitFor();
  await attention.getByRole('button', { name: 'Seen' }).click();
  await attention.waitFor({ state: 'detached' });
  await page.reload();
  await page.getByRole('heading', { name: 'Machines' }).waitFor();
  expect(await page.getByRole('region', { name: 'Needs a hand' }).count()).toBe(0);
});

test('whoever may only look is offered nothing else', async () => {
  const session = await owner.member('viewer@example.org', 'viewer', 'Vic');
  const { page, errors } = await desk.open('/', { session });
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
  expect(await page.getByRole('button', { name: 'Run a sample now' }).count()).toBe(0);
  await dropFile(page, jsonFile('soft.json', softPhoto));
  await page.getByText('Only the owner and admins of this team can import workflows.').first().waitFor();
  expect(new URL(page.url()).pathname).toBe('/');
  await page.goto(`${desk.url}/team`);
  await page.getByText('owner@atelier.local').waitFor();
  for (const name of ['Make a link', 'Rename', 'Delete the team', 'Hand over'])
    expect(await page.getByRole('button', { name }).count()).toBe(0);
  await page.getByRole('button', { name: 'Leave the team' }).waitFor();
  await page.goto(`${desk.url}/settings/features`);
  await page.getByText('There is no such section of the settings.').waitFor();
  expect(errors).toEqual([]);
});

test('the studio’s owner sets limits, which hold at once', async () => {
  const { page, errors } = await desk.open('/settings/features');
  await page.getByLabel('Teams that one person owns').fill('two');
  await page.getByText('A whole number from 0 to 1,000,000, or nothing.').waitFor();
  await page.getByLabel('Teams that one person owns').fill('1');
  await page.keyboard.press('Enter');
  await expect
    .poll(async () => ((await owner.call('GET', '/features')).account as { quotas: object }).quotas)
    .toMatchObject({ max_owned_teams: 1 });
  await page.getByLabel('Teams that one person owns').fill('');
  await page.keyboard.press('Enter');
  await expect
    .poll(async () => ((await owner.call('GET', '/features')).account as { quotas: object }).quotas)
    .toMatchObject({ max_owned_teams: -1 });
  expect(errors).toEqual([]);
});

test('a team is made, renamed and deleted again by its name', async () => {
  const { page } = await desk.open('/team');
  await page.getByLabel('What is it called?').fill('Night shift');
  await page.getByRole('button', { name: 'Make a team' }).click();
  await page.getByText('No machine is connected').waitFor();
  await page.getByRole('link', { name: 'Team', exact: true }).click();
  await page.getByRole('heading', { name: 'Night shift', level: 1 }).waitFor();
  await page.getByLabel('Name of the team').fill('Day shift');
  await page.getByRole('button', { name: 'Rename' }).click();
  await page.getByRole('heading', { name: 'Day shift', level: 1 }).waitFor();
  await page.getByRole('button', { name: 'Delete the team' }).click();
  const forGood = page.getByRole('button', { name: 'Delete for good' });
  expect(await forGood.isDisabled()).toBe(true);
  await page.getByLabel('The name of the team').fill('Day shift');
  await forGood.click();
  await page.getByRole('link', { name: 'Team', exact: true }).click();
  await page.getByRole('heading', { name: 'My studio', level: 1 }).waitFor();
}, 120_000);
