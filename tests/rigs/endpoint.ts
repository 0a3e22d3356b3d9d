import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { EngineError } from '../../main/engine/errors.ts';
import { createInbound, type Inbound, type InboundOptions } from '../../main/engine/inbound/inbound.ts';
import type { Destination, Outbound } from '../../main/engine/outbound.ts';
import { createDirect } from '../../main/engine/outbounds/direct.ts';
import type { Meter } from '../../main/engine/relay.ts';
import { readExactly } from './streams.ts';

export interface Endpoint extends AsyncDisposable {
  readonly port: number;
  readonly meter: Meter;
  readonly inbound: Inbound;
  /** Where its clients wanted to go, names as they came. */
  readonly asked: readonly Destination[];
  /** A connection to it, half-open-capable, with these bytes sent. */
  open(...bytes: (Buffer | string)[]): Promise<Socket>;
}

/** The inbound on a free port. Unless told otherwise it leads straight to destinations, with every name taken for this computer. */
export async function startEndpoint(options: Partial<InboundOptions> = {}): Promise<Endpoint> {
  const asked: Destination[] = [];
  const meter: Meter = { upBytes: 0, downBytes: 0, connections: 0 };
  const outbound = options.outbound ?? localOutbound();
  const recording: Outbound = {
    label: 'test',
    connect(destination, signal) {
      asked.push(destination);
      return outbound.connect(destination, signal);
    },
    observe: (stream, outcome) => outbound.observe?.(stream, outcome),
    ...(outbound.openDatagrams && { openDatagrams: outbound.openDatagrams.bind(outbound) }),
    patienceMs: (stream) => outbound.patienceMs?.(stream) ?? 3000,
  };
  const inbound = createInbound({ ...options, outbound: recording, meter });
  const { port } = await inbound.listen('127.0.0.1', 0);
  const sockets = new Set<Socket>();
  return {
    port,
    meter,
    inbound,
    asked,
    async open(...bytes) {
      const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true, noDelay: true }).on('error', () => {});
      sockets.add(socket);
      await once(socket, 'connect');
      for (const piece of bytes) socket.write(piece);
      return socket;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await inbound.close(0);
    },
  };
}

/** Every name is this computer. */
function localOutbound(): Outbound {
  const direct = createDirect();
  return {
    label: 'local',
    connect: ({ host, port }, signal) => direct.connect({ host: host.endsWith('.test') ? '127.0.0.1' : host, port }, signal),
  };
}

/** Fails with this code. */
export function failingOutbound(code: EngineError['code']): Outbound {
  return { label: 'failing', connect: () => Promise.reject(new EngineError(code)) };
}

/** Never answers; `waiting` resolves with the signal of the first connect. */
export function silentOutbound(): Outbound & { readonly waiting: Promise<AbortSignal> } {
  const { promise, resolve } = Promise.withResolvers<AbortSignal>();
  return {
    label: 'silent',
    waiting: promise,
    connect: (_, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new EngineError('aborted')));
        resolve(signal);
      }),
  };
}

export interface Asking {
  readonly name: string;
  /** All that a client says to get to a destination, and how long the answers to it are when it may go on. */
  ask(destination: Destination): { readonly bytes: Buffer; readonly answerLength: number };
  readonly granted: Buffer; // the end of the answer
}

const port = (value: number) => Buffer.of(value >> 8, value & 0xff);

/** How to ask for a named destination in each protocol, in one piece. */
export const protocolsOfInbound: readonly Asking[] = [
  {
    name: 'SOCKS5',
    ask: (to) => ({
      bytes: Buffer.concat([Buffer.of(5, 1, 0, 5, 1, 0, 3, to.host.length), Buffer.from(to.host), port(to.port)]),
      answerLength: 12,
    }),
    granted: Buffer.of(5, 0, 0, 1, 0, 0, 0, 0, 0, 0),
  },
  {
    name: 'SOCKS4a',
    ask: (to) => ({
      bytes: Buffer.concat([Buffer.of(4, 1), port(to.port), Buffer.of(0, 0, 0, 1), Buffer.from('user\0'), Buffer.from(`${to.host}\0`)]),
      answerLength: 8,
    }),
    granted: Buffer.of(0, 90, 0, 0, 0, 0, 0, 0),
  },
  {
    name: 'HTTP CONNECT',
    ask: (to) => ({
      bytes: Buffer.from(`CONNECT ${to.host}:${to.port} HTTP/1.1\r\nHost: ${to.host}:${to.port}\r\n\r\n`),
      answerLength: 39,
    }),
    granted: Buffer.from('HTTP/1.1 200 Connection established\r\n\r\n'),
  },
];

/** Opens a tunnel and reads the answers. */
export async function openTunnel(endpoint: Endpoint, asking: Asking, destination: Destination): Promise<Socket> {
  const { bytes, answerLength } = asking.ask(destination);
  const client = await endpoint.open(bytes);
  await readExactly(client, answerLength);
  return client;
}
