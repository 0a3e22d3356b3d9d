import type { ErrorCode } from '../../preload/contract.ts';
import { serverCertificate } from './certificates.ts';
import { startHttpProxy } from './http-proxy.ts';
import type { ProxyRig, ProxyRigOptions } from './proxying.ts';
import { startSocks4 } from './socks4-server.ts';
import { startSocks5 } from './socks5-server.ts';

/** A server for one of the protocols in main/engine/outbounds/index.ts, and what the contract suite must expect of it. */
export interface ProtocolRig {
  readonly scheme: string;
  readonly server: string; // for the names of tests
  start(options?: ProxyRigOptions): Promise<ProxyRig>;
  readonly hasPassword: boolean; // SOCKS4 has a user id alone
  readonly hasIpv6: boolean;
  readonly refused: ErrorCode; // what becomes of a destination that refuses
  readonly loginMissing: ErrorCode;
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

/** At least one for every protocol. */
export const protocolRigs: readonly ProtocolRig[] = [
  { scheme: 'socks5', ...socks5 },
  { scheme: 'socks4', ...socks4 },
  { scheme: 'socks4a', ...socks4 },
  { scheme: 'http', ...http },
  { scheme: 'https', ...http, server: 'HTTPS', start: (options) => startHttpProxy({ ...options, certificate: serverCertificate }) },
  { scheme: 'auto', ...socks5, datagrams: undefined }, // only once an answer has shown that it is SOCKS5
  { scheme: 'auto', ...http },
];
