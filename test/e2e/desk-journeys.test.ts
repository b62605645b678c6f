import { createHash } from 'node:crypto';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Desk, dropFile, openDesk } from './desk.ts';
import { ownerOf } from './owner.ts';

/**
 * What people do most, counted in clicks and keys; a drop counts as one, so does typing a text into one field. The counts
 * are bounds: who needs more has made it worse.
 */
let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
}, 120_000);
afterEach(() => desk.closePages());
afterAll(() => desk?.close());

/** Counts what a person does. */
class Hand {
  readonly #page: Page;
  readonly done: string[] = [];

  constructor(page: Page) {
    this.#page = page;
  }

  async click(role: 'button' | 'link', name: string | RegExp): Promise<void> {
    this.done.push(`click ${String(name)}`);
    await this.#page
      .getByRole(role, { name, ...(typeof name === 'string' ? { exact: true } : {}) })
      .first()
      .click();
  }

  async type(label: string, text: string): Promise<void> {
    this.done.push(`type ${label}`);
    await this.#page.getByLabel(label).fill(text);
  }

  async drop(file: Parameters<typeof dropFile>[1]): Promise<void> {
    this.done.push('drop');
    await this.#page.getByRole('navigation', { name: 'Main' }).waitFor();
    await dropFile(this.#page, file);
  }

  tell(journey: string): number {
    console.log(`journey: ${journey}: ${this.done.length} (${this.done.join(', ')})`);
    return this.done.length;
  }
}

const picture = async (page: Page): Promise<void> => {
  await page.waitForURL('**/tasks/*');
  const made = page.getByRole('img', { name: /^Picture made by/ });
  await made.waitFor();
  expect(await made.evaluate((one) => (one as HTMLImageElement).naturalWidth)).toBeGreaterThan(0);
};

test('the first picture after the installation', async () => {
  const { page } = await desk.open();
  const hand = new Hand(page);
  await hand.click('button', 'Run a sample now');
  await hand.click('button', 'Run');
  await picture(page);
  expect(hand.tell('first picture after the installation')).toBeLessThanOrEqual(2);
});

test('a dropped picture is run again', async () => {
  const owner = await ownerOf(desk.url);
  const { task_list } = (await owner.call('GET', '/r/tasks?status=completed')) as {
    task_list: { id: string }[];
  };
  const result = await owner.call('GET', `/r/tasks/${task_list[0]?.id ?? ''}/result`);
  const [output] = result.outputs as { url: string; sha256: string }[];
  const bytes = Buffer.from(await (await fetch(new URL(output?.url ?? '', desk.url))).arrayBuffer());
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(output?.sha256);
  const { page } = await desk.open();
  const hand = new Hand(page);
  await hand.drop({ name: 'from-a-friend.png', type: 'image/png', bytes });
  await hand.click('button', 'Import');
  await hand.click('button', 'Run');
  await picture(page);
  expect(hand.tell('a dropped PNG to a run')).toBeLessThanOrEqual(3);
});

test('a colleague is invited', async () => {
  const { page } = await desk.open();
  const hand = new Hand(page);
  await hand.click('link', 'Team');
  await hand.type('Their email address', 'colleague@example.org');
  await hand.click('button', 'Make a link');
  await page
    .getByRole('status')
    .getByText(/colleague@example.org/)
    .waitFor();
  await hand.click('button', 'Copy link');
  expect(hand.tell('invite a colleague')).toBeLessThanOrEqual(4);
});

test('a picture of before is found and run again', async () => {
  const { page } = await desk.open();
  const hand = new Hand(page);
  await hand.click('link', /^Picture made by/);
  await hand.click('button', 'Run again');
  await picture(page);
  expect(hand.tell('find and re-run an earlier picture')).toBeLessThanOrEqual(2);
});
