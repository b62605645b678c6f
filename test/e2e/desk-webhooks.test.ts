import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openReceiver, signedWith, status, told } from '../helpers/webhook-receiver.ts';
import { type Desk, openDesk } from './desk.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
}, 60_000);
afterEach(() => desk.closePages());
afterAll(() => desk?.close());

const soon = { timeout: 30_000, interval: 100 };

async function fillIn(page: Page, name: string, url: string): Promise<void> {
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('Address', { exact: true }).fill(url);
  await page.getByRole('button', { name: 'Add', exact: true }).click();
}

async function allowPrivate(page: Page): Promise<void> {
  const allowed = page.getByRole('switch', { name: 'Addresses in your own network' });
  if ((await allowed.getAttribute('aria-checked')) === 'false') await allowed.click();
  await expect.poll(() => allowed.getAttribute('aria-checked'), soon).toBe('true');
}

test('a webhook is added, tested, told of a sample, given a new secret and deleted', async () => {
  const receiver = await openReceiver();
  receiver.answer = status(200, 'noted');
  const { page, errors } = await desk.open('/team');
  await page.getByText('Nobody is told of your tasks yet.').waitFor();
  await page.getByRole('button', { name: 'Add a webhook' }).click();
  await fillIn(page, 'Render farm', receiver.url);
  await page.getByRole('alert').getByText('Webhooks go by https only.').waitFor();
  // The refusal is an answer of the API, which a browser counts as an error of the page.
  expect(errors.splice(0)).toEqual([expect.stringContaining('400')]);
  await allowPrivate(page);
  await page.getByRole('button', { name: 'Add', exact: true }).click();

  const sheet = page.getByRole('dialog', { name: 'Render farm' });
  await sheet.getByText(receiver.url).waitFor();
  await sheet.getByRole('button', { name: 'Show', exact: true }).click();
  const secret = (await sheet.locator('code').textContent()) ?? '';
  expect(secret).toMatch(/^whsec_[\w-]{43}$/);
  await sheet.getByRole('button', { name: 'Send a test' }).click();
  await sheet
    .getByText(/^It answered 200 in/)
    .first()
    .waitFor();
  await sheet.getByRole('region', { name: 'What it answered' }).getByText('noted').waitFor();
  expect(signedWith(secret, receiver.received[0] as never)).toBe(true);
  await page.keyboard.press('Escape');
  await page.getByText(/^Delivered/).waitFor();

  const { page: elsewhere } = await desk.open('/');
  await elsewhere.getByRole('button', { name: 'Run a sample now' }).click();
  await elsewhere.getByRole('button', { name: 'Run', exact: true }).click();
  await elsewhere.waitForURL('**/tasks/*');
  const task = new URL(elsewhere.url()).pathname.split('/').at(-1);
  await expect.poll(() => receiver.received.length, { ...soon, timeout: 60_000 }).toBe(2);
  expect(told(receiver)[1]).toMatchObject({ event_type: 'task.completed', task_id: task });

  await page.getByRole('button', { name: 'Open the webhook Render farm' }).click();
  const log = sheet.getByRole('list').last();
  // By itself, without loading anything again.
  await sheet.locator('summary').filter({ hasText: 'done' }).click();
  await sheet.getByRole('region', { name: 'What was sent' }).getByText(String(task)).waitFor();
  expect(await log.count()).toBe(1);
  await sheet.getByRole('button', { name: 'New secret' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'New secret' }).click();
  await page.getByText('The new secret counts from now on.').waitFor();
  await expect.poll(() => sheet.locator('code').textContent(), soon).not.toBe(secret);

  await sheet.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('Nobody is told of your tasks yet.').waitFor();
  expect(errors).toEqual([]);
}, 120_000);

test('a failing target says why, in the list and in the log, as it happens', async () => {
  const receiver = await openReceiver();
  receiver.answer = status(500, 'out of paper');
  const { page } = await desk.open('/team');
  await page.getByRole('button', { name: 'Add a webhook' }).click();
  await allowPrivate(page);
  await fillIn(page, 'Printer', receiver.url);
  const sheet = page.getByRole('dialog', { name: 'Printer' });
  await sheet.getByRole('button', { name: 'Send a test' }).click();
  await sheet.getByText('127.0.0.1 answered 500.').first().waitFor();
  await sheet.getByText('Failed').first().waitFor();
  await sheet.getByRole('switch', { name: 'Active' }).click();
  await page.keyboard.press('Escape');
  await page.getByText('Switched off').waitFor();
}, 60_000);

test('whoever is no admin sees nothing of webhooks', async () => {
  const { page: owner } = await desk.open('/team');
  await owner.getByLabel('Their email address').fill('vera@example.org');
  await owner.getByRole('button', { name: 'Make a link' }).click();
  const link = (await owner.locator('main code').textContent()) ?? '';
  const { page } = await desk.open(new URL(link).pathname + new URL(link).hash);
  await page.getByLabel('Your name').fill('Vera');
  await page.getByLabel('Choose a password').fill('a long password');
  await page.getByRole('button', { name: 'Join the team' }).click();
  await page.getByRole('link', { name: 'Team', exact: true }).click();
  await page.getByText('2 people, you as Member').waitFor();
  expect(await page.getByRole('heading', { name: 'Webhooks' }).count()).toBe(0);
}, 60_000);

test.each([
  { theme: 'dark', width: 1440 },
  { theme: 'light', width: 390 },
])(
  'is accessible and fits: $theme, $width wide',
  async ({ theme, width }) => {
    const receiver = await openReceiver();
    receiver.answer = status(200, 'noted');
    const options = {
      theme,
      viewport: { width, height: 844 },
      bypassCSP: true,
      reducedMotion: 'reduce',
    } as const;
    const { page } = await desk.open('/team', options);
    await page.evaluate(axe.source);
    const violations = () =>
      page.evaluate(async () => {
        const found = await (window as unknown as { axe: typeof axe }).axe.run(document);
        return found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
      });
    await allowPrivate(page);
    await page.getByRole('button', { name: 'Add a webhook' }).click();
    expect(await violations()).toEqual([]);
    await fillIn(page, `A name that is rather long, of ${theme}`, receiver.url);
    const sheet = page.getByRole('dialog');
    await sheet.getByRole('button', { name: 'Send a test' }).click();
    await sheet.locator('summary').click();
    await sheet.getByRole('region', { name: 'What was sent' }).waitFor();
    expect(await violations()).toEqual([]);
    await page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'detached' });
    expect(await violations()).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  },
  60_000,
);
