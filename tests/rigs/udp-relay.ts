import { createSocket, type Socket } from 'node:dgram';
import { type Asked, resolve } from './proxying.ts';

/** The far side of a proxy of tests: sends datagrams on, and tells of what comes back. */
export interface UdpRelay {
  send(asked: Asked, payload: Uint8Array): void;
  close(): void;
}

/** `onAnswer` has the address that answered, not the name that was asked for. Names that proxies of tests do not know are passed over. */
export function startUdpRelay(onAnswer: (source: Asked, payload: Buffer) => void): UdpRelay {
  const sockets = new Map<'udp4' | 'udp6', Socket>();
  const socketFor = (family: 'udp4' | 'udp6') => {
    const socket = sockets.get(family) ?? createSocket(family);
    if (!sockets.has(family)) {
      sockets.set(family, socket);
      socket.on('error', () => {});
      socket.on('message', (payload, { address, port }) =>
        onAnswer({ as: family === 'udp4' ? 'ipv4' : 'ipv6', host: address, port }, payload),
      );
    }
    return socket;
  };
  return {
    send(asked, payload) {
      const host = resolve(asked);
      if (host !== undefined) socketFor(host.includes(':') ? 'udp6' : 'udp4').send(payload, asked.port, host);
    },
    close() {
      for (const socket of sockets.values()) socket.close();
      sockets.clear();
    },
  };
}
