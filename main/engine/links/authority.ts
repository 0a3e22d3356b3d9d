import { isIPv6 } from 'node:net';
import { LinkError } from '../errors.ts';
import { parseHost, parsePort } from './host.ts';

/** `userinfo@host:port` cut by hand; the user info is still encoded, null where there is none. */
export interface Authority {
  readonly userInfo: string | null;
  readonly host: string; // canonical
  readonly port: number;
}

/**
 * Cuts at the last `@`, because secrets hold @ and / too. A path behind the port means nothing here and is dropped. Throws LinkError;
 * without `defaultPort` also where there is no port.
 */
export function cutAuthority(body: string, defaultPort = ''): Authority {
  const at = body.lastIndexOf('@');
  const [, host = '', colon, port = ''] = /^(\[[^\]]*\]|[^:/]*)(:([^/]*))?(?:\/.*)?$/s.exec(body.slice(at + 1)) ?? [];
  if (colon !== undefined && /^[\da-f]*$/i.test(host) && isIPv6(host + colon)) throw new LinkError('ipv6-brackets');
  return {
    userInfo: at < 0 ? null : body.slice(0, at),
    host: parseHost(host),
    port: parsePort(colon === undefined ? defaultPort : port),
  };
}
