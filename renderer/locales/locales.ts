import { en } from './en.ts';
import { fa } from './fa.ts';
import type { Locale } from './locale.ts';
import { ru } from './ru.ts';

export const locales = { en, ru, fa } as const satisfies Readonly<Record<string, Locale>>;
type Language = keyof typeof locales;

const isSpoken = (language: string): language is Language => Object.hasOwn(locales, language);

/** The first of the languages that a person prefers, as BCP 47 tags, that there is, else English; and its locale for Intl. */
export function findLanguage(tags: readonly string[]): { language: Language; locale: Intl.Locale } {
  for (const tag of tags) {
    try {
      const locale = new Intl.Locale(tag);
      if (isSpoken(locale.language)) return { language: locale.language, locale };
    } catch {
      // A tag such as en-US@posix, which Intl throws on: a headless Chromium without a locale has it.
    }
  }
  return { language: 'en', locale: new Intl.Locale('en') };
}
