import { EngineError, LinkError } from '../errors.ts';
import type { Destination, Outbound, ProxyClient, ProxyDefinition, RawLink } from '../outbound.ts';
import { hostAndPort } from './destination.ts';

/** User name and password for a proxy; both empty where the link has none. */
export interface Login {
  readonly username: string;
  readonly password: string;
}

interface Kind {
  readonly scheme: string;
  readonly protocol: string;
  readonly encrypted: boolean;
  readonly insecure?: boolean;
  readonly notSpoken?: string | null;
  /** What belongs to the link beside address, login and name, and is written back in this order. Unknown keys are kept for who knows them. */
  readonly query?: ReadonlyMap<string, string>;
  /** There is one secret, the user name, and no colon after it. */
  readonly hasOneSecret?: boolean;
  createClient(proxy: Destination, login: Login, via: Outbound): ProxyClient;
}

/** Makes the definition of a proxy from its link and what its protocol makes of it. */
export function createDefinition(link: RawLink, kind: Kind): ProxyDefinition {
  const { host, port, username, password } = link; // all that is kept: there may be 50,000 of these
  const { scheme, protocol, encrypted, insecure = false, notSpoken = null, createClient } = kind;
  const address = hostAndPort(link);
  return {
    scheme,
    protocol,
    label: link.name || address,
    address,
    encrypted: encrypted || notSpoken !== null, // nothing is ever sent
    insecure,
    notSpoken,
    link: canonicalLink(link, kind, address),
    createClient(via) {
      if (notSpoken !== null) throw new EngineError('not-supported', notSpoken);
      return createClient({ host, port }, { username, password }, via);
    },
  };
}

/** Throws LinkError when user name or password have more than 255 bytes of UTF-8, which RFC 1929 cannot carry. */
export function checkLoginLength({ username, password }: Login): void {
  if (Buffer.byteLength(username) > 255 || Buffer.byteLength(password) > 255) throw new LinkError('login-too-long');
}

// The colon is written even where there is no password: a lone user name could be taken for base64 of a whole login.
function canonicalLink({ username, password, name }: RawLink, { scheme, query, hasOneSecret }: Kind, address: string): string {
  const secret = hasOneSecret ? encode(username) : `${encode(username)}:${encode(password)}`;
  const login = username || password ? `${secret}@` : '';
  return `${scheme}://${login}${address}${query ? encodeQuery(query) : ''}${name && `#${encode(name)}`}`;
}

function encodeQuery(query: ReadonlyMap<string, string>): string {
  const pairs = [...query].map(([key, value]) => `${encode(key)}=${encode(value)}`);
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

// Signs that encodeURIComponent leaves alone although they end a link where it stands in brackets, quotes or Markdown.
const signs = /[!'()*]/g;

// encodeURIComponent throws on half of a surrogate pair, which no byte sequence stands for anyway.
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(signs, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
