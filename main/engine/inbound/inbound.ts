import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { bulkSocketOf } from '../bulk-socket.ts';
import { EngineError } from '../errors.ts';
import type { Outbound } from '../outbound.ts';
import { checkDestination } from '../outbounds/destination.ts';
import { readMessage } from '../read-message.ts';
import type { Meter } from '../relay.ts';
import { createDeadlines } from './deadlines.ts';
import { createHttpServer } from './http-server.ts';
import type { Login } from './login.ts';
import { isOwnAddress, listenAddress } from './own-address.ts';
import type { Connect, Serve } from './session.ts';
import { createSocks4Server, createSocks5Server } from './socks-server.ts';

export interface InboundOptions {
  readonly outbound: Outbound;
  readonly meter: Meter;
  readonly login?: Login;
  readonly maxClients?: number; // 4,096 unless told; more are reset at once
  readonly handshakeTimeoutMs?: number; // 10,000 unless told: for a client to say what it wants, and to read a refusal
}

/** The local port that applications use as their proxy: SOCKS4, SOCKS4a, SOCKS5 and HTTP. It knows one Outbound and nothing about proxies. */
export interface Inbound {
  /**
   * Listens, on a free port for 0. Rejects with EngineError `login-required` for anything but loopback without a login, and with
   * Node's error where the port cannot be had (EADDRINUSE, EACCES).
   */
  listen(host: string, port: number): Promise<{ host: string; port: number }>;
  /** Stops accepting, lets streams drain at most `drainMs`, then cuts them. Resolves when all is closed. */
  close(drainMs: number): Promise<void>;
}

export function createInbound(options: InboundOptions): Inbound {
  const { maxClients = 4096 } = options;
  const deadlines = createDeadlines(options.handshakeTimeoutMs ?? 10_000);
  const serve = createServe(options, deadlines);
  const clients = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true });
  server.on('error', ignore); // out of file descriptors: that client is lost, the next may find one. `listen` tells its own errors.

  const serveToEnd = async (client: Socket) => {
    await serve(client).catch(() => client.destroy());
    if (!client.closed) await once(client, 'close');
    deadlines.stop(client);
    clients.delete(client);
    if (clients.size === 0) server.emit('empty');
  };
  server.on('connection', (accepted: Socket) => {
    if (clients.size >= maxClients || !server.listening) return void accepted.resetAndDestroy();
    const client = bulkSocketOf(accepted).on('error', ignore);
    clients.add(client);
    deadlines.start(client);
    void serveToEnd(client);
  });

  return {
    async listen(host, port) {
      server.listen({ host: await listenAddress(host, Boolean(options.login?.password)), port, exclusive: true });
      await once(server, 'listening');
      const { address, port: actualPort } = server.address() as AddressInfo;
      return { host: address, port: actualPort };
    },
    async close(drainMs) {
      server.close();
      deadlines.destroyAll();
      const cut = setTimeout(() => {
        for (const client of clients) client.destroy();
      }, drainMs);
      if (clients.size > 0) await once(server, 'empty');
      clearTimeout(cut);
    },
  };
}

function createServe({ outbound, meter, login }: InboundOptions, deadlines: ReturnType<typeof createDeadlines>): Serve {
  const connect: Connect = async (client, destination, signal) => {
    checkDestination(destination);
    if (isOwnAddress(destination, client)) throw new EngineError('destination-forbidden', 'this endpoint');
    return outbound.connect(destination, signal);
  };
  const tunnels = { connect, meter, deadlines };
  const socks4 = createSocks4Server(login, tunnels);
  const socks5 = createSocks5Server(login, tunnels);
  const http = createHttpServer(login, tunnels);

  return async (client) => {
    const first = await readMessage(client, (bytes) => ({ value: bytes.readUInt8(), length: 0 }), firstByteLimits);
    if (first === 4) return socks4(client);
    if (first === 5) return socks5(client);
    if (/[A-Za-z]/.test(String.fromCharCode(first))) return http(client);
    client.destroy();
  };
}

const firstByteLimits = { limitBytes: 1, closed: 'aborted', malformed: 'bad-request' } as const;

// The close that follows an error tells all there is to know.
function ignore() {}
