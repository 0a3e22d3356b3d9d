import { once } from 'node:events';
import net, { type AddressInfo, type Server, type Socket } from 'node:net';
import tls from 'node:tls';
import type { Certificate } from './certificates.ts';

/** A server of a test, on a loopback port. `await using` closes it with all its connections. */
export interface Rig extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** Connections open now. */
  readonly open: number;
  /** Connections ever accepted. */
  readonly accepted: number;
  /** Resolves when no connection is open any more; the test's own deadline bounds it. */
  empty(): Promise<void>;
}

export interface ListenOptions {
  readonly host?: string | undefined; // 127.0.0.1 unless told
  readonly port?: number; // any free one unless told
  readonly certificate?: Certificate | undefined; // with one, it speaks TLS
}

/**
 * Listens; `serve` has each connection, half-open-capable and paused. When it fails, its connection is reset: rigs may simply throw.
 */
export async function startServer(serve: (socket: Socket) => void | Promise<void>, options: ListenOptions = {}): Promise<Rig> {
  const { host = '127.0.0.1', port = 0, certificate } = options;
  const sockets = new Set<Socket>();
  let accepted = 0;
  const accept = async (socket: Socket) => {
    socket.on('error', () => {});
    socket.allowHalfOpen = true; // for TLS only from here: one that ends within its handshake would stay
    try {
      await serve(socket);
    } catch {
      socket.destroy();
    }
  };
  const server: Server = certificate
    ? tls.createServer({ cert: certificate.cert, key: certificate.key, ALPNProtocols: ['http/1.1'] }, accept)
    : net.createServer({ allowHalfOpen: true, noDelay: true }, accept);
  server.on('connection', (socket: Socket) => {
    accepted++;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => {
      sockets.delete(socket);
      server.emit('rig-closed');
    });
  });
  server.listen(port, host);
  await once(server, 'listening');
  return {
    host,
    port: (server.address() as AddressInfo).port,
    get open() {
      return sockets.size;
    },
    get accepted() {
      return accepted;
    },
    async empty() {
      while (sockets.size > 0) await once(server, 'rig-closed');
    },
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}

/**
 * A port on which nobody listens: connections to it are refused. It lies below those that systems hand out by themselves, so that nobody
 * who asks for any free one gets it meanwhile.
 */
export async function refusingPort(host = '127.0.0.1'): Promise<number> {
  const range = { first: 10_000, count: 22_000 };
  for (;;) {
    const port = range.first + Math.floor(Math.random() * range.count);
    const server = net.createServer().listen(port, host);
    try {
      await once(server, 'listening');
      server.close();
      await once(server, 'close');
      return port;
    } catch {
      // taken: the next one
    }
  }
}
