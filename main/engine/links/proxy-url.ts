import { isIPv6 } from 'node:net';
import { LinkError } from '../errors.ts';
import type { RawLink } from '../outbound.ts';
import { decodeBase64 } from './base64.ts';
import { looksLikeHost, parseHost, parsePort } from './host.ts';
import { cleanName, tidyName } from './name.ts';
import { decodePercent } from './percent.ts';
import { decodeQuery } from './query.ts';
import { type Parts, splitSellerForm } from './seller-form.ts';
import { canonicalQuery } from './share-query.ts';

/** A URL cut by hand: `new URL()` throws on, or changes, much of what people paste. */
export interface CutUrl {
  readonly scheme: string; // lower case
  readonly body: string; // between :// and the query
  readonly query: string | null;
  readonly name: string; // the fragment, still encoded
}

/** Cuts `scheme://body?query#name`; null when the text does not start with a scheme. */
export function cutUrl(text: string): CutUrl | null {
  const [, scheme, body = '', query, name = ''] = /^([a-z][a-z\d+.-]*):\/\/([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/is.exec(text) ?? [];
  return scheme === undefined ? null : { scheme: scheme.toLowerCase(), body, query: query ?? null, name };
}

/**
 * The parts of a proxy URL (RFC 3986, section 3.2): percent-encoded login before the last `@`, host, port, and a name as fragment.
 * Parameters are kept for who knows them; one that asks for TLS on the way to a SOCKS5 proxy makes it another protocol. Also taken: both base64 forms of v2rayN, and `scheme://host:port:user:password`. Default ports: 1080 for SOCKS; 80 and 443 for HTTP
 * and HTTPS when there is a login, because without one such an address is a web page. Throws LinkError.
 */
export function parseProxyUrl(url: CutUrl): RawLink {
  const { scheme } = url;
  const body = isSocks5(scheme) ? (decodeWholeBody(url.body) ?? url.body) : url.body;
  const parts = splitBody(scheme, body);
  const query = decodeQuery(url.query);
  const remarks = query.get('remarks') ?? '';
  query.delete('remarks');
  const tls = scheme === 'https' ? canonicalQuery(query) : null;
  if (isWeb(scheme) && url.query !== null && !(tls && isAboutTls(tls))) throw new LinkError('is-subscription');
  return {
    scheme: isSocks5(scheme) && /^(?:1|true)$/.test(query.get('tls') ?? '') ? 'socks5+tls' : scheme,
    host: parseHost(parts.host),
    port: parsePort(parts.port),
    username: parts.username,
    password: parts.password,
    name: url.name === '' ? tidyName(remarks) : cleanName(url.name),
    query: tls ?? query,
  };
}

/** Nobody writes these into the address of a list. */
function isAboutTls(query: ReadonlyMap<string, string>): boolean {
  return query.size > 0 && [...query.keys()].every((name) => ['sni', 'alpn', 'fp', 'allowInsecure', 'pcs', 'vcn'].includes(name));
}

const isSocks5 = (scheme: string) => scheme === 'socks' || scheme === 'socks5' || scheme === 'socks5h';
const isWeb = (scheme: string) => scheme === 'http' || scheme === 'https';

// socks://BASE64(user:pass@host:port): what is inside is not percent-encoded, so it is encoded here to go the common way.
function decodeWholeBody(body: string): string | null {
  const [, login, address] = /^(?:(.*)@)?([^@]+:\d+)$/s.exec(decodeBase64(body) ?? '') ?? [];
  if (address === undefined) return null;
  return login === undefined ? address : `${login.replaceAll('%', '%25')}@${address}`;
}

function splitBody(scheme: string, body: string): Parts {
  const at = userInfoEnd(scheme, body);
  const seller = at < 0 ? splitSellerForm(body) : null;
  if (seller) return seller;
  const login = at < 0 ? { username: '', password: '' } : splitLogin(scheme, body.slice(0, at));
  return { ...splitAddress(scheme, body.slice(at + 1), at >= 0), ...login };
}

// The last @, because passwords hold @ too; but not one in the path of a web page, as in https://example.com/@someone.
function userInfoEnd(scheme: string, body: string): number {
  const at = body.lastIndexOf('@');
  const slash = body.indexOf('/');
  if (!isWeb(scheme) || slash < 0 || slash > at) return at;
  const authority = body.slice(0, slash);
  const isPage = !authority.includes('@') && (!authority.includes(':') || looksLikeHost(authority.replace(/:\d*$/, '')));
  return isPage ? -1 : at;
}

function splitLogin(scheme: string, userInfo: string): { username: string; password: string } {
  const decoded = isSocks5(scheme) && !userInfo.includes(':') ? decodeBase64(decodePercent(userInfo, 'user name')) : null;
  const inBase64 = decoded?.includes(':') === true;
  const text = inBase64 ? decoded : userInfo;
  const colon = text.includes(':') ? text.indexOf(':') : text.length;
  const [username, password] = [text.slice(0, colon), text.slice(colon + 1)];
  return inBase64
    ? { username, password }
    : { username: decodePercent(username, 'user name'), password: decodePercent(password, 'password') };
}

function splitAddress(scheme: string, text: string, hasLogin: boolean): { host: string; port: string } {
  const [, host = '', colon, path = ''] = /^(\[[^\]]*\]|[^:/]*)(:[^/]*)?(\/.*)?$/s.exec(text) ?? [];
  if (isWeb(scheme) && path !== '' && path !== '/') throw new LinkError('is-subscription');
  if (colon !== undefined && /^[\da-f]*$/i.test(host) && isIPv6(host + colon)) throw new LinkError('ipv6-brackets');
  if (colon !== undefined) return { host, port: colon.slice(1) };
  if (isWeb(scheme) && !hasLogin) throw new LinkError('is-subscription');
  return { host, port: defaultPorts.get(scheme) ?? '' };
}

const defaultPorts = new Map([
  ['socks', '1080'],
  ['socks4', '1080'],
  ['socks4a', '1080'],
  ['socks5', '1080'],
  ['socks5h', '1080'],
  ['http', '80'],
  ['https', '443'],
]);
