import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { DeskPage } from '../desk.ts';
import type { Scene, Studio } from './scene.ts';

export const allWidths = [
  { width: 390, height: 844 },
  { width: 1024, height: 768 },
  { width: 1600, height: 1000 },
] as const;
export const allThemes = ['dark', 'light'] as const;

export interface Look {
  readonly theme: (typeof allThemes)[number];
  readonly viewport: (typeof allWidths)[number];
}

export const fileOf = (scene: Scene, { theme, viewport }: Look): string =>
  `${scene.name}-${viewport.width}-${theme}.png`;

/** Makes what the scene withholds stay away for ever, or fail, as its state wants it. */
async function withhold(page: Page, { withhold: parts = [], state }: Scene): Promise<void> {
  for (const part of parts) {
    await page.route(
      (url) => url.pathname.startsWith(`/api/v1${part}`),
      async (route) => {
        if (state === 'loading') return;
        const refused = part === '/auth/local';
        await route.fulfill({
          status: refused ? 403 : 500,
          contentType: 'application/json',
          body: JSON.stringify({
            error_message: 'The database is locked by another program. Try again in a moment.',
            error_code: 'internal',
          }),
        });
      },
    );
  }
}

/** Long pages wholly, with what is fixed to the edges of the window at the edges of the picture. */
async function stretch(page: Page, { viewport }: Look): Promise<void> {
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  if (height > viewport.height) await page.setViewportSize({ ...viewport, height: Math.min(height, 3000) });
}

/** Whoever looks, at one theme and size: one window for all scenes, since a new one takes a while. */
export class Viewer {
  readonly #shown: DeskPage;
  readonly #look: Look;
  readonly #studio: Studio;

  private constructor(shown: DeskPage, look: Look, studio: Studio) {
    this.#shown = shown;
    this.#look = look;
    this.#studio = studio;
  }

  static async open(look: Look, studio: Studio, as?: string): Promise<Viewer> {
    const session = as === undefined ? undefined : studio.known[as];
    const { theme, viewport } = look;
    const options = { viewport, theme, reducedMotion: 'reduce' as const, ...(session ? { session } : {}) };
    const shown = await studio.desk.open('/', options);
    // Whatever failed before they came is news to them.
    await shown.page.evaluate(() => localStorage.setItem('atelier.seen', '1'));
    return new Viewer(shown, look, studio);
  }

  /** Takes one picture; returns what the page complained of. Errors that the scene brings about itself do not count. */
  async take(scene: Scene, folder: string): Promise<string[]> {
    const { page, errors } = this.#shown;
    const studio = this.#studio;
    errors.length = 0;
    await page.setViewportSize(this.#look.viewport);
    await withhold(page, scene);
    await page.goto(studio.desk.url + (typeof scene.path === 'string' ? scene.path : scene.path(studio)));
    page.setDefaultTimeout(30_000);
    const lost = await Promise.resolve(scene.does?.(page, studio)).then(
      () => [],
      (error: Error) => [`did not come to its scene: ${error.message.split('\n')[0]}`],
    );
    await page.waitForTimeout(600);
    if (scene.whole) await stretch(page, this.#look);
    await page.screenshot({ path: join(folder, fileOf(scene, this.#look)) });
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    const meant = scene.state === 'error' || scene.withhold;
    return [
      ...lost,
      ...errors.filter((error) => !(meant && /Failed to load resource|status of/.test(error))),
    ];
  }

  close(): Promise<void> {
    return this.#shown.page.context().close();
  }
}
