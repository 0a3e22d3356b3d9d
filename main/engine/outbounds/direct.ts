import type { Socket, TcpNetConnectOpts } from 'node:net';
import { BulkSocket } from '../bulk-socket.ts';
import type { Destination, Outbound } from '../outbound.ts';
import { directError } from './direct-error.ts';
import { openUdp } from './direct-packets.ts';
import { createNames } from './names.ts';
import { ignoreErrors, underSignal, untilEvent } from './under-signal.ts';

/**
 * How long one address of a name is tried before the next one is: Node closes an attempt when its time is over (the last one may take as
 * long as it likes), so this must have room for a slow link and for one lost SYN, which is sent again after a second.
 */
const attemptTimeoutMs = 1500;

const keepAliveMs = 60_000;

/**
 * Plain TCP from this computer, happy eyeballs over all addresses of a name (RFC 8305, one after the other). Only ever a `via`: the way to
 * a proxy, never a way around one. Errors are destination-*, or `internal` when this process has no file descriptors left.
 */
export function createDirect(): Outbound {
  const lookup = createNames();
  const socketOptions = ({ host, port }: Destination): TcpNetConnectOpts => ({ host, port, lookup, ...usual });
  return {
    label: 'direct',
    async connect(destination, signal) {
      const options = socketOptions(destination);
      const socket = ignoreErrors(new BulkSocket(options)).connect(options);
      return underSignal(socket, signal, () => connected(socket));
    },
    socketOptions,
    openPackets: openUdp,
  };
}

const usual = {
  allowHalfOpen: true,
  autoSelectFamily: true,
  autoSelectFamilyAttemptTimeout: attemptTimeoutMs,
  keepAlive: true,
  keepAliveInitialDelay: keepAliveMs,
  noDelay: true,
} as const;

/** Resolves when the socket is connected. Rejects with EngineError, destination-* or `internal`. */
async function connected(socket: Socket): Promise<Socket> {
  try {
    await untilEvent(socket, 'connect');
  } catch (error) {
    throw directError(error);
  }
  return socket;
}
