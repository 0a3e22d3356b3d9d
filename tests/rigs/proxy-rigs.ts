import type { Login } from '../../main/engine/outbounds/definition.ts';
import type { ErrorCode } from '../../preload/contract.ts';
import { serverCertificate } from './certificates.ts';
import { secretLogin, type Way } from './connecting.ts';
import { startHttpProxy } from './http-proxy.ts';
import type { ProxyRig, ProxyRigOptions } from './proxying.ts';
import { startShadowsocks } from './shadowsocks-server.ts';
import { startShadowsocksUdp } from './shadowsocks-udp.ts';
import { startSocks4 } from './socks4-server.ts';
import { startSocks5 } from './socks5-server.ts';
import { insideGrpc, insideHttpUpgrade, insideWebSocket, type Unwrap } from './transports.ts';
import { startTrojan } from './trojan-server.ts';
import { startVless } from './vless-server.ts';
import { startVmess } from './vmess-server.ts';

/** A server for one of the protocols in main/engine/outbounds/index.ts, and what the contract suite must expect of it. */
export interface ProtocolRig extends Way {
  readonly server: string; // for the names of tests
  start(options?: ProxyRigOptions): Promise<ProxyRig>;
  readonly hasPassword: boolean; // SOCKS4 has a user id alone
  readonly hasIpv6: boolean;
  readonly refused: ErrorCode; // what becomes of a destination that refuses
  readonly loginMissing: ErrorCode | null; // null: there is always one
  readonly loginRejected?: ErrorCode; // proxy-login-rejected unless told
  readonly isCoded?: boolean; // bytes go through a coding of ours, which is asked through without an answer
  readonly isInTls?: boolean;
  readonly cannotHalfClose?: boolean;
  readonly endsForBoth?: boolean; // the end of what the destination says ends both directions
  /** Another login than the usual one, where it cannot be just anything. */
  readonly otherLogin?: Login;
  /** Where the protocol carries datagrams: the same server with UDP, and the longest payload that must get through. */
  readonly datagrams?: { readonly longest: number; start(options?: ProxyRigOptions): Promise<ProxyRig> } | undefined;
}

const socks5 = {
  server: 'SOCKS5',
  start: startSocks5,
  hasPassword: true,
  hasIpv6: true,
  refused: 'destination-refused',
  loginMissing: 'proxy-login-required',
  datagrams: { longest: 65_507 - 10, start: (options: ProxyRigOptions = {}) => startSocks5({ ...options, udp: {} }) },
} as const;
const socks4 = {
  server: 'SOCKS4A',
  start: startSocks4,
  hasPassword: false,
  hasIpv6: false,
  refused: 'proxy-failed', // SOCKS4 has one reply for every failure
  loginMissing: 'proxy-login-rejected',
} as const;
const http = {
  server: 'HTTP',
  start: startHttpProxy,
  hasPassword: true,
  hasIpv6: true,
  refused: 'destination-unreachable',
  loginMissing: 'proxy-login-required',
} as const;

