import { defineWay } from '../../rigs/connecting.ts';
import { type Program as Server, startProgram } from '../../rigs/programs.ts';
import { startSsServer } from '../../rigs/shadowsocks-libev.ts';
import { startTrojanServer } from '../../rigs/trojan-program.ts';
import { type SchemeName, type StreamName, startV2ray, startV2rayClient, v2rayWay } from '../../rigs/v2ray.ts';
import { atLeast, type Must } from '../verdict.ts';

/** One protocol, through one server that others wrote, with Paperplane and with another client in turn. */
export interface Row {
  readonly title: string;
  readonly peerName: string;
  readonly programs: readonly string[];
  /** The ratio to the other client. */
  readonly must: Readonly<Partial<Record<'download' | 'connections', Must>>>;
  startServer(folder: string): Promise<Server>;
  link(server: Server): string;
  /** A SOCKS5 port that leads to the same server. */
  startPeer(folder: string, server: Server): Promise<Server>;
}

const password = 'pw123';

function shadowsocks(cipher: string, must: Row['must']): Row {
  const login = { username: cipher, password };
  return {
    title: `Shadowsocks ${cipher}`,
    peerName: 'ss-local',
    programs: ['ss-server', 'ss-local'],
    must,
    startServer: (folder) => startSsServer(folder, login),
    link: ({ host, port }) => `ss://${cipher}:${password}@${host}:${port}`,
    startPeer: (folder, { port: serverPort }) =>
      startProgram(folder, 'ss-local', (port) => {
        return ['-s', '127.0.0.1', '-p', `${serverPort}`, '-b', '127.0.0.1', '-l', `${port}`, '-m', cipher, '-k', password, '-t', '60'];
      }),
  };
}

/** v2ray at both ends, the near one as a person's client. */
function v2ray(title: string, scheme: SchemeName, stream: StreamName, must: Row['must']): Row {
  return {
    title,
    peerName: 'v2ray',
    programs: ['v2ray'],
    must,
    startServer: (folder) => startV2ray(folder, scheme, stream),
    link: (server) => defineWay(v2rayWay(scheme, stream), server).link,
    startPeer: (folder, { port }) => startV2rayClient(folder, scheme, stream, port),
  };
}

const trojanMust = { download: atLeast(0.9), connections: atLeast(1) };
const noWebServer = 9; // only who is not let in would go there

/** Unlike v2ray its server takes TLS sessions up again, which spares both sides most of a handshake. */
const trojan: Row = {
  ...v2ray('Trojan over TLS, to trojan', 'trojan', 'tls', trojanMust),
  programs: ['trojan', 'v2ray'],
  startServer: (folder) => startTrojanServer(folder, noWebServer),
};

export const rows: readonly Row[] = [
  shadowsocks('aes-256-gcm', { download: atLeast(0.8) }),
  shadowsocks('chacha20-ietf-poly1305', {}),
  trojan,
  v2ray('Trojan over TLS, to v2ray', 'trojan', 'tls', trojanMust),
  v2ray('VLESS over WebSocket and TLS', 'vless', 'ws+tls', { download: atLeast(0.9) }),
  v2ray('VMess over TCP', 'vmess', 'tcp', { connections: atLeast(1) }),
];
