import { LinkError } from '../errors.ts';
import type { ProxyDefinition, RawLink } from '../outbound.ts';
import { protocols } from '../outbounds/index.ts';
import { parseBare } from './bare.ts';
import { cleanText } from './clean-text.ts';
import { knownSchemes } from './known-schemes.ts';
import { cutUrl, parseProxyUrl } from './proxy-url.ts';
import { parseTelegram } from './telegram.ts';

/** Longest link, in bytes of UTF-8. */
export const longestLinkBytes = 16 * 1024;

export const spokenSchemes = new Map(protocols.flatMap((protocol) => protocol.schemes.map((scheme) => [scheme, protocol] as const)));

/** Exactly one link, in any form that is understood; blanks around it are allowed. Throws LinkError, which never holds a secret. */
export function parseLink(text: string): ProxyDefinition {
  if (isTooLong(text)) throw new LinkError('link-too-long');
  const link = cleanText(text).trim();
  return define(parseUrl(link) ?? parseBare(link));
}

export function isTooLong(text: string): boolean {
  return text.length > longestLinkBytes || Buffer.byteLength(text) > longestLinkBytes;
}

/** What a cut-out link means; null stands for a text without anything like a link. */
export function define(link: RawLink | null): ProxyDefinition {
  const protocol = link && spokenSchemes.get(link.scheme);
  if (!link || !protocol) throw new LinkError('no-link');
  return protocol.parse(link);
}

/** The parts of a link with a scheme; null when the text has none. Throws LinkError. */
export function parseUrl(text: string): RawLink | null {
  const telegram = parseTelegram(text);
  if (telegram) return telegram;
  const url = cutUrl(text);
  if (url === null) return null;
  if (telegramPage.test(text)) throw new LinkError('no-link');
  if (spokenSchemes.has(url.scheme)) return parseProxyUrl(url);
  const name = knownSchemes.get(url.scheme);
  throw name === undefined ? new LinkError('unknown-scheme', url.scheme) : new LinkError('not-spoken', name);
}

// A channel, a message or a person, as they stand in every forwarded post.
const telegramPage = /^(?:tg:|https?:\/\/(?:www\.)?(?:t\.me|telegram\.me|telegram\.dog)(?:\/|$))/i;
