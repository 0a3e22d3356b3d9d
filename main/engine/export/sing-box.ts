import type { RawLink } from '../outbound.ts';
import { splitPlugin } from '../outbounds/shadowsocks/plugin.ts';
import type { Node } from './export.ts';
import { compact, hasKnownSecurity, isWithoutTransport, listed, webSocketParts } from './values.ts';

/** An outbound (SagerNet/sing-box, docs/configuration/outbound); null for what it cannot hold. */
export function singBoxOutbound(link: RawLink, name: string): Node | null {
  const { scheme, host, port } = link;
  const { type, ...rest } = describe[scheme]?.(link) ?? {};
  return type === undefined ? null : { type, tag: name, server: host, server_port: port, ...compact(rest) };
}

type Describe = (link: RawLink) => Node | null;

const login = ({ username, password }: RawLink) => ({ username, password });

const describe: Record<string, Describe> = {
  socks5: (link) => ({ type: 'socks', version: '5', ...login(link) }),
  socks4: (link) => ({ type: 'socks', version: '4', ...login(link) }),
  socks4a: (link) => ({ type: 'socks', version: '4a', ...login(link) }),
  http: (link) => ({ type: 'http', ...login(link) }),
  https(link) {
    const stream = streamOf(link, 'tls');
    return stream && { type: 'http', ...login(link), ...stream };
  },
  ss({ username, password, query }) {
    const text = query.get('plugin') ?? '';
    const { name } = splitPlugin(text);
    if (query.has('prefix') || !isWithoutTransport(query) || !['', 'obfs-local', 'v2ray-plugin'].includes(name)) return null;
    const plugin = { plugin: name, plugin_opts: text.slice(name.length + 1) };
    return { type: 'shadowsocks', method: username, password, ...plugin, udp_over_tcp: query.has('uot') };
  },
  trojan(link) {
    const stream = streamOf(link, 'tls');
    return stream && !link.query.has('encryption') ? { type: 'trojan', password: link.username, ...stream } : null;
  },
  vless(link) {
    const stream = streamOf(link, 'none');
    const { query } = link;
    if (stream === null || (query.get('encryption') ?? 'none') !== 'none') return null;
    return { type: 'vless', uuid: link.username, flow: query.get('flow'), packet_encoding: query.get('packetEncoding'), ...stream };
  },
  vmess(link) {
    const stream = streamOf(link, 'none');
    const { query } = link;
    const alterId = Number(query.get('aid') ?? 0);
    const rest = {
      security: query.get('encryption') ?? 'auto',
      alter_id: alterId,
      authenticated_length: query.has('authenticatedLength'),
      packet_encoding: query.get('packetEncoding'),
    };
    return stream && { type: 'vmess', uuid: link.username, ...rest, ...stream };
  },
};

/** Transport and TLS; null where sing-box has no such thing. */
function streamOf(link: RawLink, usualSecurity: 'tls' | 'none'): Node | null {
  const { query } = link;
  const transport = transportOf(query);
  if (transport === null || !hasKnownSecurity(query) || ['ech', 'fm', 'pcs', 'spx', 'vcn'].some((name) => query.has(name))) return null;
  const security = query.get('security') ?? usualSecurity;
  const tls = {
    enabled: true,
    server_name: query.get('sni'),
    insecure: query.get('allowInsecure') === '1',
    alpn: listed(query.get('alpn')),
    utls: utlsOf(query),
  };
  const reality = { enabled: true, public_key: query.get('pbk'), short_id: query.get('sid') };
  return {
    ...(security !== 'none' && { tls: compact({ ...tls, reality: security === 'reality' ? compact(reality) : '' }) }),
    transport,
  };
}

const utlsOf = (query: ReadonlyMap<string, string>) => (query.has('fp') ? { enabled: true, fingerprint: query.get('fp') } : '');

function transportOf(query: ReadonlyMap<string, string>): Node | null {
  const host = query.get('host');
  const headers = host === undefined ? {} : { headers: { Host: host } };
  switch (query.get('type') ?? 'tcp') {
    case 'tcp':
      return query.has('headerType') ? null : {};
    case 'ws': {
      const { path, early, header } = webSocketParts(query);
      return compact({ type: 'ws', path, ...headers, max_early_data: early || '', early_data_header_name: header });
    }
    case 'httpupgrade':
      return compact({ type: 'httpupgrade', host, path: query.get('path') });
    case 'grpc':
      return query.get('mode') === 'multi' || query.has('authority')
        ? null
        : compact({ type: 'grpc', service_name: query.get('serviceName') });
    case 'http':
      return compact({ type: 'http', host: listed(host), path: query.get('path') });
    default:
      return null;
  }
}
