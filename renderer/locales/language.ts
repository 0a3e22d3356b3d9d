import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { en } from './en.ts';
import { fa } from './fa.ts';
import type { Locale } from './locale.ts';
import { ru } from './ru.ts';

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: typeof en };
  }
}

const locales: Readonly<Record<string, Locale>> = { en, ru, fa };
const rightToLeft: readonly string[] = ['fa'];

/** Takes the first of the browser's languages that there is, else English, and marks the document with it. Returns its locale for Intl. */
export async function chooseLanguage(): Promise<string> {
  const locale = wantedLocale(navigator.languages);
  const { language } = locale;
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'en',
    resources: Object.fromEntries(Object.entries(locales).map(([name, translation]) => [name, { translation }])),
    interpolation: { escapeValue: false }, // React escapes
  });
  document.documentElement.lang = language;
  document.documentElement.dir = rightToLeft.includes(language) ? 'rtl' : 'ltr';
  return locale.toString();
}

function wantedLocale(tags: readonly string[]): Intl.Locale {
  for (const tag of tags) {
    try {
      const locale = new Intl.Locale(tag);
      if (locale.language in locales) return locale;
    } catch {
      // A tag such as en-US@posix, which Intl throws on: a headless Chromium without a locale has it.
    }
  }
  return new Intl.Locale('en');
}
