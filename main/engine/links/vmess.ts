import { LinkError } from '../errors.ts';
import type { RawLink } from '../outbound.ts';
import { decodeBase64Lines } from './base64.ts';
import { parseHost, parsePort } from './host.ts';
import { cleanName, tidyName } from './name.ts';
import type { CutUrl } from './proxy-url.ts';
import { canonicalQuery } from './share-query.ts';
import { parseShareUrl } from './share-url.ts';

/**
 * VMess links: v2rayN's `vmess://BASE64(JSON)` (v2rayN wiki, share link version 2), the URL form, and Shadowrocket's. Quantumult's form is
 * refused by name. Throws LinkError.
 */
export function parseVmess(url: CutUrl): RawLink {
  const text = url.body.includes('@') ? null : decodeBase64Lines(url.body);
  if (text === null) return parseShareUrl(url);
  if (/^[^{]*= *vmess *,/i.test(text)) throw new LinkError('not-spoken', 'VMess (Quantumult)');
  return text.trimStart().startsWith('{') ? fromJson(readFields(text), url.name) : parseShareUrl(url);
}

type Fields = ReadonlyMap<string, string>;

function readFields(text: string): Fields {
  try {
    const value: unknown = JSON.parse(text.slice(0, text.lastIndexOf('}') + 1));
    const entries = Object.entries(value as object).filter(([, field]) => ['string', 'number', 'boolean'].includes(typeof field));
    return new Map(entries.map(([name, field]) => [name, String(field).trim()]));
  } catch {
    throw new LinkError('bad-encoding', 'JSON');
  }
}

/** Its own fields; what else there is goes into the query as it is. */
const ownFields = new Set(['v', 'ps', 'add', 'port', 'id', 'aid', 'scy', 'net', 'type', 'host', 'path', 'tls']);

function fromJson(fields: Fields, fragment: string): RawLink {
  const value = (name: string) => fields.get(name) ?? '';
  if (value('id') === '') throw new LinkError('no-secret');
  const others = [...fields].filter(([name]) => !ownFields.has(name));
  return {
    scheme: 'vmess',
    host: parseHost(value('add')),
    port: parsePort(value('port')),
    username: value('id'),
    password: '',
    name: tidyName(repairUtf8(value('ps'))) || cleanName(fragment),
    query: canonicalQuery([
      ['encryption', value('scy') || 'auto'],
      ['type', value('net') || 'tcp'],
      ...transportParts(fields),
      ['security', securityOf(value('tls'))],
      ...others,
      ['aid', value('aid')],
    ]),
  };
}

/** `type`, `host` and `path` mean something else for every transport. */
function transportParts(fields: Fields): [string, string][] {
  const [type = '', host = '', path = ''] = ['type', 'host', 'path'].map((name) => fields.get(name));
  const net = fields.get('net') || 'tcp';
  if (net === 'grpc')
    return [
      ['serviceName', path],
      ['authority', host],
      ['mode', type === 'none' ? '' : type],
    ];
  if (net === 'kcp')
    return [
      ['headerType', type],
      ['seed', path],
    ];
  if (net === 'quic')
    return [
      ['headerType', type],
      ['quicSecurity', host],
      ['key', path],
    ];
  if (net === 'xhttp' || net === 'splithttp')
    return [
      ['host', host],
      ['path', path],
      ['mode', type === 'none' ? '' : type],
    ];
  // Version 1 has both in one field.
  const [oldHost = '', oldPath] = host.split(';');
  const isOld = fields.get('v') !== '2' && oldPath !== undefined;
  const headerType: [string, string] = ['headerType', (net === 'tcp' || net === 'raw') && type !== 'none' ? type : ''];
  return isOld ? [['host', oldHost], ['path', oldPath || path], headerType] : [['host', host], ['path', path], headerType];
}

function securityOf(tls: string): string {
  if (/^(?:tls|true|1)$/i.test(tls)) return 'tls';
  return /^(?:none|false|0)?$/i.test(tls) ? '' : tls;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** A name that somebody read as Latin-1 and encoded once more. */
function repairUtf8(name: string): string {
  if (!/[\u0080-\u00ff]/.test(name) || Buffer.from(name, 'latin1').toString('latin1') !== name) return name;
  try {
    return utf8.decode(Buffer.from(name, 'latin1'));
  } catch {
    return name;
  }
}
