import { LinkError } from '../errors.ts';
import type { ProxyDefinition, RawLink } from '../outbound.ts';
import { hostAndPort } from '../outbounds/destination.ts';
import { parseHost, parsePort } from './host.ts';
import { keep } from './kept.ts';
import { decodePercent } from './percent.ts';
import { splitQuery } from './query.ts';

// tg:socks, tg://socks, and the web addresses that Telegram opens itself (core.telegram.org/api/links; tdlib LinkManager.cpp).
const form =
  /^(?:tg:(?:\/\/)?|(?:https?:\/\/)?(?:www\.)?(?:t\.me|telegram\.me|telegram\.dog)(?::(?:80|443))?\/(?:s\/)?)(socks|proxy)\/?(?:\?([^#]*))?(?:#|$)/i;

/** A Telegram proxy link in any of its spellings; null when the text is something else. Throws LinkError when it cannot be used. */
export function parseTelegram(text: string): RawLink | ProxyDefinition | null {
  const [, kind, rawQuery = ''] = form.exec(text) ?? [];
  if (kind === undefined) return null;
  const query = splitQuery(rawQuery);
  const value = (name: string) => decodePercent(query.get(name) ?? '', name);
  const address = { host: parseHost(value('server')), port: parsePort(value('port')) };
  if (kind.toLowerCase() === 'proxy') return keepMtproto(address, value('secret'));
  return { scheme: 'socks5', ...address, username: value('user'), password: value('pass'), name: '', query: new Map() };
}

function keepMtproto(address: { host: string; port: number }, given: string): ProxyDefinition {
  const secret = given.trim().replaceAll(' ', '+');
  if (secret === '') throw new LinkError('no-secret');
  if (!isMtprotoSecret(secret)) throw new LinkError('bad-encoding', 'secret');
  const { host, port } = address;
  const link = `tg://proxy?server=${encodeURIComponent(host)}&port=${port}&secret=${encodeURIComponent(secret)}`;
  return keep({ scheme: 'tg', protocol: 'MTProto', name: '', address: hostAndPort(address), link });
}

/** Hexadecimal or base64 of 16 bytes, of 17 that start with 0xdd, or of more that start with 0xee and end in a name (tdlib ProxySecret.cpp). */
function isMtprotoSecret(secret: string): boolean {
  const bytes = mtprotoSecret(secret);
  if (bytes.length <= 17) return bytes.length === 16 || (bytes.length === 17 && bytes[0] === 0xdd);
  return bytes[0] === 0xee && /^[a-z\d_.-]{1,182}$/i.test(bytes.toString('latin1', 17));
}

function mtprotoSecret(secret: string): Buffer {
  if (secret.length >= 32 && secret.length % 2 === 0 && /^[\da-f]+$/i.test(secret)) return Buffer.from(secret, 'hex');
  return /^[\w+/-]+={0,2}$/.test(secret) ? Buffer.from(secret, 'base64') : Buffer.alloc(0);
}
