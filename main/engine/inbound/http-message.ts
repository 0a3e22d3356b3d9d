import { EngineError } from '../errors.ts';
import type { Destination } from '../outbound.ts';
import { parseAuthority } from './http-codec.ts';

/** A request as the origin is to get it. */
export interface OriginRequest {
  readonly destination: Destination;
  readonly path: string;
  readonly headers: string[]; // names and values in turn
  readonly upgrade: string | null; // the protocol to which it wants to switch
}

/**
 * The protocol to which a request wants to switch (RFC 9110, section 7.8); null where it wants none, or is one with a body, which is forwarded
 * without its wish: the origin then answers in HTTP.
 */
export function wantedUpgrade(method: string, rawHeaders: readonly string[]): string | null {
  const hasBody = method !== 'GET' || [...valuesOf(rawHeaders, 'content-length'), ...valuesOf(rawHeaders, 'transfer-encoding')].length > 0;
  const [upgrade, ...others] = valuesOf(rawHeaders, 'upgrade');
  const isMeant = valuesOf(rawHeaders, 'connection').some((value) => /(?:^|,)\s*upgrade\s*(?:,|$)/i.test(value));
  return upgrade !== undefined && others.length === 0 && isMeant && !hasBody ? upgrade : null;
}

/** The headers of a connection that carries the next message only, and then perhaps the protocol to which it switches. */
export function lastOn(upgrade: string | null): string[] {
  return upgrade === null ? ['Connection', 'close'] : ['Connection', 'Upgrade', 'Upgrade', upgrade];
}

/**
 * Turns a request for a proxy (absolute-form, RFC 9112, section 3.2.2) into one for the origin, whose connection carries nothing else.
 * Throws `bad-request` for any other form - a web page must not reach anything by sending requests to this endpoint - and where it could
 * be read in two ways: Host other than the target, more than one Host, a coding that is not plain chunked.
 */
export function originRequest(method: string, url: string, rawHeaders: readonly string[]): OriginRequest {
  const [, authority, path] = /^http:\/\/([^/?#]*)([^#]*)$/i.exec(url) ?? [];
  if (authority === undefined || path === undefined) throw new EngineError('bad-request', 'not an absolute http address');
  const hosts = valuesOf(rawHeaders, 'host');
  if (hosts.length > 1 || hosts.some((host) => !isSameAuthority(host, authority))) throw new EngineError('bad-request', 'Host');
  const coding = transferCoding(rawHeaders);
  if (coding === 'unknown') throw new EngineError('bad-request', 'transfer coding');
  const upgrade = wantedUpgrade(method, rawHeaders);
  const headers = ['Host', authority, ...endToEnd(rawHeaders, ['host']), ...lastOn(upgrade)];
  if (coding === 'chunked') headers.push('Transfer-Encoding', 'chunked');
  // Without either, Node would announce a chunked body where there is none.
  else if (valuesOf(rawHeaders, 'content-length').length === 0 && !/^(GET|HEAD|DELETE|OPTIONS|TRACE)$/.test(method)) {
    headers.push('Content-Length', '0');
  }
  return { destination: parseAuthority(authority, 80), path: path.startsWith('/') ? path : `/${path}`, headers, upgrade };
}

/** How the body is framed where it has no length. Whatever is not plain chunked would change its meaning on the way. */
export function transferCoding(rawHeaders: readonly string[]): 'none' | 'chunked' | 'unknown' {
  const codings = valuesOf(rawHeaders, 'transfer-encoding');
  if (codings.length === 0) return 'none';
  return codings.length === 1 && codings[0]?.trim().toLowerCase() === 'chunked' ? 'chunked' : 'unknown';
}

const hopByHop = new Set(['connection', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade']);

/** The headers that go on: none of this connection's own (RFC 9110, section 7.6.1), none for a proxy, none of `without`. */
export function endToEnd(rawHeaders: readonly string[], without: readonly string[] = []): string[] {
  const named = valuesOf(rawHeaders, 'connection').flatMap((value) => value.split(',').map((name) => name.trim().toLowerCase()));
  // A message without its length would be read as another one.
  const dropped = new Set([...named.filter((name) => name !== 'content-length'), ...hopByHop, ...without]);
  return pairs(rawHeaders)
    .filter(([name]) => !dropped.has(name.toLowerCase()) && !name.toLowerCase().startsWith('proxy-'))
    .flat();
}

function valuesOf(rawHeaders: readonly string[], wanted: string): string[] {
  return pairs(rawHeaders).flatMap(([name, value]) => (name.toLowerCase() === wanted ? [value] : []));
}

function pairs(rawHeaders: readonly string[]): [name: string, value: string][] {
  return Array.from({ length: rawHeaders.length / 2 }, (_, i) => [rawHeaders[2 * i] ?? '', rawHeaders[2 * i + 1] ?? '']);
}

function isSameAuthority(a: string, b: string): boolean {
  const [one, other] = [parseAuthority(a, 80), parseAuthority(b, 80)];
  return one.host.toLowerCase() === other.host.toLowerCase() && one.port === other.port;
}
