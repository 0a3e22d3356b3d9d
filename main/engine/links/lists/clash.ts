import { LinkError } from '../../errors.ts';
import type { ProxyDefinition } from '../../outbound.ts';
import { pluginText } from '../plugin-text.ts';
import { clashTransport } from './clash-transport.ts';
import { defineDescribed, entryOf, type Fields, fieldsOf, isOn, type Pairs, refuseChain, restOf, textOf } from './fields.ts';

/** One entry of `proxies:` (MetaCubeX/mihomo, docs/config.yaml). null for what is no proxy. Throws LinkError. */
export function defineClash(node: Fields): ProxyDefinition | null {
  const type = textOf(node, 'type').toLowerCase();
  if (type === '') throw new LinkError('no-link');
  if (notProxies.has(type)) return null;
  const describe = entryOf(spoken, type) ?? entryOf(kept, type);
  if (describe === undefined) throw new LinkError('unknown-scheme', type.slice(0, 32));
  refuseChain('dialer-proxy', textOf(node, 'dialer-proxy'));
  const address = {
    host: textOf(node, 'server'),
    port: textOf(node, 'port') || firstPort(textOf(node, 'ports')),
    name: textOf(node, 'name'),
  };
  return defineDescribed({ ...address, ...describe(node) });
}

const notProxies = new Set(['direct', 'dns', 'reject', 'pass', 'compatible']);

const firstPort = (ports: string) => /^\d+/.exec(ports)?.[0] ?? '';

interface Secrets {
  readonly scheme: string;
  readonly username?: string;
  readonly password?: string;
  readonly query?: Pairs;
}

type Describe = (node: Fields) => Secrets;

const tlsOnly = (node: Fields): Pairs => [
  ['sni', textOf(node, 'sni', 'servername')],
  ['allowInsecure', insecure(node)],
  ['pcs', textOf(node, 'fingerprint')],
];
const login = (node: Fields) => ({ username: textOf(node, 'username'), password: textOf(node, 'password') });

const spoken: Record<string, Describe> = {
  socks5: (node) => ({ ...login(node), ...(isOn(node, 'tls') ? { scheme: 'socks5+tls', query: tlsOnly(node) } : { scheme: 'socks5' }) }),
  http: (node) => ({ ...login(node), ...(isOn(node, 'tls') ? { scheme: 'https', query: tlsOnly(node) } : { scheme: 'http' }) }),
  ss: (node) => ({
    scheme: 'ss',
    username: textOf(node, 'cipher').toLowerCase(),
    password: textOf(node, 'password'),
    query: [
      ['plugin', plugin(textOf(node, 'plugin'), fieldsOf(node, 'plugin-opts'))],
      ['uot', isOn(node, 'udp-over-tcp') ? '1' : ''],
    ],
  }),
  trojan: (node) => ({
    scheme: 'trojan',
    username: textOf(node, 'password'),
    query: [...trojanCipher(node), ...clashTransport(node)],
  }),
  vless: (node) => ({
    scheme: 'vless',
    username: textOf(node, 'uuid'),
    query: [
      ['encryption', textOf(node, 'encryption') || 'none'],
      ['flow', textOf(node, 'flow')],
      ...clashTransport(node),
      ['packetEncoding', textOf(node, 'packet-encoding')],
    ],
  }),
  vmess: (node) => ({
    scheme: 'vmess',
    username: textOf(node, 'uuid'),
    query: [
      ['encryption', textOf(node, 'cipher') || 'auto'],
      ...clashTransport(node),
      ['packetEncoding', textOf(node, 'packet-encoding')],
      ['aid', textOf(node, 'alterId')],
      ['authenticatedLength', textOf(node, 'authenticated-length')],
    ],
  }),
};

// An encryption inside: Trojan-Go's.
function trojanCipher(node: Fields): Pairs {
  const inner = fieldsOf(node, 'ss-opts');
  return isOn(inner, 'enabled') ? [['encryption', `ss;${textOf(inner, 'method')}:${textOf(inner, 'password')}`]] : [];
}

/** In SIP003's form: `obfs` is obfs-local's short name here, and its options have other names. */
function plugin(name: string, options: Fields): string {
  if (name === '') return '';
  if (name === 'obfs') return pluginText('obfs-local', { obfs: options.mode ?? 'http', 'obfs-host': options.host });
  const isSwitch = (value: unknown) => value === 'true' || value === 'false';
  const plain = Object.entries(options).map(([key, value]) => [key, isSwitch(value) ? value === 'true' : value] as const);
  const { 'v2ray-http-upgrade': _upgrade, ...rest } = Object.fromEntries(plain);
  return pluginText(name, isOn(options, 'v2ray-http-upgrade') ? { ...rest, mode: 'httpupgrade' } : rest);
}

const common = new Set(['name', 'type', 'server', 'port', 'ports', 'password', 'uuid', 'username', 'sni', 'skip-cert-verify', 'alpn']);
const insecure = (node: Fields) => (isOn(node, 'skip-cert-verify') ? '1' : '');

/** Under the names of each scheme's own links, as far as there are such; the rest under Clash's. */
function keptAs(scheme: string, secrets: (node: Fields) => Omit<Secrets, 'scheme'>, known: readonly string[] = []): Describe {
  const taken = new Set([...common, ...known]);
  return (node) => {
    const { query = [], ...rest } = secrets(node);
    const tls: Pairs = [
      ['sni', textOf(node, 'sni')],
      ['alpn', textOf(node, 'alpn')],
      ['insecure', insecure(node)],
    ];
    return { scheme, ...rest, query: [...query, ...tls, ...restOf(node, taken)] };
  };
}

const kept: Record<string, Describe> = {
  hysteria2: keptAs('hysteria2', (node) => ({ username: textOf(node, 'password'), query: [['mport', textOf(node, 'ports')]] })),
  hysteria: keptAs(
    'hysteria',
    (node) => ({
      query: [
        ['auth', textOf(node, 'auth-str', 'auth_str', 'auth')],
        ['mport', textOf(node, 'ports')],
      ],
    }),
    ['auth-str', 'auth_str', 'auth'],
  ),
  tuic: keptAs(
    'tuic',
    (node) => ({
      username: textOf(node, 'uuid', 'token'),
      password: textOf(node, 'password'),
      query: [['congestion_control', textOf(node, 'congestion-controller')]],
    }),
    ['token', 'congestion-controller'],
  ),
  anytls: keptAs('anytls', (node) => ({ username: textOf(node, 'password') })),
  ssr: keptAs('ssr', (node) => ({ username: textOf(node, 'cipher'), password: textOf(node, 'password') }), ['cipher']),
  snell: keptAs('snell', (node) => ({ username: textOf(node, 'psk') }), ['psk']),
  ssh: keptAs('ssh', login),
  mieru: keptAs('mieru', login),
  wireguard: keptAs(
    'wireguard',
    (node) => ({
      username: textOf(node, 'private-key'),
      query: [
        ['publickey', textOf(node, 'public-key')],
        ['presharedkey', textOf(node, 'pre-shared-key')],
        ['address', [textOf(node, 'ip'), textOf(node, 'ipv6')].filter(Boolean).join(',')],
      ],
    }),
    ['private-key', 'public-key', 'pre-shared-key', 'ip', 'ipv6'],
  ),
};
