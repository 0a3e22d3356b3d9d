import type { Duplex } from 'node:stream';

const stuckMs = 15_000;
/** One that was there before the network changed most likely leads nowhere. */
const stuckBeforeMs = 5000;
const sweepMs = 5000;

/** Bytes since the connection began, as net.Socket counts them; our own streams do the same. */
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
  /** A stream of a proxy that is not known to be dead is stuck: it or its destination is to blame, and a probe will tell. */
  readonly onDoubt: (proxy: Proxy) => void;
  readonly now: () => number; // milliseconds, from any start
}

interface Watched<Proxy> {
  readonly proxy: Proxy;
  look: Look;
  isFromBefore: boolean; // a change of networks
  isDoubted: boolean; // since it waits
}

/**
 * The live streams by proxy. Those of a dead one that have waited for an answer for 15 seconds are closed, so that applications connect again,
 * and through another one; so are, sooner, those from before a change of networks. Other streams of working proxies and idle streams are never
 * touched.
 */
export class StuckStreams<Proxy> {
  readonly #options: StuckStreamsOptions<Proxy>;
  readonly #streams = new Map<Counted, Watched<Proxy>>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: StuckStreamsOptions<Proxy>) {
    this.#options = options;
  }

  /** How many are watched now. */
  get size(): number {
    return this.#streams.size;
  }

  /** Watches the stream until it closes. */
  add(proxy: Proxy, stream: Duplex): void {
    if (!isCounted(stream) || stream.destroyed) return;
    const { bytesRead, bytesWritten } = stream;
    this.#streams.set(stream, { proxy, look: { bytesRead, bytesWritten, waitingSince: null }, isFromBefore: false, isDoubted: false });
    stream.on('close', () => this.#streams.delete(stream));
  }

  /** Sweeps every 5 seconds, until `stop`. */
  start(): void {
    this.#timer = setInterval(() => this.closeStuck(), sweepMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  networkChanged(): void {
    for (const watched of this.#streams.values()) watched.isFromBefore = true;
  }

  /** One look at all of them. */
  closeStuck(): void {
    const { isDead, onDoubt, now } = this.#options;
    for (const [stream, watched] of this.#streams) {
      watched.look = lookAgain(watched.look, stream, now());
      const { waitingSince } = watched.look;
      const waitsMs = waitingSince === null ? 0 : now() - waitingSince;
      const isLost = waitsMs >= stuckMs && isDead(watched.proxy);
      if (isLost || (watched.isFromBefore && waitsMs >= stuckBeforeMs)) stream.destroy(); // the relay resets its client
      const isStuck = waitsMs >= stuckMs;
      if (isStuck && !isLost && !watched.isDoubted) onDoubt(watched.proxy);
      watched.isDoubted = isStuck;
    }
  }
}

type Counted = Duplex & Counters;

function isCounted(stream: Duplex): stream is Counted {
  return 'bytesRead' in stream && 'bytesWritten' in stream;
}
