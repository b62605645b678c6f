import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { safetensors, samples } from '../unit/shared/models/samples.ts';
import { type Desk, openDesk } from './desk.ts';
import { model, studio } from './model-scenes.ts';
import { ScriptedAgent } from './scripted-agent.ts';

let desk: Desk;
let agent: ScriptedAgent;
const disk = { folder: '/models', total: 2e12, free: 640e9 };

beforeAll(async () => {
  desk = await openDesk(['--no-agent']);
  agent = await ScriptedAgent.join(desk.url);
}, 120_000);
afterAll(async () => {
  await agent?.leave();
  await desk?.close();
});
beforeEach(() => agent.models(studio, disk));

const open = async (options: Parameters<Desk['open']>[1] = {}) => {
  const shown = await desk.open('/models', options);
  await rows(shown.page).first().waitFor();
  return shown;
};
const upload = (page: Page) => page.getByRole('button', { name: 'Upload', exact: true });
const file = (name: string, bytes: Uint8Array) => ({
  ...{ name, mimeType: 'application/octet-stream', buffer: Buffer.from(bytes) },
});
const rows = (page: Page) => page.locator('[data-path]');
const rowOf = (page: Page, path: string) => page.locator(`[data-path="${path}"]`);

describe('the Models page', () => {
  it('finds models by words and by folder, and shows all about one', async () => {
    const { page, errors } = await open();
    await page.getByText('12 models on your machines').waitFor();
    await page.getByLabel('Search models').fill('sdxl');
    await page.getByText('6 models', { exact: true }).waitFor();
    await page.getByLabel('Search models').press('Escape');
    await page.getByLabel('Folder').click();
    await page.getByRole('option', { name: 'vae (2)' }).click();
    await page.getByText('2 models', { exact: true }).waitFor();
    await rows(page).last().click();
    const sheet = page.getByRole('dialog', { name: 'sdxl_vae.safetensors' });
    await sheet.getByText('workstation (for comfyui)').waitFor();
    await page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'hidden' });
    expect(errors).toEqual([]);
    await desk.closePages();
  });

  it('shows what an agent brings while it is open', async () => {
    const { page } = await open();
    agent.models([model('loras/new-one.safetensors', 5e6)], disk);
    await rowOf(page, 'loras/new-one.safetensors').waitFor();
    agent.sync({ phase: 'downloading', detail: 'Downloading model x (2.1 GB)', percent: 45, fetching: [] });
    await page.getByText('Downloading model x (2.1 GB)').waitFor();
    agent.sync({ phase: '', detail: '', percent: 0, fetching: [] });
    await page.getByText('Downloading model x (2.1 GB)').waitFor({ state: 'hidden' });
    await desk.closePages();
  });

  it('uploads a model, knows what it is, switches it off and deletes it after asking', async () => {
    const { page, errors } = await open();
    await upload(page).click();
    await page
      .getByLabel('Choose a model file')
      .last()
      .setInputFiles(file('clay v2.safetensors', samples.loraXl));
    await page.getByText('It looks like: LoRA · SDXL').waitFor();
    await page.getByRole('button', { name: /^Upload \d/ }).click();
    const row = rowOf(page, 'loras/clay v2.safetensors');
    await row.waitFor();
    await row.click();
    const sheet = page.getByRole('dialog');
    await sheet.getByText('on no machine yet').waitFor();
    await sheet.getByRole('button', { name: 'Switch off' }).click();
    await sheet.getByRole('button', { name: 'Switch on' }).waitFor();
    await sheet.getByRole('button', { name: 'Delete from the library' }).click();
    await page.getByRole('button', { name: 'Delete from the library' }).last().click();
    await row.waitFor({ state: 'hidden' });
    expect(errors).toEqual([]);
    await desk.closePages();
  });

  it('goes on with an upload after the page was left, with the same file only', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'atelier-upload-'));
    const path = join(folder, 'big_vae.safetensors');
    writeFileSync(
      path,
      safetensors({ 'decoder.conv_in.weight': [3_000_000], 'encoder.conv_in.weight': [1] }),
    );
    const { page } = await open();
    await page.route('**/files/parts/**', (route) => route.abort());
    await upload(page).click();
    await page.getByLabel('Choose a model file').last().setInputFiles(path);
    await page.getByRole('button', { name: /^Upload \d/ }).click();
    const kept = () => page.evaluate(() => localStorage.getItem('atelier.model-uploads') ?? '');
    await expect.poll(kept, { timeout: 30_000 }).toContain('uploadId');
    await page.unroute('**/files/parts/**');
    await page.reload();
    await page.getByText('Choose the same file again').waitFor();
    const again = page.getByLabel('Choose the file').last();
    await again.setInputFiles(file('big_vae.safetensors', samples.vae));
    await page.getByText('That is another file').first().waitFor();
    await again.setInputFiles(path);
    await rowOf(page, 'vae/big_vae.safetensors').waitFor();
    expect(await kept()).toBe('[]');
    rmSync(folder, { recursive: true });
    await desk.closePages();
  });

  it('refuses a file that is cut off before a byte is sent', async () => {
    const { page } = await open();
    await upload(page).click();
    const cut = file('cut.safetensors', samples.sdxl.slice(0, 100));
    await page.getByLabel('Choose a model file').last().setInputFiles(cut);
    await page.getByText(/This file is not whole/).waitFor();
    expect(await page.getByRole('button', { name: /^Upload \d/ }).isDisabled()).toBe(true);
    await desk.closePages();
  });

  it('draws as many rows as one sees, of thousands', async () => {
    const many = Array.from({ length: 450 }, (_, n) =>
      model(`loras/${String(n).padStart(4, '0')}.safetensors`, 1e6),
    );
    agent.models(many, disk);
    const { page } = await open();
    await page.getByLabel('Search models').fill('loras');
    await page.getByText('450 models', { exact: true }).waitFor();
    expect(await rows(page).count()).toBeLessThan(60);
    await expect
      .poll(
        async () => {
          await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
          return rowOf(page, 'loras/0449.safetensors').count();
        },
        { timeout: 30_000 },
      )
      .toBe(1);
    await desk.closePages();
  });

  it('stays as wide as a phone', async () => {
    const { page } = await open({ viewport: { width: 390, height: 844 } });
    const width = () => page.evaluate(() => document.documentElement.scrollWidth);
    expect(await width()).toBe(390);
    await rows(page).first().click();
    await page.getByRole('dialog').waitFor();
    expect(await width()).toBe(390);
    await desk.closePages();
  });

  it.each(['dark', 'light'])('has no accessibility violation in the %s theme', async (theme) => {
    const { page } = await open({ theme, bypassCSP: true, reducedMotion: 'reduce' });
    await page.evaluate(axe.source);
    const violations = () =>
      page.evaluate(async () => {
        const found = await (window as unknown as { axe: typeof axe }).axe.run(document);
        return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
      });
    expect(await violations()).toEqual([]);
    for (const name of ['Upload', 'Download by address']) {
      await page.getByRole('button', { name, exact: true }).first().click();
      await page.getByRole('dialog').waitFor();
      expect(await violations()).toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
    }
    await rows(page).first().click();
    await page.getByRole('dialog').waitFor();
    expect(await violations()).toEqual([]);
    await desk.closePages();
  });
});
