import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { en } from './en.ts';
import { findLanguage, locales } from './locales.ts';

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: typeof en };
  }
}

const rightToLeft: readonly string[] = ['fa'];

/** Takes the first of the browser's languages that there is, else English, and marks the document with it. Returns its locale for Intl. */
export async function chooseLanguage(): Promise<string> {
  const { language, locale } = findLanguage(navigator.languages);
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'en',
    resources: Object.fromEntries(Object.entries(locales).map(([name, translation]) => [name, { translation }])),
    interpolation: { escapeValue: false }, // React escapes
  });
  // As useFormats does: not every region writes a language's numbers in the same way.
  i18next.services.formatter?.add('number', (value: number) => new Intl.NumberFormat(locale).format(value));
  document.documentElement.lang = language;
  document.documentElement.dir = rightToLeft.includes(language) ? 'rtl' : 'ltr';
  return locale.toString();
}
