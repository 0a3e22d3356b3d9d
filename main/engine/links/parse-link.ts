import { LinkError } from '../errors.ts';
import type { ProxyDefinition, RawLink } from '../outbound.ts';
import { protocols } from '../outbounds/index.ts';
import { parseBare } from './bare.ts';
import { cleanText } from './clean-text.ts';
import { hasOwnFormat, parseParts } from './formats.ts';
import { keepLink, keepParts } from './kept.ts';
import { knownSchemes, programSchemes } from './known-schemes.ts';
import { type CutUrl, cutUrl } from './proxy-url.ts';
import { isInstallLink } from './subscription-address.ts';
import { parseTelegram } from './telegram.ts';

/** Longest link, in bytes of UTF-8. */
export const longestLinkBytes = 16 * 1024;

export const spokenSchemes = new Map(protocols.flatMap((protocol) => protocol.schemes.map((scheme) => [scheme, protocol] as const)));

/** Exactly one link, in any form that is understood; blanks around it are allowed. Throws LinkError, which never holds a secret. */
export function parseLink(text: string): ProxyDefinition {
  if (isTooLong(text)) throw new LinkError('link-too-long');
  const link = cleanText(text).trim();
  const definition = parseUrl(link);
  if (definition) return definition;
  const bare = parseBare(link);
  if (bare === null) throw new LinkError('no-link');
  return define(bare);
}

export function isTooLong(text: string): boolean {
  return text.length > longestLinkBytes || Buffer.byteLength(text) > longestLinkBytes;
}

/** The same definition. Throws LinkError where its own link, which is all that is stored, would be too long to be read again. */
export function checkLength(definition: ProxyDefinition): ProxyDefinition {
  if (isTooLong(definition.link)) throw new LinkError('link-too-long');
  return definition;
}

/** What the parts of a link mean. Throws LinkError. */
export function define(link: RawLink): ProxyDefinition {
  const protocol = spokenSchemes.get(link.scheme);
  if (protocol === undefined) throw new LinkError('unknown-scheme', link.scheme);
  return protocol.parse(link);
}

/** The same, and what is known but not spoken is kept. Throws LinkError. */
export function defineOrKeep(link: RawLink): ProxyDefinition {
  const name = spokenSchemes.has(link.scheme) ? undefined : knownSchemes.get(link.scheme);
  return name === undefined ? define(link) : keepParts(link, name);
}

/** What a link with a scheme means, or one of Telegram's; null when the text is neither. Throws LinkError. */
export function parseUrl(text: string): ProxyDefinition | null {
  const telegram = parseTelegram(text);
  if (telegram) return 'link' in telegram ? telegram : define(telegram);
  const url = cutUrl(text);
  if (url === null) return null;
  if (telegramPage.test(text)) throw new LinkError('no-link');
  if (spokenSchemes.has(url.scheme)) return defineOrKeep(parseParts(url));
  return parseUnspoken(url);
}

function parseUnspoken(url: CutUrl): ProxyDefinition {
  if (isInstallLink(url)) throw new LinkError('is-subscription');
  const name = knownSchemes.get(url.scheme);
  if (name !== undefined) return hasOwnFormat(url.scheme) ? keepParts(parseParts(url), name) : keepLink(url, name);
  const program = programSchemes.get(url.scheme);
  throw program === undefined ? new LinkError('unknown-scheme', url.scheme) : new LinkError('not-spoken', program);
}

// A channel, a message or a person, as they stand in every forwarded post.
const telegramPage = /^(?:tg:|https?:\/\/(?:www\.)?(?:t\.me|telegram\.me|telegram\.dog)(?:\/|$))/i;
