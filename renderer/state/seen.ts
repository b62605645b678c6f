import { create } from 'zustand';

const storageKey = 'atelier.seen';

/** Until when failures were looked at in this browser. At the first visit nothing is old news. */
function stored(): number {
  const kept = Number(localStorage.getItem(storageKey));
  if (kept > 0) return kept;
  localStorage.setItem(storageKey, String(Date.now()));
  return Date.now();
}

export const useSeen = create<{ readonly at: number }>(() => ({ at: stored() }));

export function markSeen(): void {
  const at = Date.now();
  localStorage.setItem(storageKey, String(at));
  useSeen.setState({ at });
}
