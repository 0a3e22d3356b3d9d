import { EngineError, LinkError } from '../errors.ts';
import type { ProxyDefinition, RawLink } from '../outbound.ts';
import { createDefinition } from '../outbounds/definition.ts';
import { hostAndPort } from '../outbounds/destination.ts';
import { cutAuthority } from './authority.ts';
import { decodeBase64 } from './base64.ts';
import { cleanName } from './name.ts';
import { decodePercentLoosely } from './percent.ts';
import type { CutUrl } from './proxy-url.ts';
import { splitQuery } from './query.ts';

/**
 * A link that is known but not spoken: kept, shown and exported as it is, never used. Throws LinkError where there is nothing to keep.
 * `protocol` is the name that people know it by.
 */
export function keepLink(url: CutUrl, protocol: string): ProxyDefinition {
  if (!/[\p{L}\p{N}]/u.test(`${url.body}${url.query ?? ''}`)) throw new LinkError('no-host');
  if (!url.body.includes('@')) needSecret(url.scheme);
  const name = cleanName(url.name || (splitQuery(url.query ?? '').get('remarks') ?? ''));
  const link = `${url.scheme}://${safe(url.body)}${url.query ? `?${safe(url.query).replace(/[,@]/g, encode)}` : ''}`;
  return keep({ scheme: url.scheme, protocol, name, address: addressIn(url), link });
}

/** The same for what a list describes. */
export function keepParts(link: RawLink, protocol: string): ProxyDefinition {
  const { scheme, query, username, password } = link;
  if (username === '' && password === '') needSecret(scheme);
  const refuse = () => {
    throw new EngineError('not-spoken', protocol);
  };
  const kind = {
    scheme,
    protocol,
    encrypted: true,
    notSpoken: protocol,
    query,
    hasOneSecret: scheme !== 'ss' && password === '',
    createClient: refuse,
  };
  return createDefinition(link, kind);
}

/** AnyTLS is useless without a password, although its links allow that. */
function needSecret(scheme: string): void {
  if (scheme === 'anytls') throw new LinkError('no-secret');
}

interface Kept {
  readonly scheme: string;
  readonly protocol: string;
  readonly name: string;
  readonly address: string; // '' where it cannot be read
  readonly link: string; // without the name
}

/** The definition of what is kept. */
export function keep({ scheme, protocol, name, address, link }: Kept): ProxyDefinition {
  return {
    scheme,
    protocol,
    label: name || address || protocol,
    address,
    encrypted: true, // nothing is ever sent
    insecure: false,
    notSpoken: protocol,
    link: name === '' ? link : `${link}#${encodeURIComponent(name).replace(signs, encode)}`,
    createClient() {
      throw new EngineError('not-spoken', protocol);
    },
  };
}

// What would end the link, or be read as something else, where it stands between other text.
const unsafe = /[\s"'<>`()[\]{}|\\^;,*!\p{Cc}\p{Cf}]|[^\x21-\x7e]/gu;
const signs = /[!'()*]/g;

function safe(text: string): string {
  return text.toWellFormed().replace(unsafe, (sign) => (keptSigns.has(sign) ? sign : encode(sign)));
}

// Brackets of IPv6, and commas between ports; in a query a comma or an @ could end the link, and begin another one.
const keptSigns = new Set(['[', ']', ',']);

function encode(sign: string): string {
  return [...Buffer.from(sign)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}

/** For people only: '' where nothing like an address is in the link. */
function addressIn({ scheme, body }: CutUrl): string {
  const decoded = body.includes('@') ? null : decodeBase64(body.replace(/\/.*$/, ''));
  const [, ssrAddress] = /^([^:]+:\d+):[^:]+:[^:]+:[^:]+:/.exec(decoded ?? '') ?? [];
  const text = decoded?.includes('@') ? decoded : body; // else a secret might be taken for an address
  try {
    return hostAndPort(cutAuthority((ssrAddress ?? decodePercentLoosely(text)).replace(/(:\d+),[\d,:-]*/, '$1'), defaultPorts.get(scheme)));
  } catch {
    return '';
  }
}

const defaultPorts = new Map<string, string>([
  ...['hysteria2', 'hy2', 'anytls', 'naive+https', 'naive+quic', 'tuic'].map((scheme): [string, string] => [scheme, '443']),
  ['ssh', '22'],
]);
