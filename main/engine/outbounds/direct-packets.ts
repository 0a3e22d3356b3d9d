import { createSocket, type Socket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { EngineError } from '../errors.ts';
import type { Destination, Packets } from '../outbound.ts';
import { directError } from './direct-error.ts';

/** What waits in this computer to be sent; beyond it packets are dropped. */
const mostQueuedBytes = 1024 * 1024;

/**
 * A UDP socket for one destination: the system passes on only what comes from there, and tells when nobody is there. Of a name's addresses
 * the first is taken, IPv4 before IPv6. Only ever the way to a proxy.
 */
export async function openUdp({ host, port }: Destination, signal: AbortSignal): Promise<Packets> {
  let socket: Socket | undefined;
  try {
    const { address, family } = await unlessAborted(lookup(host, { order: 'ipv4first' }), signal);
    socket = createSocket(family === 6 ? 'udp6' : 'udp4');
    const connected = once(socket, 'connect', { signal });
    socket.connect(port, address);
    await connected;
    return packetsOf(socket);
  } catch (error) {
    socket?.close();
    throw signal.aborted ? new EngineError('aborted') : directError(error);
  }
}

/** A look-up cannot be ended, but need not be waited for. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

function packetsOf(socket: Socket): Packets {
  let isOpen = true;
  const close = () => {
    if (isOpen) socket.close();
    isOpen = false;
  };
  const sent = (error: Error | null) => {
    if (error && 'code' in error && error.code === 'ECONNREFUSED') close(); // this may tell it before the event does
  };
  socket.on('error', close);
  return {
    send(packet) {
      if (isOpen && socket.getSendQueueSize() < mostQueuedBytes) socket.send(packet, sent);
    },
    onMessage: (listener) => void socket.on('message', listener),
    onClose: (listener) => void socket.once('close', listener),
    close,
  };
}
