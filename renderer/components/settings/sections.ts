import { type ComponentType, type LazyExoticComponent, lazy } from 'react';
import type { Operation } from '#shared/rights.ts';

export interface SettingsSection {
  /** In the address, `/settings/<name>`, and its heading in the texts. */
  readonly name: string;
  readonly page: LazyExoticComponent<ComponentType>;
  /** Shown to whoever may do this in the current team. */
  readonly needs?: Operation;
  /** Shown to the person whose studio it is. */
  readonly operator?: true;
}

/** The sections in their order: a new one is a file here, a line in this list and its heading in the texts. */
export const sections = [
  { name: 'appearance', page: lazy(() => import('./appearance.tsx')) },
  { name: 'profile', page: lazy(() => import('./profile.tsx')) },
  { name: 'notices', page: lazy(() => import('./notices.tsx')) },
  { name: 'keys', page: lazy(() => import('./keys.tsx')), needs: 'createCredential' },
  { name: 'storage', page: lazy(() => import('./storage.tsx')), needs: 'getStorage' },
  { name: 'network', page: lazy(() => import('./network.tsx')) },
  { name: 'features', page: lazy(() => import('./features.tsx')), operator: true },
  { name: 'startup', page: lazy(() => import('./startup.tsx')) },
  { name: 'about', page: lazy(() => import('./about.tsx')) },
] as const satisfies readonly SettingsSection[];
