import { lazy, Suspense } from 'react';
import { useOverlay } from '../state/overlays.ts';
import { useGlobalKeys } from './global-keys.ts';

// Fetched when they are opened for the first time.
const Palette = lazy(() => import('../components/palette/palette.tsx'));
const Shortcuts = lazy(() => import('../components/palette/shortcuts-sheet.tsx'));

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
