import { decodePercentLoosely } from './percent.ts';

const longestName = 120;
// Controls, line separators, and the marks that make a text run the other way and so look like another one.
const unsafe = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu;

/** The name in a link as it may be shown: decoded where it can be, one line, at most 120 characters. */
export function cleanName(raw: string): string {
  return tidyName(decodePercentLoosely(raw));
}

/** The same for a name that is not percent-encoded. */
export function tidyName(name: string): string {
  const line = name.replace(unsafe, ' ').replace(/\s+/g, ' ').trim();
  return [...line].slice(0, longestName).join('').trim();
}
