import { knownSchemes, programSchemes } from './known-schemes.ts';
import { longestLinkBytes, spokenSchemes } from './parse-link.ts';

/** Where in the text a link with a scheme starts; -1 where none does. */
export function findLinkStart(text: string): number {
  if (!text.includes(':') && !text.includes('?')) return -1;
  const head = text.slice(0, longestLinkBytes);
  const scheme = findScheme(head);
  const telegram = head.search(telegramStart);
  return telegram < 0 || (scheme >= 0 && scheme < telegram) ? scheme : telegram;
}

// Telegram's links need neither slashes nor scheme.
const telegramStart = /(?<![a-z\d])(?:tg:(?:socks|proxy)|(?:www\.)?(?:t\.me|telegram\.me|telegram\.dog)\/(?:s\/)?(?:socks|proxy)\/?\?)/i;

const longestScheme = 32;

function findScheme(text: string): number {
  for (let end = text.indexOf('://'); end >= 0; end = text.indexOf('://', end + 3)) {
    const [run = ''] = /[a-z\d+.-]*$/i.exec(text.slice(Math.max(0, end - longestScheme), end)) ?? [];
    if (wrapped.test(text.slice(end - run.length))) continue;
    const start = knownSchemeIn(run) ?? unknownSchemeAtStart(run, text.slice(0, end - run.length));
    if (start !== null) return end - run.length + start;
  }
  return -1;
}

// Hiddify's link around that of a proxy, which comes next.
const wrapped = /^hiddify:\/\/import\/(?!https?:)[a-z][a-z\d+.-]*:\/\//i;

// "1.socks5" is a numbered list; "naive+https" is one scheme.
function knownSchemeIn(run: string): number | null {
  for (const { index } of run.matchAll(/(?<![a-z\d])[a-z]/gi)) {
    const scheme = run.slice(index).toLowerCase();
    if (scheme === 'tg' || [spokenSchemes, knownSchemes, programSchemes].some((schemes) => schemes.has(scheme))) return index;
  }
  return null;
}

// Only at the start: further in, it could be part of a password, and what it says goes into the report.
function unknownSchemeAtStart(run: string, before: string): number | null {
  return /^[a-z]/i.test(run) && before.length <= 8 && !/[\p{L}\p{N}]/u.test(before) ? 0 : null;
}
