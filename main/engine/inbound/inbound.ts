import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { acceptBulkSockets } from '../bulk-socket.ts';
import { EngineError } from '../errors.ts';
import type { Outbound } from '../outbound.ts';
import { checkDestination } from '../outbounds/destination.ts';
import { readMessage } from '../read-message.ts';
import type { Meter } from '../relay.ts';
import { createDeadlines, type Deadlines } from './deadlines.ts';
import { createFirstFlights } from './first-flight.ts';
import { longestHeadBytes } from './http-codec.ts';
import { createHttpServer } from './http-server.ts';
import type { Login } from './login.ts';
import { decodeOpening } from './opening.ts';
import { isOwnAddress, listenAddress } from './own-address.ts';
import type { Connect, TunnelOptions } from './session.ts';
import { createSocks4Server, createSocks5Server } from './socks-server.ts';
import { createAssociate } from './udp-association.ts';

export interface InboundOptions {
  readonly outbound: Outbound;
  readonly meter: Meter;
  readonly login?: Login;
  readonly maxClients?: number; // 4,096 unless told; more are reset at once
  readonly handshakeTimeoutMs?: number; // 10,000 unless told: for a client to say what it wants, and to read a refusal
  readonly udpIdleMs?: number; // 5 minutes unless told: how long an association for datagrams may be silent
}

/** The local port that applications use as their proxy, with SOCKS4, SOCKS4a, SOCKS5 and HTTP. It knows one Outbound, and no proxies. */
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
  const clients = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true });
  server.on('error', ignore); // out of file descriptors: that client is lost, the next may find one. `listen` tells its own errors.

  let ownPort = 0;
  const serve = createServe(options, deadlines, () => ownPort);

  const serveToEnd = async (client: Socket) => {
    await serve(client).catch(() => client.destroy());
    // Not events.once, which rejects where an error comes before the close: garbage and resets are daily life.
    if (!client.closed) await new Promise((resolve) => client.once('close', resolve));
    deadlines.stop(client);
    clients.delete(client);
    if (clients.size === 0) server.emit('empty');
  };
  server.on('connection', (client: Socket) => {
    client.on('error', ignore);
    if (clients.size >= maxClients || !server.listening) return void client.resetAndDestroy();
    clients.add(client);
    deadlines.start(client);
    void serveToEnd(client);
  });

  return {
    async listen(host, port) {
      server.listen({ host: await listenAddress(host, Boolean(options.login?.password)), port, exclusive: true });
      await once(server, 'listening');
      acceptBulkSockets(server);
      const { address, port: listening } = server.address() as AddressInfo;
      ownPort = listening;
      return { host: address, port: listening };
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

function createServe(
  { outbound, meter, login, udpIdleMs = 5 * 60_000 }: InboundOptions,
  deadlines: Deadlines,
  ownPort: () => number,
): (client: Socket) => Promise<void> {
  const connect: Connect = (client, destination, signal) => {
    checkDestination(destination);
    if (isOwnAddress(destination, client, ownPort())) throw new EngineError('destination-forbidden', 'this endpoint');
    return outbound.connect(destination, signal);
  };
  const observe: TunnelOptions['observe'] = (stream, outcome) => outbound.observe?.(stream, outcome);
  const tunnels = { connect, observe, meter, deadlines, carryFirstFlight: createFirstFlights({ outbound, meter }) };
  const socks4 = createSocks4Server(login, tunnels);
  const socks5 = createSocks5Server(login, tunnels, createAssociate({ outbound, meter, deadlines, idleMs: udpIdleMs }));
  const http = createHttpServer(login, tunnels);

  return async (client) => {
    const { protocol, message } = await readMessage(client, decodeOpening, openingLimits);
    if (protocol === 'socks4') await socks4(client, message);
    else if (protocol === 'socks5') await socks5(client, message);
    else await http(client, message);
  };
}

const openingLimits = { limitBytes: longestHeadBytes, closed: 'aborted', malformed: 'bad-request' } as const;

// The close that follows an error tells all there is to know.
function ignore() {}
