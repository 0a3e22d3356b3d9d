import { decodePercent } from './percent.ts';

const longestName = 120;
// Controls, line separators, and the marks that make a text run the other way and so look like another one.
const unsafe = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu;

/** A link's name as it may be shown: decoded where it can be, one line, at most 120 characters. */
export function cleanName(raw: string): string {
  const name = decodeIfPossible(raw).replace(unsafe, ' ').replace(/\s+/g, ' ').trim();
  return [...name].slice(0, longestName).join('').trim();
}

function decodeIfPossible(raw: string): string {
  try {
    return decodePercent(raw, 'name');
  } catch {
    return raw;
  }
}
