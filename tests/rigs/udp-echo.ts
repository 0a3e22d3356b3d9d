import { createSocket } from 'node:dgram';
import { once } from 'node:events';

export interface UdpEcho extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** How many datagrams came. */
  readonly received: number;
}

/** Sends every datagram back to where it came from; `answers` tells with what, unless it is the same. */
export async function startUdpEcho({
  host = '127.0.0.1',
  answers = (payload: Buffer): readonly Buffer[] => [payload],
} = {}): Promise<UdpEcho> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  let received = 0;
  socket.on('message', (payload, { address, port }) => {
    received++;
    for (const answer of answers(payload)) socket.send(answer, port, address);
  });
  socket.bind(0, host);
  await once(socket, 'listening');
  return {
    host,
    port: socket.address().port,
    get received() {
      return received;
    },
    async [Symbol.asyncDispose]() {
      socket.close();
      await once(socket, 'close');
    },
  };
}
