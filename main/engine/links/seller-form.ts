import { isIPv6 } from 'node:net';
import { isPort, looksLikeHost } from './host.ts';

/** Address and login as they are written, not yet checked. */
export interface Parts {
  readonly host: string;
  readonly port: string;
  readonly username: string;
  readonly password: string;
}

/**
 * `host:port:user:password`, the form of most proxy sellers, `[v6]:port:user:password`, and the `user:password:host:port` of some; the
 * password may hold colons. null when the text has neither form. Nothing in it is percent-encoded.
 */
export function splitSellerForm(text: string): Parts | null {
  const inBrackets = /^(\[[^\]]*\]):(\d{1,5}):([^:]*):(.*)$/s.exec(text);
  if (inBrackets) {
    const [, host = '', port = '', username = '', password = ''] = inBrackets;
    return { host, port, username, password };
  }
  if (text.startsWith('[') || isIPv6(text)) return null;
  const fields = text.split(':');
  const [first = '', second = '', third = ''] = fields;
  const [beforeLast = '', last = ''] = fields.slice(-2);
  if (fields.length < 4) return null;
  const addressAtEnd = isPort(last) && looksLikeHost(beforeLast);
  if (isPort(second) && (looksLikeHost(first) || !addressAtEnd)) {
    return { host: first, port: second, username: third, password: fields.slice(3).join(':') };
  }
  return isPort(last) ? { host: beforeLast, port: last, username: first, password: fields.slice(1, -2).join(':') } : null;
}
