import type { Duplex } from 'node:stream';
import type { ErrorCode } from '../../../preload/contract.ts';
import { EngineError } from '../errors.ts';
import type { Destination, Outbound, ProxyClient, Tunnel } from '../outbound.ts';
import { checkDestination } from './destination.ts';
import { underSignal } from './under-signal.ts';

/** What tells one protocol from another: what is said before the destination is known, and how it is asked for. */
export interface Conversation {
  greet(stream: Duplex): void | Promise<void>;
  ask(stream: Duplex, destination: Destination): Promise<void>;
}

/** The two halves of a protocol, around its conversation. */
export function createProxyClient(proxy: Destination, via: Outbound, { greet, ask }: Conversation): ProxyClient {
  return {
    async open(signal) {
      const stream = await reach(proxy, via, signal);
      await underSignal(stream, signal, () => greet(stream));
      return createTunnel(stream, ask);
    },
  };
}

function createTunnel(stream: Duplex, ask: Conversation['ask']): Tunnel {
  return {
    async connect(destination, signal) {
      await underSignal(stream, signal, () => {
        checkDestination(destination);
        return ask(stream, destination);
      });
      return stream;
    },
    close: () => stream.destroy(),
    onLost: (listener) => void stream.once('close', listener),
  };
}

// The destination of whoever brings us here, direct or the hop before, is our proxy.
const blameProxy: Partial<Record<ErrorCode, ErrorCode>> = {
  'destination-refused': 'proxy-refused',
  'destination-unreachable': 'proxy-unreachable',
  'destination-forbidden': 'proxy-unreachable',
  'destination-name-not-found': 'proxy-name-not-found',
  'destination-timeout': 'proxy-timeout',
};

async function reach(proxy: Destination, via: Outbound, signal: AbortSignal): Promise<Duplex> {
  try {
    return await via.connect(proxy, signal);
  } catch (error) {
    const code = error instanceof EngineError && blameProxy[error.code];
    throw code ? new EngineError(code, error.message) : error;
  }
}
