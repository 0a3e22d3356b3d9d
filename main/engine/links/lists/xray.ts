import { LinkError } from '../../errors.ts';
import type { ProxyDefinition } from '../../outbound.ts';
import { defineDescribed, entryOf, type Fields, fieldsOf, isOn, listOf, type Pairs, refuseChain, textOf, unless } from './fields.ts';

/** One outbound of Xray or V2Ray (xtls.github.io, configuration of outbounds). `title` names it where it has no name. null for what is no proxy. */
export function defineXray(node: Fields, title: string): ProxyDefinition | null {
  const protocol = textOf(node, 'protocol').toLowerCase();
  if (notProxies.has(protocol)) return null;
  const describe = entryOf(protocols, protocol);
  if (describe === undefined) throw new LinkError('unknown-scheme', protocol.slice(0, 32));
  const dialer = textOf(fieldsOf(fieldsOf(node, 'streamSettings'), 'sockopt'), 'dialerProxy');
  refuseChain('dialerProxy', dialer || textOf(fieldsOf(node, 'proxySettings'), 'tag'));
  const settings = fieldsOf(node, 'settings');
  const [server = settings] = [...listOf(settings, 'vnext'), ...listOf(settings, 'servers')];
  const [user = server] = listOf(server, 'users');
  const address = { host: textOf(server, 'address'), port: textOf(server, 'port') };
  const tag = textOf(node, 'tag');
  const name = title !== '' && /^(?:proxy)?$/.test(tag) ? title : tag; // every configuration calls its first one so
  return defineDescribed({ ...address, name, ...describe({ node, server, user }) });
}

const notProxies = new Set(['freedom', 'blackhole', 'dns', 'loopback']);

interface Parts {
  readonly node: Fields;
  readonly server: Fields;
  readonly user: Fields;
}

interface Secrets {
  readonly scheme: string;
  readonly username: string;
  readonly password?: string;
  readonly query?: Pairs;
  readonly host?: string;
  readonly port?: string;
}

const login = ({ server, user }: Parts) => ({
  username: textOf(user, 'user', 'username') || textOf(server, 'user'),
  password: textOf(user, 'pass', 'password'),
});

const protocols: Record<string, (parts: Parts) => Secrets> = {
  socks: (parts) => ({ scheme: 'socks5', ...login(parts) }),
  http(parts) {
    const stream = fieldsOf(parts.node, 'streamSettings');
    if (textOf(stream, 'security') !== 'tls') return { scheme: 'http', ...login(parts) };
    const tls = fieldsOf(stream, 'tlsSettings');
    const query: Pairs = [
      ['sni', textOf(tls, 'serverName')],
      ['allowInsecure', isOn(tls, 'allowInsecure') ? '1' : ''],
      ['pcs', textOf(tls, 'pinnedPeerCertSha256')],
    ];
    return { scheme: 'https', ...login(parts), query };
  },
  shadowsocks: ({ node, server }) => ({
    scheme: 'ss',
    username: textOf(server, 'method').toLowerCase(),
    password: textOf(server, 'password'),
    query: [['uot', isOn(server, 'uot') ? '1' : ''], ...streamOf(node, 'none')],
  }),
  trojan: ({ node, server }) => ({ scheme: 'trojan', username: textOf(server, 'password'), query: streamOf(node, 'tls') }),
  vless: ({ node, user }) => ({
    scheme: 'vless',
    username: textOf(user, 'id'),
    query: [['encryption', textOf(user, 'encryption') || 'none'], ['flow', textOf(user, 'flow')], ...streamOf(node, 'none')],
  }),
  vmess: ({ node, user }) => ({
    scheme: 'vmess',
    username: textOf(user, 'id'),
    query: [
      ['encryption', textOf(user, 'security') || 'auto'],
      ...streamOf(node, 'none'),
      ['aid', textOf(user, 'alterId')],
      ...experimentsOf(user),
    ],
  }),
  wireguard({ node }) {
    const settings = fieldsOf(node, 'settings');
    const [peer = {}] = listOf(settings, 'peers');
    const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(textOf(peer, 'endpoint')) ?? [];
    return {
      scheme: 'wireguard',
      host,
      port,
      username: textOf(settings, 'secretKey'),
      query: [
        ['publickey', textOf(peer, 'publicKey')],
        ['presharedkey', textOf(peer, 'preSharedKey')],
        ['address', textOf(settings, 'address')],
        ['reserved', textOf(settings, 'reserved')],
        ['mtu', textOf(settings, 'mtu')],
      ],
    };
  },
};

const experimentsOf = (user: Fields): Pairs =>
  textOf(user, 'experiments').split('|').includes('AuthenticatedLength') ? [['authenticatedLength', '1']] : [];

/** Transport and TLS of `streamSettings`; `usual` security is what the protocol has where nothing is said. */
function streamOf(node: Fields, usual: 'tls' | 'none'): Pairs {
  const stream = fieldsOf(node, 'streamSettings');
  const security = textOf(stream, 'security').toLowerCase();
  const tls = fieldsOf(stream, security === 'reality' ? 'realitySettings' : 'tlsSettings');
  return [
    ...transportOf(stream),
    ['security', unless(usual, security || 'none')],
    ['sni', textOf(tls, 'serverName')],
    ['alpn', textOf(tls, 'alpn')],
    ['fp', textOf(tls, 'fingerprint')],
    ['pcs', textOf(tls, 'pinnedPeerCertSha256')],
    ['pbk', textOf(tls, 'publicKey', 'password')],
    ['sid', textOf(tls, 'shortId')],
    ['spx', textOf(tls, 'spiderX')],
    ['allowInsecure', isOn(tls, 'allowInsecure') ? '1' : ''],
  ];
}

const settingsNames: Record<string, readonly string[]> = {
  tcp: ['tcpSettings', 'rawSettings'],
  raw: ['rawSettings', 'tcpSettings'],
  splithttp: ['splithttpSettings', 'xhttpSettings'],
};

function transportOf(stream: Fields): Pairs {
  const network = textOf(stream, 'network', 'method') || 'tcp';
  const names = entryOf(settingsNames, network) ?? [`${network}Settings`];
  const settings = fieldsOf(stream, names.find((name) => name in stream) ?? '');
  const header = fieldsOf(settings, 'header');
  const request = fieldsOf(header, 'request');
  return [
    ['type', network],
    ['headerType', textOf(header, 'type').replace(/^none$/, '')],
    [
      'host',
      textOf(settings, 'host') || textOf(fieldsOf(settings, 'headers'), 'Host', 'host') || textOf(fieldsOf(request, 'headers'), 'Host'),
    ],
    ['path', textOf(settings, 'path') || textOf(request, 'path')],
    ['serviceName', textOf(settings, 'serviceName')],
    ['authority', textOf(settings, 'authority')],
    ['mode', isOn(settings, 'multiMode') ? 'multi' : textOf(settings, 'mode')],
    ['seed', textOf(settings, 'seed')],
  ];
}
