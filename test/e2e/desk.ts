import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCanvas } from '@napi-rs/canvas';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { openBrowser } from '../helpers/browser.ts';
import { type RunningProgram, serveStudio } from '../helpers/programs.ts';

export interface Desk {
  readonly url: string;
  /** A page of its own session (`session`: a sign-in as the desk keeps it); what it logs as an error is collected in `errors`. */
  open(
    path?: string,
    options?: BrowserContextOptions & { theme?: string; session?: string },
  ): Promise<DeskPage>;
  closePages(): Promise<void>;
  /** Ends the studio, or starts it again on the same data and port. */
  stopStudio(): Promise<void>;
  startStudio(): Promise<void>;
  close(): Promise<void>;
}

export interface DeskPage {
  readonly page: Page;
  readonly errors: string[];
  /** Sum of all layout shifts that followed no input, as the browser measures them. */
  shift(): Promise<number>;
}

/** Added to every page before its own scripts run. */
function watchShifts(): void {
  const shifts = { sum: 0 };
  Object.assign(window, { __shifts: shifts });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEntry & {
      value: number;
      hadRecentInput: boolean;
    })[]) {
      if (!entry.hadRecentInput) shifts.sum += entry.value;
    }
  }).observe({ type: 'layout-shift', buffered: true });
}

/** A real studio on a fresh data folder, and a real browser in front of it. `serveArgs` go to `atelier serve`. */
export async function openDesk(serveArgs: readonly string[] = []): Promise<Desk> {
  const dataDir = mkdtempSync(join(tmpdir(), 'atelier-desk-'));
  let port = '0';
  let studio: RunningProgram | undefined;
  let url = '';
  const startStudio = async () => {
    studio = await serveStudio(['--data', dataDir, '--port', port, ...serveArgs]);
    url = studio.said.replace(/\/$/, '');
    port = new URL(url).port;
  };
  await startStudio();
  const { browser, close } = await openBrowser();
  return {
    get url() {
      return url;
    },
    async open(path = '/', { theme = 'dark', session, ...options } = {}) {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
      await context.addInitScript(watchShifts);
      await context.addInitScript((choice) => localStorage.setItem('atelier.theme', choice), theme);
      if (session) {
        await context.addInitScript((kept) => sessionStorage.setItem('atelier.session', kept), session);
      }
      const page = await context.newPage();
      // Generous: a busy machine is slow, and nothing here is about speed.
      page.setDefaultTimeout(60_000);
      const errors: string[] = [];
      page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
      page.on('pageerror', (error) => errors.push(error.message));
      await page.goto(path === 'about:blank' ? path : url + path);
      const shift = () =>
        page.evaluate(() => (window as unknown as { __shifts: { sum: number } }).__shifts.sum);
      return { page, errors, shift };
    },
    async closePages() {
      await Promise.all(browser.contexts().map((context) => context.close()));
    },
    async stopStudio() {
      await studio?.end();
    },
    startStudio,
    async close() {
      await close();
      await studio?.end();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Drags a file over the page and lets it go, as a person does from a folder. */
export async function dropFile(
  page: Page,
  file: { name: string; type: string; bytes: Buffer },
  selector = 'body',
  events: readonly string[] = ['dragenter', 'dragover', 'drop'],
) {
  const transfer = await page.evaluateHandle(
    ([name, type, base64]) => {
      const data = new DataTransfer();
      const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
      data.items.add(new File([bytes], name, { type }));
      return data;
    },
    [file.name, file.type, file.bytes.toString('base64')] as const,
  );
  for (const event of events) {
    await page.dispatchEvent(selector, event, { dataTransfer: transfer });
  }
}

export const jsonFile = (name: string, value: unknown) => ({
  name,
  type: 'application/json',
  bytes: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
});

/** A picture of a sunset, small. */
export function photo(width = 96, height = 64): Buffer {
  const canvas = createCanvas(width, height);
  const paint = canvas.getContext('2d');
  const sky = paint.createLinearGradient(0, 0, 0, height);
  sky.addColorStop(0, '#27324f');
  sky.addColorStop(1, '#ff8a4c');
  paint.fillStyle = sky;
  paint.fillRect(0, 0, width, height);
  return canvas.toBuffer('image/png');
}

/** Load a picture, scale it, soften it, save it. */
export const softPhoto = {
  '1': { class_type: 'LoadImage', inputs: { image: 'photo.png' }, _meta: { title: 'Photo' } },
  '2': {
    class_type: 'ImageScale',
    inputs: { image: ['1', 0], upscale_method: 'lanczos', width: 512, height: 384, crop: 'disabled' },
  },
  '3': { class_type: 'ImageBlur', inputs: { image: ['2', 0], blur_radius: 2, sigma: 1.5 } },
  '4': {
    class_type: 'SaveImage',
    inputs: { images: ['3', 0], filename_prefix: 'Soft' },
    _meta: { title: 'Save' },
  },
};

/** Counts steps with a preview each, on an engine that has the probe node. */
export const probeGraph = (steps: number, secondsPerStep: number) => ({
  '1': { class_type: 'EmptyImage', inputs: { width: 64, height: 64, batch_size: 1, color: 16747084 } },
  '2': {
    class_type: 'EngineProbe',
    inputs: { image: ['1', 0], steps, seconds_per_step: secondsPerStep, mode: 'ok', seed: 7 },
    _meta: { title: 'Sampler' },
  },
  '3': { class_type: 'SaveImage', inputs: { images: ['2', 0], filename_prefix: 'Probe' } },
});

/** Work for some seconds: a large picture, blurred again and again, with a preview after each turn. */
export function slowGraph(turns: number, size = 1536) {
  const graph: Record<string, unknown> = {
    '1': { class_type: 'EmptyImage', inputs: { width: size, height: size, batch_size: 1, color: 16747084 } },
  };
  for (let turn = 2; turn < turns + 2; turn += 1) {
    graph[turn] = {
      class_type: 'ImageBlur',
      inputs: { image: [String(turn - 1), 0], blur_radius: 31, sigma: 10 },
    };
    graph[`p${turn}`] = { class_type: 'PreviewImage', inputs: { images: [String(turn), 0] } };
  }
  graph.save = {
    class_type: 'SaveImage',
    inputs: { images: [String(turns + 1), 0], filename_prefix: 'Slow' },
  };
  return graph;
}
