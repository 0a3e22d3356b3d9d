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

/** Splits `a=1&b=2` into its raw, still encoded values; names are lower-cased, the first of equal names counts. */
export function splitQuery(text: string): ReadonlyMap<string, string> {
  const query = new Map<string, string>();
  for (const pair of text.split('&')) {
    const [rawName = ''] = pair.split('=', 1);
    const name = rawName.toLowerCase().replace(/^amp;/, '');
    if (name !== '' && !query.has(name)) query.set(name, pair.slice(rawName.length + 1));
  }
  return query;
}
