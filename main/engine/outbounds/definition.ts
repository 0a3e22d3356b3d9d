import { LinkError } from '../errors.ts';
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
  createClient(proxy: Destination, login: Login, via: Outbound): ProxyClient;
}

/** Makes the definition of a proxy whose link has nothing but an address, a login and a name. */
export function createDefinition(link: RawLink, kind: Kind): ProxyDefinition {
  const { host, port, username, password } = link; // all that is kept: there may be 50,000 of these
  const address = hostAndPort(link);
  return {
    scheme: kind.scheme,
    protocol: kind.protocol,
    label: link.name || address,
    address,
    encrypted: kind.encrypted,
    link: canonicalLink(link, kind.scheme, address),
    createClient: (via) => kind.createClient({ host, port }, { username, password }, via),
  };
}

/** Throws LinkError when user name or password have more than 255 bytes of UTF-8, which RFC 1929 cannot carry. */
export function checkLoginLength({ username, password }: Login): void {
  if (Buffer.byteLength(username) > 255 || Buffer.byteLength(password) > 255) throw new LinkError('login-too-long');
}

// The colon is written even where there is no password: a lone user name could be taken for base64 of a whole login.
function canonicalLink({ username, password, name }: RawLink, scheme: string, address: string): string {
  const login = username || password ? `${encode(username)}:${encode(password)}@` : '';
  return `${scheme}://${login}${address}${name && `#${encode(name)}`}`;
}

// Signs that encodeURIComponent leaves alone although they end a link where it stands in brackets, quotes or Markdown.
const signs = /[!'()*]/g;

// encodeURIComponent throws on half of a surrogate pair, which no byte sequence stands for anyway.
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(signs, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
