import { once } from 'node:events';
import { Duplex } from 'node:stream';
import tls from 'node:tls';
import { type Rig, startServer } from '../../rigs/loopback-server.ts';

const isHandshake = 0x16;
const alert = Buffer.of(0x15, 3, 3, 0, 2, 2, 40); // handshake failure: a first byte in TLS, without the processor time of a handshake
const noContent = Buffer.from('HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n');

/** The site that everybody wants, and the test address: answers one request, in HTTP or with a TLS alert. */
export function startSite(): Promise<Rig> {
  return startServer(async (socket) => {
    const [first] = await once(socket, 'data');
    socket.end(first[0] === isHandshake ? alert : noContent);
  });
}

/** What an application says first. */
export interface Flight {
  readonly bytes: Buffer;
  readonly isAnswer: (bytes: Buffer) => boolean;
}

export const httpRequest: Flight = {
  bytes: Buffer.from('GET / HTTP/1.1\r\nHost: site\r\nConnection: close\r\n\r\n'),
  isAnswer: (bytes) => bytes.subarray(0, 12).toString() === 'HTTP/1.1 204',
};

/** A ClientHello as Node writes it. */
export async function createClientHello(): Promise<Flight> {
  const { promise, resolve } = Promise.withResolvers<Buffer>();
  const wire = new Duplex({
    read() {},
    write(chunk, _, done) {
      resolve(chunk);
      done();
    },
  });
  const secure = tls.connect({ socket: wire, servername: 'localhost' }).on('error', () => {});
  const bytes = await promise;
  secure.destroy();
  return { bytes, isAnswer: (answer) => answer[0] === alert[0] };
}
