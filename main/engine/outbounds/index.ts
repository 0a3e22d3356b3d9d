import type { Protocol } from '../outbound.ts';
import { auto } from './auto.ts';
import { http, https } from './http.ts';
import { shadowsocks } from './shadowsocks.ts';
import { socks4, socks4a } from './socks4.ts';
import { socks5 } from './socks5.ts';
import { trojan } from './trojan.ts';
import { vless } from './vless.ts';
import { vmess } from './vmess.ts';

/** Every proxy protocol that Paperplane speaks. A new one is added here, and its rig in tests/rigs/proxy-rigs.ts. */
export const protocols: readonly Protocol[] = [socks5, socks4, socks4a, http, https, auto, shadowsocks, trojan, vless, vmess];
