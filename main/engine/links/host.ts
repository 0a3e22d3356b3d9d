import { isIP, isIPv4, isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';
import { LinkError } from '../errors.ts';
import { decodePercent } from './percent.ts';

/**
 * The canonical form of a host: lower case, punycode (UTS 46), no trailing dot, IPv6 without brackets and compressed (RFC 5952).
 * Throws LinkError. An IPv4 address must be four plain decimal numbers: `127.1`, `0x7f.1` and `010.0.0.1` mean different things to
 * different programs, so they are refused rather than guessed.
 */
export function parseHost(text: string): string {
  if (text === '') throw new LinkError('no-host');
  const host = canonicalHost(text);
  if (host === null) throw new LinkError('bad-host');
  return host;
}

/** null where it is none, or one that is nowhere: notices in subscriptions have those. */
function canonicalHost(text: string): string | null {
  const host = spellHost(text);
  return host === '0.0.0.0' || host === '::' ? null : host;
}

function spellHost(text: string): string | null {
  if (text.length > longestHost) return null;
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  if (bare.includes(':')) return isIPv6(bare) && !bare.includes('%') ? canonicalIPv6(bare) : null; // a zone is good on one computer only
  if (bare !== text) return null;
  const name = plainName.test(text) ? text.toLowerCase() : toAscii(text);
  const host = name.endsWith('.') ? name.slice(0, -1) : name;
  return host.length > 253 || !hostName.test(host) || (endsInNumber.test(host) && !isIPv4(host)) ? null : host;
}

/** A port from 1 to 65535; full-width digits, as Chinese and Japanese keyboards write them, are digits too. Throws LinkError. */
export function parsePort(text: string): number {
  if (text === '') throw new LinkError('no-port');
  const digits = text.normalize('NFKC');
  if (!isPort(digits)) throw new LinkError('bad-port');
  return Number(digits);
}

export function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65535;
}

/**
 * Whether a text without any scheme is likely meant as a host: an IP address, `localhost`, or a dotted name with a top-level domain. So
 * `12`, `10.05.2024`, `v1.2`, `engine.ts` and `Note` are not.
 */
export function looksLikeHost(text: string): boolean {
  const host = canonicalHost(text);
  return host !== null && (isIP(host) !== 0 || host === 'localhost' || (topLevel.test(host) && !fileEnding.test(host)));
}

// In the longest spelling, percent-encoded; the name itself has at most 253 characters (RFC 1035).
const longestHost = 1024;
const plainName = /^[a-z\d._-]+$/i;
// Underscores are not allowed in host names (RFC 952) but resolve, and are used.
const hostName = /^[a-z\d_](?:[a-z\d_-]{0,61}[a-z\d_])?(?:\.[a-z\d_](?:[a-z\d_-]{0,61}[a-z\d_])?)*$/;
// WHATWG URL, "ends in a number": such a host is an IPv4 address or nothing.
const endsInNumber = /(?:^|\.)(?:\d+|0x[\da-f]*)$/;
const topLevel = /\.(?:[a-z]{2,24}|xn--[a-z\d-]+)$/;
const fileEnding =
  /\.(?:txt|log|js|mjs|cjs|ts|tsx|jsx|json|html?|css|cpp|hpp|java|py|php|exe|dll|png|jpe?g|gif|svg|pdf|docx?|xlsx?|csv|xml|ya?ml|toml|conf|cfg|ini|bat)$/;

// The name is decoded first, because domainToASCII would end the host at an encoded slash. '' where it is no name.
function toAscii(text: string): string {
  try {
    const name = decodePercent(text, 'host');
    return /[\s/?#@:\\%[\]]/.test(name) ? '' : domainToASCII(name);
  } catch {
    return '';
  }
}

function canonicalIPv6(text: string): string {
  return new URL(`http://[${text}]`).hostname.slice(1, -1);
}
