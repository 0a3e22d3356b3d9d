import { isIP, isIPv4, isIPv6 } from 'node:net';
import { LinkError } from '../errors.ts';
import type { RawLink } from '../outbound.ts';
import { isPort, looksLikeHost, parseHost, parsePort } from './host.ts';
import { decodePercent } from './percent.ts';
import { type Parts, splitSellerForm } from './seller-form.ts';

/**
 * A proxy written without a scheme: `host:port`, `host:port:user:password`, `user:password:host:port`, `user:password@host:port`,
 * `host:port@user:password`, IPv6 in brackets. Its protocol is not known, so its scheme is `auto`. null when the text is nothing of the
 * kind; throws LinkError when it looks like one and cannot be used. A host must look like one, so that prose is not taken for proxies.
 */
export function parseBare(text: string): RawLink | null {
  if (!text.includes(':') && !text.includes('.')) return null;
  const trimmed = text.replace(/(:\d+)\/$/, '$1');
  const parts = splitAtSign(trimmed) ?? splitAddress(trimmed) ?? splitSellerForm(trimmed);
  if (parts === null || !looksLikeHost(parts.host)) return refuse(trimmed);
  return { ...bareLink(parts.host, parts.port), username: parts.username, password: parts.password };
}

/** `host port [type] [country]`, as proxy-list sites print it; null when the words are something else. */
export function parseColumns(host: string, port: string, type: string, hasMore: boolean): RawLink | null {
  const scheme = types.get(type.toLowerCase());
  if (!isPort(port) || !looksLikeHost(host)) return null;
  // A name and a number may be prose: "example.com 2018 in review".
  if (isIP(host) === 0 && scheme === undefined && (type !== '' || hasMore)) return null;
  return { ...bareLink(host, port), scheme: scheme ?? 'auto' };
}

// "HTTPS" in such lists says that CONNECT is allowed, not that the way to the proxy is encrypted: the first contact shows.
const types = new Map([
  ['socks5', 'socks5'],
  ['socks4', 'socks4'],
  ['socks4a', 'socks4a'],
  ['http', 'http'],
  ['https', 'auto'],
]);

function bareLink(host: string, port: string): RawLink {
  return { scheme: 'auto', host: parseHost(host), port: parsePort(port), username: '', password: '', name: '', query: new Map() };
}

function splitAddress(text: string): Parts | null {
  const [, host, port = ''] = /^(\[[^\]]*\]|[^:]+):(\d{1,5})$/.exec(text) ?? [];
  return host !== undefined && isPort(port) ? { host, port, username: '', password: '' } : null;
}

// Which side of the last @ is the address is told by its port.
function splitAtSign(text: string): Parts | null {
  const at = text.lastIndexOf('@');
  if (at < 0 || notAProxy.test(text)) return null;
  const [left, right] = [text.slice(0, at), text.slice(at + 1)];
  for (const [address, login] of [[right, left] as const, [left, right] as const]) {
    const parts = splitAddress(address);
    const colon = login.indexOf(':');
    if (parts === null || colon < 0 || !looksLikeHost(parts.host)) continue;
    return {
      ...parts,
      username: decodePercent(login.slice(0, colon), 'user name'),
      password: decodePercent(login.slice(colon + 1), 'password'),
    };
  }
  return null;
}

const notAProxy = /^(?:mailto|sips?|xmpp):/i;

/** Says what is wrong with what is clearly meant as a proxy; null where it is not. */
function refuse(text: string): null {
  if (/^:\d+$/.test(text)) throw new LinkError('no-host');
  if (isIPv4(text) || /^\[[\da-f:.]+\]$/i.test(text)) throw new LinkError('no-port');
  if (isUnbracketedIPv6(text)) throw new LinkError('ipv6-brackets');
  const [, host = '', port = ''] = /^([^:]+):(-?\d+)(?::|$)/.exec(text.slice(text.lastIndexOf('@') + 1)) ?? [];
  if (oddIPv4.test(host) && !isIPv4(host)) throw new LinkError('bad-host');
  if (looksLikeHost(host) && !isPort(port)) throw new LinkError('bad-port');
  return null;
}

const oddIPv4 = /^(?=.*[.x]|\d{8})(?:0x[\da-f]+|\d+)(?:\.(?:0x[\da-f]+|\d+)){0,3}$/i;

// With or without a port behind it, even where the port makes it too long for an address.
function isUnbracketedIPv6(text: string): boolean {
  const [address = ''] = /^[\da-f:]+/i.exec(text) ?? [];
  return isIPv6(text) || (address.length < 64 && /^[\da-f]{1,4}:/i.test(address) && isIPv6(address.replace(/:[^:]*:?$/, '')));
}
