import { LinkError } from '../errors.ts';
import type { RawLink } from '../outbound.ts';
import { cutAuthority } from './authority.ts';
import { decodeBase64 } from './base64.ts';
import { cleanName, tidyName } from './name.ts';
import { decodePercent } from './percent.ts';
import type { CutUrl } from './proxy-url.ts';
import { decodeQuery } from './query.ts';
import { canonicalQuery } from './share-query.ts';

/**
 * `scheme://SECRET@host:port?parameters#name` (XTLS/Xray-core, discussion 716): Trojan, VLESS and the newer form of VMess. The secret is all
 * before the last `@`: colons and slashes are part of it. Also Shadowrocket's `scheme://BASE64(cipher:SECRET@host:port)?parameters`. Throws
 * LinkError.
 */
export function parseShareUrl(url: CutUrl): RawLink {
  const shadowrocket = url.body.includes('@') ? null : decodeBase64(url.body.replace(/\/$/, ''));
  const { userInfo, host, port } = cutAuthority(shadowrocket ?? url.body, '443');
  if (userInfo === null) throw new LinkError('no-secret');
  const query = decodeQuery(url.query);
  const remarks = query.get('remarks') ?? '';
  query.delete('remarks');
  const cipher = shadowrocket === null ? '' : userInfo.slice(0, userInfo.indexOf(':') + 1);
  const parameters = [
    ...translateShadowrocket(query),
    ...(cipher && url.scheme === 'vmess' ? [['encryption', cipher.slice(0, -1)] as const] : []),
  ];
  return {
    scheme: url.scheme,
    host,
    port,
    username: shadowrocket === null ? decodePercent(userInfo, 'password') : userInfo.slice(cipher.length),
    password: '',
    name: url.name === '' ? tidyName(remarks) : cleanName(url.name),
    query: canonicalQuery(parameters),
  };
}

const obfuscations = new Map([
  ['websocket', 'ws'],
  ['ws', 'ws'],
  ['grpc', 'grpc'],
  ['http', 'http'],
  ['none', 'tcp'],
]);

/** `obfs`, `obfsParam`, `tls` and `xtls` say in Shadowrocket what `type`, `host` and `security` say elsewhere. */
function* translateShadowrocket(query: ReadonlyMap<string, string>): Generator<readonly [string, string]> {
  for (const [name, value] of query) {
    const isOn = value === '1' || value === 'true';
    if (name === 'obfs' && obfuscations.has(value)) yield ['type', obfuscations.get(value) as string];
    else if (name === 'ws' && isOn) yield ['type', 'ws'];
    else if (name === 'tls' && !query.get('security')) {
      if (isOn) yield ['security', query.has('pbk') ? 'reality' : 'tls'];
    } else if (name === 'xtls' && value === '2') yield ['flow', 'xtls-rprx-vision'];
    else if (name !== 'security' || value !== '') yield [name, value];
  }
}
