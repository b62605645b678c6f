import type { Page } from 'playwright-core';
import { type Desk, openDesk } from '../desk.ts';

/** What a scene shows of its page. */
export type SceneState = 'full' | 'empty' | 'loading' | 'error' | 'detail';

/**
 * One picture of the tour. To add a page to the tour, add its scenes to a list in this folder; a route of the desk
 * without a scene fails test/e2e/desk-pages.test.ts.
 */
export interface Scene {
  /** Names the file: letters, digits and hyphens. */
  readonly name: string;
  /** The route of the desk that it shows, as in renderer/app/shell.tsx. */
  readonly route: string;
  readonly state: SceneState;
  /** In which studio it is taken; the studios are in studios.ts. */
  readonly studio: string;
  /** The address to open. */
  readonly path: string | ((studio: Studio) => string);
  /** Makes answers of the gateway stay away (`loading`) or fail (`error`); a part of their address. */
  readonly withhold?: readonly string[];
  /** Who looks: a sign-in that the studio knows. The owner, when left out. */
  readonly as?: string;
  /** Waits for what it shows, or brings it about. */
  readonly does?: (page: Page, studio: Studio) => Promise<unknown>;
  /** Below the fold too. */
  readonly whole?: boolean;
}

/** A studio with something in it; what scenes have to know of it is in `known`. */
export interface Studio {
  readonly desk: Desk;
  readonly known: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** A studio that needs nothing but its desk. */
export async function plainStudio(args: readonly string[] = []): Promise<Studio> {
  const desk = await openDesk(args);
  return { desk, known: {}, close: () => desk.close() };
}
