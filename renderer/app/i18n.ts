import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { english } from './texts/en.ts';
import type { later } from './texts/en-later.ts';

/** All texts of the desk go through here; what the first paint says is bundled with it. */
export const i18n = i18next;

void i18next.use(initReactI18next).init({
  lng: 'en',
  fallbackLng: 'en',
  resources: { en: { translation: english } },
  interpolation: { escapeValue: false }, // React escapes
});

let coming: Promise<unknown> | undefined;

/** The rest of the texts, fetched once. */
export function laterTexts(): Promise<unknown> {
  coming ??= import('./texts/en-later.ts').then(({ later: rest }) =>
    i18next.addResourceBundle('en', 'translation', rest, true, true),
  );
  return coming;
}

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    resources: { translation: typeof english & typeof later };
  }
}
