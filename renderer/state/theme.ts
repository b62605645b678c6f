import { create } from 'zustand';

export const themeChoices = ['dark', 'light', 'system'] as const;
export type ThemeChoice = (typeof themeChoices)[number];

const storageKey = 'atelier.theme';
const prefersLight = window.matchMedia('(prefers-color-scheme: light)');

function stored(): ThemeChoice {
  const value = localStorage.getItem(storageKey);
  return themeChoices.find((choice) => choice === value) ?? 'dark';
}

function paint(choice: ThemeChoice): void {
  const light = choice === 'light' || (choice === 'system' && prefersLight.matches);
  document.documentElement.dataset.theme = light ? 'light' : 'dark';
  document.querySelector('meta[name="theme-color"]')?.setAttribute('content', light ? '#f6f2ec' : '#141210');
}

interface ThemeState {
  readonly choice: ThemeChoice;
  choose(choice: ThemeChoice): void;
}

/** Dark unless the person chose otherwise; painted once before the first render, so nothing flashes. */
export const useTheme = create<ThemeState>((set) => ({
  choice: stored(),
  choose: (choice) => {
    localStorage.setItem(storageKey, choice);
    paint(choice);
    set({ choice });
  },
}));

paint(useTheme.getState().choice);
prefersLight.addEventListener('change', () => paint(useTheme.getState().choice));
