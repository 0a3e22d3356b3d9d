import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { SocksClient, type SocksRemoteHost } from 'socks';

/** An application with an association, as the `socks` package speaks it. `await using` ends both of its sockets. */
export interface UdpClient extends AsyncDisposable {
  readonly control: Socket;
  readonly relay: { readonly host: string; readonly port: number };
  send(to: SocksRemoteHost, data: string | Buffer): void;
  sendRaw(bytes: Uint8Array): void;
  /** The next datagram that comes. */
  next(): Promise<{ readonly from: SocksRemoteHost; readonly data: string }>;
  /** The answer to a datagram, which is sent again while none comes. Late answers to the one before are passed over. */
  ask(to: SocksRemoteHost, data: string): Promise<string>;
}

interface UdpEndpoint {
  readonly port: number;
  readonly host?: string; // 127.0.0.1 unless told
  readonly login?: { readonly username: string; readonly password: string };
}

const againMs = 200;

/** Asks the endpoint for an association; rejects where it is refused. */
export async function startUdpClient(endpoint: UdpEndpoint): Promise<UdpClient> {
  const { host = '127.0.0.1', port, login } = endpoint;
  const known = login && { userId: login.username, password: login.password };
  const client = new SocksClient({
    proxy: { host, port, type: 5, ...known },
    command: 'associate',
    destination: { host: '0.0.0.0', port: 0 },
  });
  const established = new Promise<{ socket: Socket; remoteHost?: SocksRemoteHost }>((resolve, reject) => {
    client.on('established', resolve).on('error', reject);
  });
  client.connect();
  const { socket: control, remoteHost: relay } = await established;
  if (!relay) throw new Error('no relay');
  control.on('error', () => {}).resume();
  const udp = createSocket(relay.host.includes(':') ? 'udp6' : 'udp4').bind(0, relay.host);
  await once(udp, 'listening');
  const sendRaw = (bytes: Uint8Array) => udp.send(bytes, relay.port, relay.host);
  const send = (remoteHost: SocksRemoteHost, data: string | Buffer) =>
    sendRaw(SocksClient.createUDPFrame({ remoteHost, data: Buffer.from(data) }));
  const next = async () => {
    const [frame] = await once(udp, 'message');
    const { remoteHost, data } = SocksClient.parseUDPFrame(frame);
    return { from: remoteHost, data: data.toString('latin1') };
  };
  const questions = new Map<string, string>(); // by their answers
  return {
    control,
    relay,
    send,
    sendRaw,
    next,
    async ask(to, data) {
      let answer = next();
      send(to, data);
      const again = setInterval(() => send(to, data), againMs);
      try {
        while ((questions.get((await answer).data) ?? data) !== data) answer = next();
        questions.set((await answer).data, data);
        return (await answer).data;
      } finally {
        clearInterval(again);
      }
    },
    async [Symbol.asyncDispose]() {
      udp.close();
      control.destroy();
      if (!control.closed) await once(control, 'close');
    },
  };
}
