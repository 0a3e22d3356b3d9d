import { LinkError } from '../errors.ts';
import type { RawLink } from '../outbound.ts';
import { parseHost, parsePort } from './host.ts';
import { decodePercent, splitQuery } from './percent.ts';

// tg:socks, tg://socks, and the web addresses that Telegram opens itself (core.telegram.org/api/links; tdlib LinkManager.cpp).
const form =
  /^(?:tg:(?:\/\/)?|(?:https?:\/\/)?(?:www\.)?(?:t\.me|telegram\.me|telegram\.dog)(?::(?:80|443))?\/(?:s\/)?)(socks|proxy)\/?(?:\?([^#]*))?(?:#|$)/i;

/** A Telegram proxy link in any of its spellings; null when the text is something else. Throws LinkError when it cannot be used. */
export function parseTelegram(text: string): RawLink | null {
  const [, kind, rawQuery = ''] = form.exec(text) ?? [];
  if (kind === undefined) return null;
  if (kind.toLowerCase() === 'proxy') throw new LinkError('not-spoken', 'MTProto');
  const query = splitQuery(rawQuery);
  const value = (name: string) => decodePercent(query.get(name) ?? '', name);
  return {
    scheme: 'socks5',
    host: parseHost(value('server')),
    port: parsePort(value('port')),
    username: value('user'),
    password: value('pass'),
    name: '',
    query: new Map(),
  };
}
