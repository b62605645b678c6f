import { useEffect } from 'react';
import { useLocation } from 'wouter';
import { openPalette, openShortcuts, useOverlay } from '../state/overlays.ts';
import { usePreferences } from '../state/preferences.ts';

/** One letter leads to a page, as ComfyUI's users know it: Q the queue, W workflows, M models. */
export const pageKeys: Readonly<Record<string, string>> = {
  h: '/',
  w: '/workflows',
  q: '/tasks',
  g: '/gallery',
  m: '/models',
  e: '/engines',
};

/** Is somebody typing, or busy in a dialog or a list? Then a letter is a letter. */
function isTyping(target: EventTarget | null): boolean {
  if (document.querySelector('[role="dialog"],[role="alertdialog"]')) return true;
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.matches(
        'input,textarea,select,[role="combobox"],[role="listbox"],[role="option"],[role="slider"]',
      ))
  );
}

/** The shortcuts that hold on every page. */
export function useGlobalKeys(): void {
  const [, navigate] = useLocation();
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const command = event.ctrlKey || event.metaKey;
      const take = (act: () => void) => {
        event.preventDefault();
        act();
      };
      if (command && !event.altKey && event.key.toLowerCase() === 'k') return take(openPalette);
      if (command && event.key === ',') return take(() => navigate('/settings'));
      if (command || event.altKey || event.defaultPrevented || useOverlay.getState().open) return;
      if (isTyping(event.target)) return;
      if (!usePreferences.getState().singleKeys) return;
      if (event.key === '?') return take(openShortcuts);
      if (event.key === '/') {
        const search = document.querySelector<HTMLInputElement>('main input[type="search"]');
        if (search) take(() => search.focus());
        return;
      }
      const page = event.shiftKey ? undefined : pageKeys[event.key.toLowerCase()];
      if (page) take(() => navigate(page));
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [navigate]);
}
