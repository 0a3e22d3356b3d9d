import { programSchemes } from './known-schemes.ts';
import { cleanName } from './name.ts';
import { decodePercentLoosely } from './percent.ts';
import { type CutUrl, cutUrl } from './proxy-url.ts';
import { decodeQuery } from './query.ts';

/** An address from which a list of proxies can be fetched. The address often holds a secret. */
export interface SubscriptionAddress {
  readonly url: string; // https or http
  readonly name: string; // '' where the link has none
}

/** Whether the link is one that leads to a subscription, whatever it looks like. */
export function isInstallLink(url: CutUrl): boolean {
  return programSchemes.has(url.scheme) && addressIn(url) !== null;
}

/**
 * The subscription that a text names: a web address, Outline's `ssconf://`, or the install link of another program (`clash://install-config?url=`,
 * `sing-box://import-remote-profile?url=`, `hiddify://import/`, `sn://subscription?url=`, ...). null where it names none. Nothing is fetched.
 */
export function parseSubscriptionAddress(text: string): SubscriptionAddress | null {
  const url = cutUrl(text);
  if (url === null) return null;
  if (url.scheme === 'https' || url.scheme === 'http') return checked(text, '');
  return programSchemes.has(url.scheme) ? addressIn(url) : null;
}

function addressIn({ scheme, body, query, name }: CutUrl): SubscriptionAddress | null {
  if (scheme === 'ssconf') return checked(`https://${body}${query === null ? '' : `?${query}`}`, outlineName(name));
  if (scheme === 'hiddify' && /^import\//i.test(body)) {
    const rest = `${body.slice('import/'.length)}${query === null ? '' : `?${query}`}`;
    return checked(decodedTwice(rest), cleanName(name));
  }
  if (scheme === 'sub') return checked(Buffer.from(body, 'base64').toString(), cleanName(name));
  const [, given] = /(?:^|&)url=(.*)$/is.exec(query ?? '') ?? [];
  if (given === undefined) return null;
  const parameters = decodeQuery(query);
  const title = cleanName(name) || (parameters.get('name') ?? '');
  // Many sites do not encode the address: then all that follows belongs to it, except a name at the very end.
  const isPlain = /^https?:\/\//i.test(given);
  return checked(isPlain ? given.replace(/&name=[^&]*$/i, '') : decodedTwice(given.split('&', 1)[0] ?? ''), title);
}

// Outline: the fragment is cut at &, and the first part that is no key=value is the name.
const outlineName = (name: string) => cleanName(name.split('&').find((part) => !part.includes('=')) ?? '');

function decodedTwice(text: string): string {
  const once = decodePercentLoosely(text);
  return /^https?:\/\//i.test(once) ? once : decodePercentLoosely(once);
}

function checked(text: string, name: string): SubscriptionAddress | null {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === '') return null;
  const title = name || cleanName(url.hash.slice(1));
  url.hash = '';
  return { url: url.href, name: title };
}
