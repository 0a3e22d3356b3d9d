import { isIP } from 'node:net';
import { LinkError } from '../errors.ts';
import type { Outbound, RawLink } from '../outbound.ts';
import { hostAndPort } from '../outbounds/destination.ts';
import { createGrpc } from './grpc.ts';
import { createHttpUpgrade } from './http-upgrade.ts';
import { createTls, type TlsOptions } from './tls.ts';
import { createWebSocket, type EarlyData } from './websocket.ts';

/** How bytes get to a proxy, as its link says. */
export interface Transport {
  readonly isEncrypted: boolean;
  /** Whether the link asks not to check the proxy's certificate. */
  readonly isInsecure: boolean;
  /** What the link wants and Paperplane does not speak, by the name that people know it by. */
  readonly notSpoken: string | null;
  /** The way to the proxy, by whatever way leads there. */
  through(via: Outbound): Outbound;
}

type Query = RawLink['query'];

/**
 * Reads `security`, `type` and what belongs to them from the query of a link, which has the names of Xray's share links (its discussion
 * 716). Security is `usualSecurity` where the link says nothing. Throws LinkError where a header would not be one.
 */
export function parseTransport(link: RawLink, usualSecurity: 'tls' | 'none' = 'none'): Transport {
  const { query } = link;
  const security = query.get('security') || usualSecurity;
  const type = query.get('type') || 'tcp';
  const tls = security === 'tls' ? parseTls(link, type) : null;
  return {
    isEncrypted: tls !== null,
    isInsecure: tls !== null && isUnchecked(tls),
    notSpoken: securityNotSpoken(security, query) ?? typeNotSpoken(type, query),
    through: createWay(link, type, tls),
  };
}

/** Whether the proxy's certificate is not checked at all. */
export function isUnchecked({ insecure = false, pins }: TlsOptions): boolean {
  return insecure && pins === undefined;
}

function securityNotSpoken(security: string, query: Query): string | null {
  if (security === 'reality') return 'REALITY';
  if (security !== 'tls' && security !== 'none') return named(security);
  return query.get('ech') ? 'ECH' : null; // without it the name would be in the open
}

const spokenTypes: ReadonlySet<string> = new Set(['ws', 'httpupgrade', 'grpc']);
const typeNames = new Map([
  ['xhttp', 'XHTTP'],
  ['kcp', 'mKCP'],
  ['quic', 'QUIC'],
  ['http', 'HTTP/2'],
]);

function typeNotSpoken(type: string, query: Query): string | null {
  if (query.get('fm')) return 'Finalmask';
  if (spokenTypes.has(type)) return null;
  if (type !== 'tcp') return typeNames.get(type) ?? named(type);
  return (query.get('headerType') || 'none') === 'none' ? null : 'HTTP header';
}

/** What nobody has heard of yet has no other name than that in the link. */
function named(word: string): string {
  return word.slice(0, 24);
}

/** What a link says of TLS on the way to its proxy, under what `type` says of the transport. */
export function parseTls({ query }: RawLink, type: string): TlsOptions {
  const [host = ''] = (query.get('host') ?? '').split(',');
  const serverName = query.get('sni') || (isIP(host) === 0 ? host : '');
  const pins = (query.get('pcs') ?? '').replaceAll(':', '').toLowerCase().split(',').filter(Boolean);
  const certificateNames = (query.get('vcn') ?? '').split(',').filter(Boolean);
  const insecure = query.get('allowInsecure') === '1';
  return {
    ...(serverName && { serverName }),
    alpn: alpnOf(type, query),
    ...(certificateNames.length > 0 && { certificateNames }),
    ...(pins.length > 0 && { pins }),
    ...(insecure && { insecure }),
  };
}

/** What browsers offer, unless the link says otherwise. Where HTTP is really spoken, the version that is. */
function alpnOf(type: string, query: Query): readonly string[] {
  if (type === 'grpc') return grpcAlpn;
  if (type !== 'tcp') return http1Alpn;
  const wanted = (query.get('alpn') ?? '').split(',').filter((name) => /^[\x21-\x7e]{1,255}$/.test(name));
  return wanted.length > 0 ? wanted : browserAlpn;
}

