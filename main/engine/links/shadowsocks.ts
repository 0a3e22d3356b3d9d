import { LinkError } from '../errors.ts';
import type { RawLink } from '../outbound.ts';
import { cutAuthority } from './authority.ts';
import { decodeBase64 } from './base64.ts';
import { cleanName, tidyName } from './name.ts';
import { decodePercent } from './percent.ts';
import type { CutUrl } from './proxy-url.ts';
import { decodeQuery } from './query.ts';
import { pluginOfShadowrocket } from './shadowrocket-plugin.ts';
import { canonicalQuery } from './share-query.ts';

/**
 * All forms of Shadowsocks links: `ss://BASE64(method:key)@host:port` and `ss://method:key@host:port`, percent-encoded or not, with
 * `?plugin=` (SIP002), and the old `ss://BASE64(method:key@host:port)`. Throws LinkError.
 */
export function parseShadowsocks(url: CutUrl): RawLink {
  const isWhole = !url.body.includes('@');
  const body = isWhole ? decodeWhole(url.body) : url.body;
  const { userInfo, host, port } = cutAuthority(body);
  const login = isWhole ? (userInfo ?? '') : decodeLogin(userInfo ?? '');
  const colon = login.indexOf(':');
  if (colon < 0) throw new LinkError('no-secret');
  const query = decodeQuery(url.query);
  const remarks = query.get('remarks') ?? '';
  query.delete('remarks');
  return {
    scheme: 'ss',
    host,
    port,
    username: login.slice(0, colon).toLowerCase(),
    password: login.slice(colon + 1),
    name: url.name === '' ? tidyName(remarks) : cleanName(url.name),
    query: canonicalQuery(pluginOfShadowrocket(query)),
  };
}

// What is inside is not percent-encoded, and its key may hold any sign.
function decodeWhole(body: string): string {
  const text = decodeBase64(body.replace(/\/$/, '')) ?? decodeBase64(body);
  if (body === '') throw new LinkError('no-host');
  if (text === null) throw new LinkError('bad-encoding', 'base64');
  return text;
}

// A colon is in neither alphabet: where one is, the login is written out.
function decodeLogin(userInfo: string): string {
  const text = decodePercent(userInfo, 'password');
  return text.includes(':') ? text : (decodeBase64(text) ?? text);
}
