/**
 * Pictures of the Models page in its states, in both themes and three widths: `node test/e2e/model-tour.ts FOLDER
 * [scene …]`. The models are told by a scripted agent, the studio and the browser are real.
 */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { safetensors } from '../unit/shared/models/samples.ts';
import { openDesk } from './desk.ts';
import { model, portrait, studio } from './model-scenes.ts';
import { ScriptedAgent } from './scripted-agent.ts';

const [folder = resolve(import.meta.dirname, '../../shots'), ...wanted] = process.argv.slice(2);
const sizes = [
  { name: 'phone', width: 390, height: 844 },
  { name: 'desk', width: 1440, height: 900 },
] as const;
const disk = { folder: '/home/ada/atelier/models', total: 2e12, free: 640e9 };
const quiet = { phase: '', detail: '', percent: 0, fetching: [] } as const;

/** Imports as the owner who sits at this machine. */
async function importWorkflow(url: string, json: object): Promise<void> {
  const ask = (path: string, init: RequestInit) =>
    fetch(`${url}/api/v1${path}`, {
      ...init,
      headers: { 'content-type': 'application/json', ...init.headers },
    });
  const { access_token } = (await (await ask('/auth/local', { method: 'POST', body: '{}' })).json()) as {
    access_token: string;
  };
  const authorization = `Bearer ${access_token}`;
  const me = (await (await ask('/users/me', { headers: { authorization } })).json()) as {
    team_list: { id: string }[];
  };
  const headers = { authorization, 'x-team-id': me.team_list[0]?.id ?? '' };
  const reply = await ask('/workflows/import', { method: 'POST', headers, body: JSON.stringify(json) });
  if (!reply.ok) throw new Error(await reply.text());
}

const wholeFile = {
  name: 'clay_v2.safetensors',
  mimeType: 'application/octet-stream',
  buffer: Buffer.from(
    safetensors(
      { 'lora_unet_down_blocks_1_attentions_0_attn2_to_k.lora_down.weight': [4, 2048] },
      { 'modelspec.title': 'Clay figures v2' },
    ),
  ),
};

const many = Array.from({ length: 400 }, (_, n) =>
  model(`loras/set/${String(n).padStart(3, '0')}.safetensors`, 220e6 + n * 1e6, {
    kind: 'lora',
    base: 'Flux',
  }),
);

interface Scene {
  readonly models?: typeof studio;
  readonly does?: (page: Page) => Promise<unknown>;
  readonly sync?: Parameters<ScriptedAgent['sync']>[0];
}

const click = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).first().click();

const scenes: Record<string, Scene> = {
  empty: { models: [] },
  full: {
    models: studio,
    sync: {
      phase: 'downloading',
      detail: 'Downloading model flux1-dev-fp8.safetensors (11.9 GB)',
      percent: 45,
      fetching: ['diffusion_models/flux1-dev-fp8.safetensors'],
    },
  },
  stuck: {
    models: studio,
    sync: {
      phase: 'stuck',
      detail:
        'The disk is full: loras/kiln-glow.safetensors needs 229 MB more, 812 MB are free, and 1.0 GB must stay free. Free some space; it goes on by itself.',
      percent: 0,
      fetching: ['loras/kiln-glow.safetensors'],
    },
  },
  search: { models: studio, does: (page) => page.getByLabel('Search models').fill('sdxl') },
  nothing: { models: studio, does: (page) => page.getByLabel('Search models').fill('no such thing') },
  detail: { models: studio, does: (page) => page.locator('[data-path^="checkpoints/sd_xl"]').click() },
  pickle: { models: studio, does: (page) => page.locator('[data-path^="checkpoints/old"]').click() },
  duplicates: { models: studio, does: (page) => page.getByText('Files of the same content').click() },
  many: { models: [...studio, ...many] },
  uploadChoose: { models: studio, does: (page) => click(page, 'Upload') },
  upload: {
    models: studio,
    does: async (page) => {
      await click(page, 'Upload');
      await page.getByLabel('Choose a model file').last().setInputFiles(wholeFile);
    },
  },
  uploadBroken: {
    models: studio,
    does: async (page) => {
      await click(page, 'Upload');
      const cut = { ...wholeFile, buffer: wholeFile.buffer.subarray(0, 300) };
      await page.getByLabel('Choose a model file').last().setInputFiles(cut);
    },
  },
  fetch: { models: studio, does: (page) => click(page, 'Download') },
  fetchFailed: {
    models: studio,
    does: async (page) => {
      await click(page, 'Download by address');
      await page
        .getByLabel('Address of the file')
        .fill(`https://nowhere.invalid/${crypto.randomUUID()}.safetensors`);
      await page.getByRole('button', { name: 'Download', exact: true }).last().click();
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
    },
  },
};

mkdirSync(folder, { recursive: true });
const desk = await openDesk(['--no-agent']);
await importWorkflow(desk.url, portrait);
const agent = await ScriptedAgent.join(desk.url);
try {
  for (const theme of ['dark', 'light']) {
    for (const { name: size, ...viewport } of sizes) {
      const { page, errors } = await desk.open('/', { viewport, theme, reducedMotion: 'reduce' });
      for (const [name, scene] of Object.entries(scenes)) {
        if (wanted.length > 0 && !wanted.includes(name)) continue;
        agent.models(scene.models ?? [], disk);
        agent.sync(scene.sync ?? { ...quiet, fetching: [] });
        await page.goto(`${desk.url}/models`);
        await page.getByRole('heading', { level: 2 }).first().waitFor();
        await page.waitForTimeout(300);
        await scene.does?.(page);
        await page.waitForTimeout(700);
        await page.screenshot({
          path: join(folder, `${name}-${size}-${theme}.png`),
          fullPage: !scene.does && name !== 'many',
        });
      }
      for (const error of errors) console.error(`${theme} ${size}: ${error}`);
      await desk.closePages();
    }
  }
} finally {
  await agent.leave();
  await desk.close();
}
