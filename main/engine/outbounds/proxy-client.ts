import type { Duplex } from 'node:stream';
import type { ErrorCode } from '../../../preload/contract.ts';
import { EngineError } from '../errors.ts';
import type { Destination, Outbound, ProxyClient, Tunnel } from '../outbound.ts';
import { checkDestination } from './destination.ts';
import { underSignal } from './under-signal.ts';
import { watchLoss } from './watch-loss.ts';

/** Resolves with another stream where what follows goes through one that codes it; whoever closes that one closes the first. */
type Ask = (stream: Duplex, destination: Destination) => Duplex | Promise<Duplex> | Promise<void>;

/** What tells one protocol from another: what is said before the destination is known, and how it is asked for. */
export interface Conversation {
  greet(stream: Duplex): void | Promise<void>;
  readonly ask: Ask;
  /** Both in one flight, where the protocol can. */
  readonly greetAndAsk?: Ask;
  /** Asking is answered by nothing. */
  readonly isUnanswered?: boolean;
}

/** The two halves of a protocol, around its conversation, and both at once where it can do that. */
export function createProxyClient(proxy: Destination, via: Outbound, conversation: Conversation): ProxyClient {
  const { greet, ask, greetAndAsk, isUnanswered = false } = conversation;
  return {
    isUnanswered,
    async open(signal) {
      const stream = await reach(proxy, via, signal);
      await underSignal(stream, signal, () => greet(stream));
      return createTunnel(stream, ask);
    },
    ...(greetAndAsk && {
      connectAtOnce: async (destination, signal) => say(greetAndAsk, await reach(proxy, via, signal), destination, signal),
    }),
  };
}

function createTunnel(stream: Duplex, ask: Ask): Tunnel {
  let stopWatching = () => {};
  return {
    connect(destination, signal) {
      stopWatching();
      return say(ask, stream, destination, signal);
    },
    close() {
      stopWatching();
      stream.destroy();
    },
    onLost(listener) {
      stopWatching = watchLoss(stream, () => {
        stream.destroy();
        listener();
      });
    },
  };
}

async function say(ask: Ask, stream: Duplex, destination: Destination, signal: AbortSignal): Promise<Duplex> {
  return underSignal(stream, signal, async () => {
    checkDestination(destination);
    if (stream.destroyed || stream.readableEnded) throw new EngineError('proxy-closed'); // while it waited
    return (await ask(stream, destination)) ?? stream;
  });
}

// The destination of whoever brings us here, direct or the hop before, is our proxy.
const blameProxy: Partial<Record<ErrorCode, ErrorCode>> = {
  'destination-refused': 'proxy-refused',
  'destination-unreachable': 'proxy-unreachable',
  'destination-forbidden': 'proxy-unreachable',
  'destination-name-not-found': 'proxy-name-not-found',
  'destination-timeout': 'proxy-timeout',
};

/** Connects to the proxy; what fails there is the proxy's fault. */
export function reach(proxy: Destination, via: Outbound, signal: AbortSignal): Promise<Duplex> {
  return blamingProxy(via.connect(proxy, signal));
}

/** What fails on the way to the proxy is the proxy's fault. */
export async function blamingProxy<T>(reaching: Promise<T>): Promise<T> {
  try {
    return await reaching;
  } catch (error) {
    const code = error instanceof EngineError && blameProxy[error.code];
    throw code ? new EngineError(code, error.message) : error;
  }
}
