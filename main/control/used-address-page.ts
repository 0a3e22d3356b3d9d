interface Sentences {
  readonly title: string;
  readonly why: string;
  readonly again: string; // before the link
  readonly go: string; // the link
  readonly otherwise: string;
}

const languages: ReadonlyMap<string, Sentences> = new Map([
  [
    'en',
    {
      title: 'This address does not open Paperplane (any more)',
      why: 'The address that Paperplane prints when it starts works once, in one browser, until that browser is closed.',
      again: 'If you have just opened it in this browser:',
      go: 'continue',
      otherwise: 'Otherwise stop Paperplane where it runs, start it again, and open the address that it printed last.',
    },
  ],
  [
    'ru',
    {
      title: 'Этот адрес не открывает Paperplane (или уже не открывает)',
      why: 'Адрес, который Paperplane выводит при запуске, действует один раз, в одном браузере, пока этот браузер не закрыт.',
      again: 'Если вы только что открыли его в этом браузере:',
      go: 'продолжить',
      otherwise: 'Иначе остановите Paperplane там, где он запущен, запустите снова и откройте адрес, который он вывел последним.',
    },
  ],
  [
    'fa',
    {
      title: 'این آدرس Paperplane را باز نمی‌کند (یا دیگر باز نمی‌کند)',
      why: 'آدرسی که Paperplane هنگام اجرا نشان می‌دهد فقط یک بار و در یک مرورگر کار می‌کند، تا وقتی آن مرورگر بسته شود.',
      again: 'اگر همین الان آن را در این مرورگر باز کرده‌اید:',
      go: 'ادامه',
      otherwise: 'وگرنه Paperplane را همان‌جا که در حال اجراست ببندید، دوباره اجرا کنید و آخرین آدرسی را که نشان داد باز کنید.',
    },
  ],
]);

/**
 * For a browser without the cookie, in the first of its languages that there is. The link helps who came from another site, for instance a
 * terminal in a web page: then the browser holds the cookie back once.
 */
export function usedAddressPage(acceptLanguage: string): string {
  const language = preferred(acceptLanguage).find((tag) => languages.has(tag)) ?? 'en';
  const { title, why, again, go, otherwise } = languages.get(language) as Sentences;
  return `<!doctype html>
<html lang="${language}" dir="${language === 'fa' ? 'rtl' : 'ltr'}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Paperplane</title>
<h1>${title}</h1>
<p>${why}</p>
<ul>
<li>${again} <a href="/">${go}</a>.</li>
<li>${otherwise}</li>
</ul>
</html>
`;
}

/** The languages of the header (RFC 9110, section 12.5.4) without their regions, the most wanted first, those with a weight of 0 left out. */
function preferred(acceptLanguage: string): string[] {
  return acceptLanguage
    .split(',')
    .map((range) => {
      const [tag = '', weight = 'q=1'] = range.split(';').map((part) => part.trim().toLowerCase());
      return { language: tag.split('-')[0] ?? '', weight: Number(weight.replace('q=', '')) };
    })
    .filter(({ weight }) => weight > 0)
    .sort((one, other) => other.weight - one.weight)
    .map(({ language }) => language);
}
