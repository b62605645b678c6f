import axe from 'axe-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Desk, type DeskPage, openDesk } from './desk.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
}, 120_000);
afterEach(() => desk?.closePages());
afterAll(() => desk?.close());

async function token(): Promise<{ authorization: string; team: string }> {
  const reply = await fetch(`${desk.url}/api/v1/auth/local`, { method: 'POST' });
  const { access_token } = (await reply.json()) as { access_token: string };
  const authorization = `Bearer ${access_token}`;
  const me = await fetch(`${desk.url}/api/v1/users/me`, { headers: { authorization } });
  const { team_list } = (await me.json()) as { team_list: { id: string }[] };
  return { authorization, team: team_list[0]?.id ?? '' };
}

async function api(method: string, path: string, json?: unknown): Promise<unknown> {
  const { authorization, team } = await token();
  const reply = await fetch(`${desk.url}/api/v1${path}`, {
    method,
    headers: { authorization, 'x-team-id': team, 'content-type': 'application/json' },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
  });
  expect(reply.ok, path).toBe(true);
  return reply.json();
}

/** Uploads an input of so many bytes. */
async function upload(file_size: number): Promise<void> {
  const announced = { file_name: 'a.png', file_size, content_type: 'image/png' };
  const slot = (await api('POST', '/r/files/presign', announced)) as {
    upload_url: string;
    upload_headers: Record<string, string>;
  };
  const put = { method: 'PUT', headers: slot.upload_headers, body: new Uint8Array(file_size) };
  expect((await fetch(slot.upload_url, put)).status).toBe(200);
}

async function openStorage(options: Parameters<Desk['open']>[1] = {}): Promise<DeskPage> {
  const made = await desk.open('/settings/storage', options);
  await made.page.getByRole('heading', { name: 'Storage', exact: true }).waitFor();
  return made;
}

async function violations({ page }: DeskPage): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { violations: found } = await (window as unknown as { axe: typeof axe }).axe.run(document);
    return found.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  });
}

test('shows what is kept by kind, and the room on the disk', async () => {
  await upload(1_500_000);
  const { page, errors } = await openStorage();
  await page.getByText('1.5 MB').waitFor();
  await page.getByText('1 file', { exact: true }).waitFor();
  await page.getByText(/ of .* free/).waitFor();
  await api('PUT', '/features', { team: { quotas: { max_storage_bytes: 3_000_000 } } });
  await page.reload();
  await page.getByText('1.5 MB of 3.0 MB kept').waitFor();
  await api('PUT', '/features', { team: { quotas: { max_storage_bytes: null } } });
  expect(errors).toEqual([]);
}, 120_000);

test('keeps results for ever until somebody says otherwise, and asks before it is less', async () => {
  const { page } = await openStorage();
  const results = page.getByRole('combobox', { name: 'Pictures and other results' });
  await expect.poll(() => results.textContent()).toBe('For ever');
  await results.click();
  await page.getByRole('option', { name: '30 days' }).click();
  const asked = page.getByRole('alertdialog');
  await asked.getByRole('button', { name: 'Leave it as it is' }).click();
  await expect.poll(() => results.textContent()).toBe('For ever');
  await results.click();
  await page.getByRole('option', { name: '30 days' }).click();
  await asked.getByRole('button', { name: 'Keep 30 days' }).click();
  await expect.poll(() => results.textContent()).toBe('30 days');
  expect(await api('GET', '/storage/retention')).toMatchObject({ output_days: 30, input_days: 1 });
  const inputs = page.getByRole('combobox', { name: 'Files given to workflows' });
  await inputs.focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await expect.poll(() => inputs.textContent()).toBe('For ever');
  expect(await api('GET', '/storage/retention')).toMatchObject({ input_days: -1 });
}, 120_000);

test('says that there is nothing to clean up, and asks nothing then', async () => {
  const { page } = await openStorage();
  await page.getByRole('button', { name: 'Clean up now' }).click();
  await page.getByText('Nothing to clean up').waitFor();
  expect(await page.getByRole('alertdialog').count()).toBe(0);
}, 120_000);

test('says what cleaning up would free, does it, and says what it freed', async () => {
  // What is past its time takes a day: the studio's answers stand in for it.
  const made = await openStorage();
  const { page } = made;
  let cleaned = false;
  await page.route('**/api/v1/storage/clean', (route) => {
    const plan = (route.request().postDataJSON() as { dry_run: boolean }).dry_run;
    cleaned ||= !plan;
    return route.fulfill({ json: { inputs: 4, outputs: 1, uploads: 0, freed_bytes: 48_000_000 } });
  });
  await page.getByRole('button', { name: 'Clean up now' }).click();
  const asked = page.getByRole('alertdialog');
  await asked.getByText('Free 48.0 MB?').waitFor();
  await asked.getByText('4 files given to workflows').waitFor();
  await asked.getByText('1 result, past its time').waitFor();
  expect(await violations(made)).toEqual([]);
  expect(cleaned).toBe(false);
  await asked.getByRole('button', { name: 'Clean up', exact: true }).click();
  await page.getByText('48.0 MB freed.').waitFor();
  expect(cleaned).toBe(true);
}, 120_000);

test.each(['dark', 'light'])(
  'has no axe violation in the %s theme',
  async (theme) => {
    const made = await openStorage({ theme });
    await made.page.getByText(/ of .* free/).waitFor();
    expect(await violations(made)).toEqual([]);
  },
  120_000,
);
