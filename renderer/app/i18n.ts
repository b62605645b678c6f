import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { english } from './texts/en.ts';

/** All texts of the desk go through here; English is bundled, so the first paint has its words. */
export const i18n = i18next;

void i18next.use(initReactI18next).init({
  lng: 'en',
  fallbackLng: 'en',
  resources: { en: { translation: english } },
  interpolation: { escapeValue: false }, // React escapes
});

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    resources: { translation: typeof english };
  }
}
