import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { authorityFile, type Certificate, serverCertificate } from './certificates.ts';
import type { Way } from './connecting.ts';
import { type Program, startProgram } from './programs.ts';

const id = 'b831381d-6324-4d53-ad4f-8cda48b30811';
/** The same for every server, so that one link leads to each. */
export const trojanPassword = 'trojan pass/word';
/** Its path is that of the file that v2ray writes into every answer's way. */
export const webSocketPath = '/a/path';

/** So that a client checks what Paperplane checks. */
const verify = { usage: 'verify', certificateFile: authorityFile };
const streams = ({ certFile, keyFile }: Certificate) => {
  const certificates = [{ certificateFile: certFile, keyFile }];
  return {
    tcp: { network: 'tcp' },
    tls: { network: 'tcp', security: 'tls', tlsSettings: { certificates, alpn: ['http/1.1'] } },
    ws: { network: 'ws', wsSettings: { path: webSocketPath } },
    'ws+tls': { network: 'ws', security: 'tls', tlsSettings: { certificates }, wsSettings: { path: webSocketPath } },
  } as const;
};
const queries = {
  tcp: {},
  tls: { security: 'tls', sni: 'proxy.test' },
  ws: { type: 'ws', path: webSocketPath },
  'ws+tls': { type: 'ws', path: webSocketPath, security: 'tls', sni: 'proxy.test', host: 'cdn.test' },
} as const;
export type StreamName = keyof typeof queries;

const shadowsocks = { method: 'aes-256-gcm', password: 'a pass/word' };
const settings = {
  vmess: { clients: [{ id, alterId: 0 }] },
  vless: { clients: [{ id }], decryption: 'none' },
  trojan: { clients: [{ password: trojanPassword }] },
  ss: { ...shadowsocks, network: 'tcp,udp' },
} as const;

export type SchemeName = keyof typeof settings;

const protocolOf = (scheme: SchemeName) => (scheme === 'ss' ? 'shadowsocks' : scheme);

/** The way to a v2ray server that speaks this. */
export function v2rayWay(scheme: SchemeName, stream: StreamName, query: Record<string, string> = {}): Way {
  return {
    scheme,
    login:
      scheme === 'ss'
        ? { username: shadowsocks.method, password: shadowsocks.password }
        : { username: scheme === 'trojan' ? trojanPassword : id, password: '' },
    query: { security: 'none', ...queries[stream], ...query },
  };
}

/** A v2ray server (4.34 is Debian's) for one protocol in one stream. */
export function startV2ray(folder: string, scheme: SchemeName, stream: StreamName, certificate = serverCertificate): Promise<Program> {
  return startProgram(folder, 'v2ray', async (port) => {
    const inbound = {
      listen: '127.0.0.1',
      port,
      protocol: protocolOf(scheme),
      settings: settings[scheme],
      streamSettings: streams(certificate)[stream],
    };
    const config = { log: { loglevel: 'warning' }, inbounds: [inbound], outbounds: [{ protocol: 'freedom', settings: {} }] };
    const file = path.join(folder, `v2ray-${port}.json`);
    await writeFile(file, JSON.stringify(config));
    return ['-config', file];
  });
}

/** v2ray as a client: a SOCKS5 port that leads to a server at this port. */
export function startV2rayClient(folder: string, scheme: SchemeName, stream: StreamName, serverPort: number): Promise<Program> {
  return startProgram(folder, 'v2ray', async (port) => {
    const server = { address: '127.0.0.1', port: serverPort };
    const { network } = streams(serverCertificate)[stream];
    const streamSettings = {
      network,
      ...(stream.endsWith('tls') && {
        security: 'tls',
        tlsSettings: { serverName: 'proxy.test', disableSystemRoot: true, certificates: [verify] },
      }),
      ...(network === 'ws' && { wsSettings: { path: webSocketPath } }),
    };
    const config = {
      log: { loglevel: 'warning' },
      inbounds: [{ listen: '127.0.0.1', port, protocol: 'socks', settings: { auth: 'noauth' } }],
      outbounds: [{ protocol: protocolOf(scheme), settings: clientSettings(scheme, server), streamSettings }],
    };
    const file = path.join(folder, `v2ray-${port}.json`);
    await writeFile(file, JSON.stringify(config));
    return ['-config', file];
  });
}

function clientSettings(scheme: SchemeName, server: { address: string; port: number }): object {
  if (scheme === 'trojan') return { servers: [{ ...server, password: trojanPassword }] };
  if (scheme === 'ss') return { servers: [{ ...server, ...shadowsocks }] };
  const user = scheme === 'vmess' ? { id, alterId: 0, security: 'aes-128-gcm' } : { id, encryption: 'none' };
  return { vnext: [{ ...server, users: [user] }] };
}
