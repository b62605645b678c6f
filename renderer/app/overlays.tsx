import { Suspense } from 'react';
import { useOverlay } from '../state/overlays.ts';
import { useGlobalKeys } from './global-keys.ts';
import { later } from './page.ts';

// Fetched when they are opened for the first time.
const Palette = later(() => import('../components/palette/palette.tsx'));
const Shortcuts = later(() => import('../components/palette/shortcuts-sheet.tsx'));

/** What lies over the pages, and the keys that bring it there. */
export function Overlays() {
  useGlobalKeys();
  const open = useOverlay((all) => all.open);
  return (
    <Suspense>
      {open === 'palette' && <Palette />}
      {open === 'shortcuts' && <Shortcuts />}
    </Suspense>
  );
}
