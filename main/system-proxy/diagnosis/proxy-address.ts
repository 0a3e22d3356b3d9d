/** Where a proxy setting leads. */
export interface ProxyAddress {
  readonly host: string; // lower case, IPv6 without brackets
  readonly port: number;
}

const shape = /^([a-z][a-z0-9+.-]*:\/\/)?(?:.*@)?(\[[0-9a-f:.]+\]|[^\s:/?#@[\]]+)[: ](\d{1,5})(?:[/?#].*)?$/is;

/**
 * Reads a proxy setting as programs write it: `http://user:password@host:port/`, `host:port`, KDE's `http://host port`. null where there is no
 * port: programs do not agree on which one is meant then.
 */
export function parseProxyAddress(value: string): ProxyAddress | null {
  const [, , host, port] = shape.exec(value.trim()) ?? [];
  if (host === undefined || !(Number(port) >= 1 && Number(port) <= 65_535)) return null;
  return { host: host.replace(/^\[|\]$/g, '').toLowerCase(), port: Number(port) };
}

/** For showing: host:port, IPv6 in brackets. */
export function formatAddress({ host, port }: ProxyAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Whether it is a port of this computer, known without asking a name server. */
export function isLocal({ host }: Pick<ProxyAddress, 'host'>): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** Hides all of a setting's value but scheme, host and port, quotes and all; a value that is no such address is hidden as a whole. */
export function maskProxy(value: string): string {
  const [, open = '', text = '', close = ''] = /^(["']?)(.*?)(["']?)$/s.exec(value) ?? [];
  const [, scheme = ''] = shape.exec(text.trim()) ?? [];
  const address = parseProxyAddress(text);
  if (address === null) return `${open}***${close}`;
  const login = text.includes('@') ? '***@' : '';
  return `${open}${scheme}${login}${formatAddress(address)}${/\d\/?$/.test(text.trim()) ? '' : '/***'}${close}`;
}
