import { EngineError } from '../errors.ts';
import type { Destination } from '../outbound.ts';

/** `host:port`, with IPv6 in brackets (RFC 3986, section 3.2.2). */
export function hostAndPort({ host, port }: Destination): string {
  // Nothing else has a colon, and every connection asks: a search for all the forms of IPv6 takes longer.
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/**
 * Whether proxy protocols can carry this host and port. Hosts come from applications as they are: one with a NUL or a line break would say
 * something else to the proxy than it says here.
 */
export function isCarried({ host, port }: Destination): boolean {
  return /^[\x21-\x7e]{1,255}$/.test(host) && !host.includes('%') && Number.isInteger(port) && port >= 1 && port <= 65_535;
}

/** Throws EngineError `bad-request` for a host or port that no proxy protocol can carry. */
export function checkDestination(destination: Destination): void {
  if (!isCarried(destination)) throw new EngineError('bad-request', 'host or port');
}
