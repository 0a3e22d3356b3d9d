import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

const stuckMs = 15_000;
const sweepMs = 5000;

/** Bytes since the connection began, as net.Socket counts them. */
export interface Counters {
  readonly bytesRead: number;
  readonly bytesWritten: number;
}

/** What the last looks at a stream have shown. */
export interface Look extends Counters {
  readonly bytesWritten: number; // when a byte was last seen to have come
  readonly waitingSince: number | null; // something was written after that, first seen then
}

/**
 * One more look. What was written between two looks that also saw bytes come may be answered already, and counts as that: a stream that is
 * idle must never look stuck. Pure.
 */
export function lookAgain(before: Look, { bytesRead, bytesWritten }: Counters, now: number): Look {
  if (bytesRead !== before.bytesRead) return { bytesRead, bytesWritten, waitingSince: null };
  const isWaiting = bytesWritten > before.bytesWritten;
  return { ...before, waitingSince: isWaiting ? (before.waitingSince ?? now) : null };
}

export interface StuckStreamsOptions<Proxy> {
  readonly isDead: (proxy: Proxy) => boolean;
  readonly now: () => number; // milliseconds, from any start
}

/**
 * The live streams by proxy. Those of a dead one that have waited for an answer for 15 seconds are closed, so that applications connect again,
 * and through another one. Streams of working proxies and idle streams are never touched.
 */
export class StuckStreams<Proxy> {
  readonly #options: StuckStreamsOptions<Proxy>;
  readonly #streams = new Map<Socket, { readonly proxy: Proxy; look: Look }>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: StuckStreamsOptions<Proxy>) {
    this.#options = options;
  }

  /** How many are watched now. */
  get size(): number {
    return this.#streams.size;
  }

  /** Watches the stream until it closes. Anything but a socket has no counters and is not watched. */
  add(proxy: Proxy, stream: Duplex): void {
    if (!(stream instanceof Socket) || stream.destroyed) return;
    const { bytesRead, bytesWritten } = stream;
    this.#streams.set(stream, { proxy, look: { bytesRead, bytesWritten, waitingSince: null } });
    stream.on('close', () => this.#streams.delete(stream));
  }

  /** Sweeps every 5 seconds, until `stop`. */
  start(): void {
    this.#timer = setInterval(() => this.closeStuck(), sweepMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** One look at all of them. */
  closeStuck(): void {
    const { isDead, now } = this.#options;
    for (const [stream, watched] of this.#streams) {
      watched.look = lookAgain(watched.look, stream, now());
      const { waitingSince } = watched.look;
      if (waitingSince !== null && now() - waitingSince >= stuckMs && isDead(watched.proxy)) stream.destroy(); // the relay resets its client
    }
  }
}
