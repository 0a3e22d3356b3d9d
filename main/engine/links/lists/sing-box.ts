import { LinkError } from '../../errors.ts';
import type { ProxyDefinition } from '../../outbound.ts';
import {
  defineDescribed,
  earlyData,
  entryOf,
  type Fields,
  fieldsOf,
  isOn,
  listOf,
  type Pairs,
  refuseChain,
  restOf,
  textOf,
  unless,
} from './fields.ts';

/** One outbound of sing-box (SagerNet/sing-box, docs/configuration/outbound). null for what is no proxy. Throws LinkError. */
export function defineSingBox(node: Fields): ProxyDefinition | null {
  const type = textOf(node, 'type');
  if (notProxies.has(type)) return null;
  refuseChain('detour', textOf(node, 'detour'));
  const address = { host: textOf(node, 'server'), port: textOf(node, 'server_port'), name: textOf(node, 'tag') };
  if (type === 'wireguard') return defineWireguard(node, address);
  const describe = entryOf(types, type);
  if (describe !== undefined) return defineDescribed({ ...address, ...describe(node) });
  if (!keptTypes.has(type)) throw new LinkError('unknown-scheme', type.slice(0, 32));
  const username = textOf(node, 'uuid', 'user', 'username');
  const secret = textOf(node, 'password', 'auth_str');
  const login = username === '' ? { username: secret } : { username, password: secret };
  return defineDescribed({
    scheme: type,
    ...address,
    port: address.port || firstPort(node),
    ...login,
    query: restOf(node, known),
  });
}

const notProxies = new Set(['direct', 'block', 'dns', 'selector', 'urltest', 'tor']);
const keptTypes = new Set(['hysteria', 'hysteria2', 'tuic', 'anytls', 'shadowtls', 'ssh', 'naive', 'shadowsocksr']);
const known = new Set(['type', 'tag', 'server', 'server_port', 'uuid', 'password', 'auth_str', 'user', 'username']);
const firstPort = (node: Fields) => /^\d+/.exec(textOf(node, 'server_ports'))?.[0] ?? '';

interface Secrets {
  readonly scheme: string;
  readonly username: string;
  readonly password?: string;
  readonly query?: Pairs;
}

const login = (node: Fields) => ({ username: textOf(node, 'username'), password: textOf(node, 'password') });

const types: Record<string, (node: Fields) => Secrets> = {
  socks: (node) => ({ scheme: `socks${textOf(node, 'version') || '5'}`, ...login(node) }),
  http(node) {
    const tls = fieldsOf(node, 'tls');
    if (!isOn(tls, 'enabled')) return { scheme: 'http', ...login(node) };
    const query: Pairs = [
      ['sni', textOf(tls, 'server_name')],
      ['allowInsecure', isOn(tls, 'insecure') ? '1' : ''],
    ];
    return { scheme: 'https', ...login(node), query };
  },
  shadowsocks: (node) => ({
    scheme: 'ss',
    username: textOf(node, 'method').toLowerCase(),
    password: textOf(node, 'password'),
    query: [
      ['plugin', [textOf(node, 'plugin'), textOf(node, 'plugin_opts')].filter(Boolean).join(';')],
      ['uot', isOn(node, 'udp_over_tcp') || isOn(fieldsOf(node, 'udp_over_tcp'), 'enabled') ? '1' : ''],
    ],
  }),
  trojan: (node) => ({ scheme: 'trojan', username: textOf(node, 'password'), query: streamOf(node, 'tls') }),
  vless: (node) => ({
    scheme: 'vless',
    username: textOf(node, 'uuid'),
    query: [
      ['encryption', 'none'],
      ['flow', textOf(node, 'flow')],
      ...streamOf(node, 'none'),
      ['packetEncoding', textOf(node, 'packet_encoding')],
    ],
  }),
  vmess: (node) => ({
    scheme: 'vmess',
    username: textOf(node, 'uuid'),
    query: [
      ['encryption', textOf(node, 'security') || 'auto'],
      ...streamOf(node, 'none'),
      ['packetEncoding', textOf(node, 'packet_encoding')],
      ['aid', textOf(node, 'alter_id')],
      ['authenticatedLength', textOf(node, 'authenticated_length')],
    ],
  }),
};

/** Transport and TLS; `usual` security is what the protocol has where nothing is said. */
function streamOf(node: Fields, usual: 'tls' | 'none'): Pairs {
  const transport = fieldsOf(node, 'transport');
  const tls = fieldsOf(node, 'tls');
  const reality = fieldsOf(tls, 'reality');
  if (isOn(tls, 'disable_sni')) throw new LinkError('not-spoken', 'disable_sni'); // the name would be in the open
  return [
    ...transportOf(transport),
    ['security', unless(usual, isOn(reality, 'enabled') ? 'reality' : isOn(tls, 'enabled') ? 'tls' : 'none')],
    ['sni', textOf(tls, 'server_name')],
    ['alpn', textOf(tls, 'alpn')],
    ['fp', textOf(fieldsOf(tls, 'utls'), 'fingerprint')],
    ['pbk', textOf(reality, 'public_key')],
    ['sid', textOf(reality, 'short_id')],
    ['allowInsecure', isOn(tls, 'insecure') ? '1' : ''],
    ['ech', isOn(fieldsOf(tls, 'ech'), 'enabled') ? '1' : ''],
  ];
}

function transportOf(transport: Fields): Pairs {
  const type = textOf(transport, 'type') || 'tcp';
  return [
    ['type', type],
    ['host', textOf(transport, 'host') || textOf(fieldsOf(transport, 'headers'), 'Host', 'host')],
    ['path', textOf(transport, 'path')],
    ['serviceName', textOf(transport, 'service_name')],
    ...earlyData(textOf(transport, 'max_early_data'), textOf(transport, 'early_data_header_name')),
  ];
}

function defineWireguard(node: Fields, address: { host: string; port: string; name: string }): ProxyDefinition {
  const [peer = {}] = listOf(node, 'peers');
  return defineDescribed({
    scheme: 'wireguard',
    host: address.host || textOf(peer, 'address', 'server'),
    port: address.port || textOf(peer, 'port', 'server_port'),
    name: address.name,
    username: textOf(node, 'private_key'),
    query: [
      ['publickey', textOf(node, 'peer_public_key') || textOf(peer, 'public_key')],
      ['presharedkey', textOf(node, 'pre_shared_key') || textOf(peer, 'pre_shared_key')],
      ['address', textOf(node, 'address', 'local_address')],
      ['reserved', textOf(node, 'reserved') || textOf(peer, 'reserved')],
      ['mtu', textOf(node, 'mtu')],
    ],
  });
}
