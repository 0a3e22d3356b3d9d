/** The system's languages, for lack of a person who has chosen them. */
export const systemLanguages: readonly string[] = ['en-US'];

/** What Chromium's switch `--lang` asks for, which goes before the system's. */
export const wantedLanguage = (): string => process.argv.findLast((arg) => arg.startsWith('--lang='))?.slice('--lang='.length) ?? 'en-US';
