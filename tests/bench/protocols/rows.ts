import { type Program as Server, startProgram } from '../../rigs/programs.ts';
import { startSsServer } from '../../rigs/shadowsocks-libev.ts';

/** One protocol, through one server that others wrote, with Paperplane and with another client in turn. */
export interface Row {
  readonly title: string;
  readonly peerName: string;
  readonly programs: readonly string[];
  startServer(folder: string): Promise<Server>;
  link(server: Server): string;
  /** A SOCKS5 port that leads to the same server. */
  startPeer(folder: string, server: Server): Promise<Server>;
}

const password = 'pw123';

function shadowsocks(cipher: string): Row {
  const login = { username: cipher, password };
  return {
    title: `Shadowsocks ${cipher}`,
    peerName: 'ss-local',
    programs: ['ss-server', 'ss-local'],
    startServer: (folder) => startSsServer(folder, login),
    link: ({ host, port }) => `ss://${cipher}:${password}@${host}:${port}`,
    startPeer: (folder, { port: serverPort }) =>
      startProgram(folder, 'ss-local', (port) => {
        return ['-s', '127.0.0.1', '-p', `${serverPort}`, '-b', '127.0.0.1', '-l', `${port}`, '-m', cipher, '-k', password, '-t', '60'];
      }),
  };
}

export const rows: readonly Row[] = [shadowsocks('aes-256-gcm'), shadowsocks('chacha20-ietf-poly1305')];