const coded = {
  hasPassword: false,
  hasIpv6: true,
  refused: 'proxy-closed',
  loginMissing: null,
  login: { username: 'rig secret', password: '' },
  isCoded: true,
} as const;
const started = (options?: ProxyRigOptions) => ({ username: coded.login.username, ...options });
const withDatagrams = (longest: number, start: ProtocolRig['start']) => ({ start, datagrams: { longest, start } });
const trojan = {
  ...coded,
  scheme: 'trojan',
  server: 'Trojan',
  isInTls: true,
  ...withDatagrams(65_507, (options) => startTrojan({ certificate: serverCertificate, ...started(options) })),
} as const;
const vless = { ...coded, scheme: 'vless', server: 'VLESS', ...withDatagrams(65_507, (options) => startVless(started(options))) } as const;
const vmess = {
  ...coded,
  scheme: 'vmess',
  server: 'VMess',
  loginRejected: 'proxy-closed', // it says nothing at all
  ...withDatagrams(16_000, (options) => startVmess(started(options))),
} as const;
const over = { ...coded, scheme: 'vless' } as const;
const vlessIn = (unwrap: Unwrap) => withDatagrams(65_507, (options) => startVless({ unwrap, ...started(options) }));
const overWebSocket = { ...over, cannotHalfClose: true, endsForBoth: true, ...vlessIn(insideWebSocket('/ws')) } as const;
const overHttpUpgrade = { ...over, ...vlessIn(insideHttpUpgrade('/up')) } as const;
const overGrpc = { ...coded, endsForBoth: true, query: { type: 'grpc', serviceName: 'a/b' } } as const;
const inGrpc = { unwrap: insideGrpc('/a%2Fb/Tun') } as const;
const transports: readonly ProtocolRig[] = [
  { ...overWebSocket, server: 'VLESS in WebSocket', query: { type: 'ws', path: '/ws' } },
  { ...overWebSocket, server: 'VLESS in WebSocket with early data', query: { type: 'ws', path: '/ws?ed=20' } },
  {
    ...overWebSocket,
    server: 'VLESS in WebSocket with early data in the path',
    query: { type: 'ws', path: '/ws?at=1', ed: '20', eh: 'path' },
    ...vlessIn(insideWebSocket('/ws?at=1', null)),
  },
  { ...overHttpUpgrade, server: 'VLESS in HTTPUpgrade', query: { type: 'httpupgrade', path: '/up' } },
  { ...overHttpUpgrade, server: 'VLESS in eager HTTPUpgrade', query: { type: 'httpupgrade', path: '/up?ed=1' } },
  { ...overGrpc, scheme: 'vless', server: 'VLESS in gRPC', ...vlessIn(inGrpc.unwrap) },
  {
    ...overGrpc,
    scheme: 'vmess',
    server: 'VMess in gRPC',
    loginRejected: vmess.loginRejected,
    ...withDatagrams(16_000, (options) => startVmess({ ...inGrpc, ...started(options) })),
  },
  {
    ...overGrpc,
    scheme: 'trojan',
    server: 'Trojan in gRPC',
    query: { ...overGrpc.query, security: 'none' },
    ...withDatagrams(65_507, (options) => startTrojan({ ...inGrpc, ...started(options) })),
  },
];

function shadowsocks(cipher: string, [usual, other]: readonly [string, string]): ProtocolRig {
  const login = { username: cipher, password: usual };
  return {
    ...coded,
    scheme: 'ss',
    server: cipher,
    login,
    otherLogin: { username: cipher, password: other },
    loginRejected: 'proxy-closed',
    start: (options) => startShadowsocks({ ...login, ...options }),
    datagrams: { longest: 65_000, start: (options) => startShadowsocksUdp({ ...login, ...options }) },
  };
}
const passwords = ['rig secret', secretLogin.password] as const;
const key = (bytes: number, fill: number) => Buffer.alloc(bytes, fill).toString('base64');

/** At least one for every protocol. */
export const protocolRigs: readonly ProtocolRig[] = [
  { scheme: 'socks5', ...socks5 },
  { scheme: 'socks4', ...socks4 },
  { scheme: 'socks4a', ...socks4 },
  { scheme: 'http', ...http },
  {
    scheme: 'https',
    ...http,
    server: 'HTTPS',
    isInTls: true,
    start: (options) => startHttpProxy({ ...options, certificate: serverCertificate }),
  },
  { scheme: 'auto', ...socks5, datagrams: undefined }, // only once an answer has shown that it is SOCKS5
  { scheme: 'auto', ...http },
  shadowsocks('aes-256-gcm', passwords),
  shadowsocks('xchacha20-ietf-poly1305', passwords),
  shadowsocks('2022-blake3-aes-128-gcm', [`${key(16, 1)}:${key(16, 2)}`, `${key(16, 3)}:${key(16, 4)}`]), // a server with several users
  shadowsocks('2022-blake3-chacha20-poly1305', [key(32, 1), key(32, 2)]),
  trojan,
  vless,
  vmess,
  {
    ...vmess,
    server: 'VMess with ChaCha20 and sealed lengths',
    query: { encryption: 'chacha20-poly1305', authenticatedLength: '1' },
    ...withDatagrams(16_000, (options) => startVmess({ ...started(options), wantsSealedLengths: true })),
  },
  { ...vmess, server: 'VMess with nothing sealed', query: { encryption: 'none' } },
  ...transports,
];

/** A login whose secret is looked for wherever something is said, in the parts that the protocol has. */
export function loginFor({ hasPassword, isCoded, otherLogin }: ProtocolRig): Login {
  if (otherLogin) return otherLogin;
  if (isCoded) return { username: secretLogin.password, password: '' };
  return hasPassword ? secretLogin : { ...secretLogin, password: '' };
}
