import { decodePercentLoosely } from './percent.ts';

/** Splits `a=1&b=2` into its raw, still encoded values; names are lower-cased, the first of equal names counts. */
export function splitQuery(text: string): ReadonlyMap<string, string> {
  const query = new Map<string, string>();
  for (const [name, value] of pairsOf(text)) if (!query.has(name.toLowerCase())) query.set(name.toLowerCase(), value);
  return query;
}

/** Splits `a=1&b=2` and decodes it; names stay as written, in their order, the first of equal names counts. A `+` is a plus. */
export function decodeQuery(text: string | null): Map<string, string> {
  const query = new Map<string, string>();
  for (const [rawName, value] of pairsOf(text ?? '')) {
    const name = decodePercentLoosely(rawName);
    if (!query.has(name)) query.set(name, decodePercentLoosely(value));
  }
  return query;
}

function* pairsOf(text: string): Generator<[name: string, value: string]> {
  for (const pair of text.split('&')) {
    const [rawName = ''] = pair.split('=', 1);
    const name = rawName.replace(/^(?:amp;)+/i, '');
    if (name !== '') yield [name, pair.slice(rawName.length + 1)];
  }
}
