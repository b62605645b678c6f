import { create } from 'zustand';

/** What a person has chosen in this browser, beside the theme. */
export interface Preferences {
  /** Shortcuts of one letter: in the way of whoever dictates. */
  readonly singleKeys: boolean;
  /** Notices in the window: of every finished task, or only of failures and long ones. */
  readonly everyTask: boolean;
  /** Notices of the system while the window is hidden. */
  readonly system: boolean;
  /** The three steps of the beginning were put away. */
  readonly begun: boolean;
}

const storageKey = 'atelier.preferences';
const defaults: Preferences = { singleKeys: true, everyTask: false, system: false, begun: false };

function stored(): Preferences {
  try {
    return { ...defaults, ...(JSON.parse(localStorage.getItem(storageKey) ?? '{}') as Partial<Preferences>) };
  } catch {
    return defaults;
  }
}

export const usePreferences = create<Preferences>(stored);

export function prefer(change: Partial<Preferences>): void {
  usePreferences.setState(change);
  localStorage.setItem(storageKey, JSON.stringify(usePreferences.getState()));
}
