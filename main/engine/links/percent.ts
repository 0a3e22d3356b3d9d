import { LinkError } from '../errors.ts';

/**
 * Percent-decoded text (RFC 3986, section 2.1). A `%` that starts no escape stands for itself, because people write passwords as they
 * are. Throws LinkError with `part` as its detail when the bytes are not UTF-8. A `+` is a plus.
 */
export function decodePercent(text: string, part: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text.replace(/%(?![\da-f]{2})/gi, '%25'));
  } catch {
    throw new LinkError('bad-encoding', part);
  }
}

/** Percent-decoded where it can be, else as it is: for what must not make a link unusable. */
export function decodePercentLoosely(text: string): string {
  try {
    return decodePercent(text, '');
  } catch {
    return text;
  }
}