const grpcAlpn = ['h2'];
const http1Alpn = ['http/1.1'];
const browserAlpn = ['h2', 'http/1.1'];

/** Throws LinkError. What is kept of the link is little: there may be 50,000 of these. */
function createWay(link: RawLink, type: string, tls: TlsOptions | null): Transport['through'] {
  const secured = (via: Outbound) => (tls ? createTls(via, tls) : via);
  const { query } = link;
  if (type === 'ws') {
    const options = { ...parseWebSocketPath(query), host: hostOf(link, tls) };
    return (via) => createWebSocket(secured(via), options);
  }
  if (type === 'httpupgrade') {
    const { path, early } = parseWebSocketPath(query);
    const options = { path, host: hostOf(link, tls), isEager: early !== undefined };
    return (via) => createHttpUpgrade(secured(via), options);
  }
  if (type === 'grpc') {
    const authority = query.get('authority') || tls?.serverName;
    const options = { path: grpcPath(query), ...(authority && { authority: checked(authority) }) };
    return (via) => createGrpc(secured(via), options);
  }
  return secured;
}

/** Who is asked for in a head: what the link says, else the name in the certificate, else the address. Throws LinkError. */
function hostOf(link: RawLink, tls: TlsOptions | null): string {
  return checked(link.query.get('host') || tls?.serverName || hostAndPort(link));
}

/** A host with a line end would say something else than it says here. */
function checked(host: string): string {
  if (!/^[\x21-\x7e]{1,255}$/.test(host)) throw new LinkError('bad-host');
  return host;
}

const mostEarlyBytes = 4096; // more would be too much for one head

/**
 * `?ed=N` at the path is not part of it: so many bytes may go with the request, in `Sec-WebSocket-Protocol` as in Xray, or where `ed` and `eh`
 * beside the path say: in the header of that name, or at the end of the path where `eh` is `path`.
 */
function parseWebSocketPath(query: Query): { path: string; early?: EarlyData } {
  const [file = '', ...rest] = (query.get('path') || '/').split('?');
  const parameters = rest.join('?').split('&').filter(Boolean);
  const others = parameters.filter((parameter) => !/^ed=\d+$/.test(parameter));
  const path = escapePath(`${file.startsWith('/') ? '' : '/'}${[file, ...(others.length > 0 ? [others.join('&')] : [])].join('?')}`);
  const inPath = parameters.find((parameter) => parameter.startsWith('ed='))?.slice(3);
  const bytes = Math.min(Number(inPath ?? query.get('ed') ?? 0), mostEarlyBytes);
  const header = query.get('eh') || 'Sec-WebSocket-Protocol';
  if (!(bytes > 0) || !/^[\w-]{1,64}$/.test(header)) return { path };
  return { path, early: { bytes, header: header === 'path' ? null : header } };
}

/** Anything but visible ASCII, as UTF-8; what is escaped already stays so. */
function escapePath(path: string): string {
  return path
    .toWellFormed()
    .replace(/[^\x21\x22\x24-\x7e]/gu, encodeURIComponent)
    .replace(/#/g, '%23');
}

/** `serviceName` is the service, or all of the path where it begins with a slash: what stands last in it is the method, or both with a bar. */
function grpcPath(query: Query): string {
  const name = query.get('serviceName') ?? '';
  const isMulti = query.get('mode') === 'multi';
  if (!name.startsWith('/')) return `/${escapeSegment(name)}/${isMulti ? 'TunMulti' : 'Tun'}`;
  const slash = name.lastIndexOf('/');
  const [one = '', multi = one] = name.slice(slash + 1).split('|');
  return [...name.slice(0, slash).split('/'), isMulti ? multi : one].map(escapeSegment).join('/');
}

/** As Go's `url.PathEscape` has it: servers compare the path as it stands. */
function escapeSegment(segment: string): string {
  return encodeURIComponent(segment.toWellFormed())
    .replace(/%(?:24|26|2B|3A|3D|40)/g, decodeURIComponent)
    .replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
