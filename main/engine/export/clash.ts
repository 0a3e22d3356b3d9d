import type { RawLink } from '../outbound.ts';
import { splitPlugin } from '../outbounds/shadowsocks/plugin.ts';
import type { Node } from './export.ts';
import { compact, hasKnownSecurity, isWithoutTransport, listed, webSocketParts } from './values.ts';

/** An entry of `proxies:` (MetaCubeX/mihomo, docs/config.yaml); null for what it cannot hold. */
export function clashNode(link: RawLink, name: string): Node | null {
  const { scheme, host, port } = link;
  const rest = describe[scheme]?.(link) ?? null;
  return rest && compact({ name, server: host, port, ...rest });
}

type Describe = (link: RawLink) => Node | null;

const login = ({ username, password }: RawLink) => ({ username, password });

const describe: Record<string, Describe> = {
  socks5: (link) => ({ type: 'socks5', ...login(link), udp: true }),
  http: (link) => ({ type: 'http', ...login(link) }),
  https(link) {
    const stream = streamOf(link, 'sni');
    return stream && { type: 'http', ...login(link), tls: true, ...stream };
  },
  ss({ username, password, query }) {
    const plugin = pluginOf(query.get('plugin') ?? '');
    if (plugin === null || query.has('prefix') || !isWithoutTransport(query)) return null;
    return { type: 'ss', cipher: username, password, udp: true, ...plugin, 'udp-over-tcp': query.has('uot') };
  },
  trojan(link) {
    const stream = streamOf(link, 'sni');
    const security = link.query.get('security') ?? 'tls';
    if (stream === null || security === 'none') return null;
    const [, method, password] = /^ss;([^:]+):(.*)$/s.exec(link.query.get('encryption') ?? '') ?? [];
    const inner = method === undefined ? {} : { 'ss-opts': { enabled: true, method, password } };
    return { type: 'trojan', password: link.username, udp: true, ...inner, ...stream };
  },
  vless(link) {
    const stream = streamOf(link, 'servername');
    const encryption = link.query.get('encryption') ?? 'none';
    const tls = hasTls(link, 'none');
    const rest = {
      flow: link.query.get('flow'),
      encryption: encryption === 'none' ? '' : encryption,
      'packet-encoding': link.query.get('packetEncoding'),
    };
    return stream && { type: 'vless', uuid: link.username, udp: true, tls, ...rest, ...stream };
  },
  vmess(link) {
    const stream = streamOf(link, 'servername');
    const { query } = link;
    const cipher = query.get('encryption') ?? 'auto';
    const rest = {
      alterId: Number(query.get('aid') ?? 0),
      cipher,
      'authenticated-length': query.has('authenticatedLength'),
      'packet-encoding': query.get('packetEncoding'),
    };
    return stream && { type: 'vmess', uuid: link.username, udp: true, tls: hasTls(link, 'none'), ...rest, ...stream };
  },
};

const hasTls = ({ query }: RawLink, usual: string) => (query.get('security') ?? usual) !== 'none';

/** Transport and TLS; null where Clash has no such transport. */
function streamOf({ query }: RawLink, serverName: 'sni' | 'servername'): Node | null {
  const transport = transportOf(query);
  const pins = listed(query.get('pcs')) ?? [];
  if (transport === null || !hasKnownSecurity(query) || query.has('ech') || query.has('fm') || query.has('vcn') || pins.length > 1)
    return null;
  return {
    ...transport,
    [serverName]: query.get('sni'),
    alpn: listed(query.get('alpn')),
    'client-fingerprint': query.get('fp'),
    fingerprint: pins[0],
    'skip-cert-verify': query.get('allowInsecure') === '1',
    'reality-opts': compact({ 'public-key': query.get('pbk'), 'short-id': query.get('sid') }),
  };
}

function transportOf(query: ReadonlyMap<string, string>): Node | null {
  const [host, path] = [query.get('host'), query.get('path')];
  const headers = host === undefined ? {} : { headers: { Host: host } };
  switch (query.get('type') ?? 'tcp') {
    case 'tcp':
      return query.has('headerType')
        ? { network: 'http', 'http-opts': compact({ path: listed(path), headers: host && { Host: listed(host) } }) }
        : {};
    case 'ws': {
      const { path, early, header } = webSocketParts(query);
      return { network: 'ws', 'ws-opts': compact({ path, ...headers, 'max-early-data': early || '', 'early-data-header-name': header }) };
    }
    case 'httpupgrade':
      return { network: 'ws', 'ws-opts': compact({ path, ...headers, 'v2ray-http-upgrade': true }) };
    case 'grpc':
      return query.get('mode') === 'multi' || query.has('authority')
        ? null
        : { network: 'grpc', 'grpc-opts': compact({ 'grpc-service-name': query.get('serviceName') }) };
    case 'http':
      return { network: 'h2', 'h2-opts': compact({ host: listed(host), path }) };
    case 'xhttp':
      return query.has('extra') ? null : { network: 'xhttp', 'xhttp-opts': compact({ host, path, mode: query.get('mode') }) };
    default:
      return null;
  }
}

/** A plugin under Clash's names; null for one that it does not know. */
function pluginOf(text: string): Node | null {
  if (text === '') return {};
  const { name, options } = splitPlugin(text);
  if (name === 'obfs-local' || name === 'simple-obfs' || name === 'obfs')
    return { plugin: 'obfs', 'plugin-opts': compact({ mode: options.get('obfs') ?? 'http', host: options.get('obfs-host') }) };
  if (!['v2ray-plugin', 'shadow-tls', 'restls'].includes(name)) return null;
  const said = (key: string, text: string) => (key === 'mux' ? text !== '0' : text || true); // mihomo takes no number for it
  return { plugin: name, 'plugin-opts': Object.fromEntries([...options].map(([key, text]) => [key, said(key, text)])) };
}
