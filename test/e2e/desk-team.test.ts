import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Desk, openDesk } from './desk.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk(['--no-agent']);
}, 60_000);
afterEach(() => desk.closePages());
afterAll(() => desk?.close());

test('a person comes in by a link, gets another role, and is out again at once', async () => {
  const { page: owner, errors } = await desk.open('/team');
  await owner.getByLabel('Their email address').fill('ada@example.org');
  await owner.getByRole('button', { name: 'Make a link' }).click();
  const link = (await owner.locator('main code').textContent()) ?? '';

  const { page: guest } = await desk.open(new URL(link).pathname + new URL(link).hash);
  await guest.getByRole('heading', { name: 'Join My studio' }).waitFor();
  await guest.getByLabel('Your name').fill('Ada');
  await guest.getByLabel('Choose a password').fill('a long password');
  await guest.getByRole('button', { name: 'Join the team' }).click();
  await guest.getByRole('link', { name: 'Team', exact: true }).click();
  await guest.getByText('2 people, you as Member').waitFor();
  expect(await guest.getByLabel('Their email address').count()).toBe(0);

  await owner.goto(`${desk.url}/team`);
  await owner.getByRole('combobox', { name: 'Role of Ada' }).click();
  await owner.getByRole('option', { name: 'Admin' }).click();
  await expect
    .poll(
      async () => {
        await guest.reload();
        await guest.getByText(/^2 people/).waitFor();
        return guest.getByText('2 people, you as Admin').isVisible();
      },
      { timeout: 20_000 },
    )
    .toBe(true);

  await owner.getByRole('button', { name: 'Remove Ada' }).click();
  await owner.getByRole('alertdialog').getByRole('button', { name: 'Remove', exact: true }).click();
  await owner.getByText('1 person, you as Owner').waitFor();
  expect(errors).toEqual([]);
}, 60_000);

test('the first password is set in the settings, and then asked for', async () => {
  const { page } = await desk.open();
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('link', { name: 'You', exact: true }).click();
  await page.getByLabel('New password').fill('short');
  await page.getByRole('button', { name: 'Set password' }).click();
  await page.getByRole('alert').getByText('8 to 128 characters.').waitFor();
  await page.getByLabel('New password').fill('a long password');
  await page.getByRole('button', { name: 'Set password' }).click();
  await page.getByText('The password is set.').waitFor();
  await page.getByLabel('Current password').fill('not that one');
  await page.getByLabel('New password').fill('another password');
  await page.getByRole('button', { name: 'Change password' }).click();
  await page.getByText('The current password is not right.').waitFor();
}, 60_000);

test('a device is let in by the code that it shows', async () => {
  const pairing = (await (
    await fetch(`${desk.url}/api/v1/desktop/pair/start`, { method: 'POST' })
  ).json()) as { verification_uri: string; device_code: string };
  const { page } = await desk.open(pairing.verification_uri.slice(desk.url.length));
  await page.getByLabel('Name of the device').fill('Laptop');
  await page.getByRole('button', { name: 'Let it in' }).click();
  await page.getByText('The device is in.').waitFor();
  const poll = await fetch(`${desk.url}/api/v1/desktop/pair/poll`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ device_code: pairing.device_code }),
  });
  expect(await poll.json()).toMatchObject({ status: 'approved', raw_key: expect.stringMatching(/^dk-/) });
}, 60_000);
