import type { Datagrams, Destination } from '../../main/engine/outbound.ts';

const againMs = 200;

interface Received {
  readonly source: Destination;
  readonly payload: Buffer;
}

const listeners = new WeakMap<Datagrams, Set<(received: Received) => void>>();

/** Sends a payload, again and again as datagrams may get lost, until one comes back from a source that `matches`. */
export async function exchange(
  way: Datagrams,
  destination: Destination,
  payload: Buffer,
  matches: (source: Destination, payload: Buffer) => boolean = (_, answer) => answer.length === payload.length,
): Promise<Received> {
  const heard = listeners.get(way) ?? new Set();
  if (!listeners.has(way)) {
    listeners.set(way, heard);
    way.onMessage((source, payload) => {
      for (const listener of heard) listener({ source, payload });
    });
  }
  const { promise, resolve } = Promise.withResolvers<Received>();
  const listener = (received: Received) => matches(received.source, received.payload) && resolve(received);
  heard.add(listener);
  way.send(destination, payload);
  const timer = setInterval(() => way.send(destination, payload), againMs);
  try {
    return await promise;
  } finally {
    clearInterval(timer);
    heard.delete(listener);
  }
}
