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

/** Takes the first of the browser's languages that there is, else English, and marks the document with it. Returns its tag. */
export async function chooseLanguage(): Promise<string> {
  const wanted = navigator.languages.find((tag) => languageOf(tag) in locales) ?? 'en';
  const language = languageOf(wanted);
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'en',
    resources: Object.fromEntries(Object.entries(locales).map(([name, translation]) => [name, { translation }])),
    interpolation: { escapeValue: false }, // React escapes
  });
  document.documentElement.lang = language;
  document.documentElement.dir = rightToLeft.includes(language) ? 'rtl' : 'ltr';
  return wanted;
}

const languageOf = (tag: string) => tag.split('-')[0]?.toLowerCase() ?? '';
