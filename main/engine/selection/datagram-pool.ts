import { withDeadline } from '../deadline.ts';
import { EngineError, errorCode } from '../errors.ts';
import type { Datagrams, Destination } from '../outbound.ts';
import type { ProxyEntry, ProxyList } from '../proxy-list.ts';
import { isWorking } from './record.ts';
import { watchSilence } from './silence-watch.ts';

/** All proxies together, so that an application that waits for ten seconds still hears the answer. */
const deadlineMs = 9000;
const attemptMs = 4000;
/** So long a proxy that could not open a way, without saying that it never can, is passed over. */
const restMs = 60_000;
/** So long a proxy through which nothing came back comes last. */
const quietMs = 10 * 60_000;
/** Datagrams of one way go everywhere; where proxies are chosen by destination, all of them count as one. */
const anywhere: Destination = { host: '', port: 0 };

export interface DatagramPoolParts {
  readonly proxies: ProxyList;
  readonly now: () => number; // milliseconds since 1970
  /** The proxy failed: a probe will tell whether it works at all. */
  readonly onDoubt: (entry: ProxyEntry) => void;
}

/** What is known of a proxy's datagrams, while the program runs. */
interface Knowledge {
  notBefore: number; // it is not tried until then
  quietUntil: number; // it comes last until then
  answeredAt: number;
}

/**
 * Ways for datagrams through the best proxy that carries them; one after the other is tried, in the order in which connections try them. Those that
 * refuse are remembered as long as the program runs. One that takes datagrams and brings none back, as where UDP is filtered on the way to it, gives
 * way to another one: its way is closed, and the next one is opened elsewhere.
 */
export class DatagramPool {
  readonly #parts: DatagramPoolParts;
  readonly #known = new WeakMap<ProxyEntry, Knowledge>();
  readonly #open = new Set<Datagrams>();

  constructor(parts: DatagramPoolParts) {
    this.#parts = parts;
  }

  /** Rejects with `not-supported` where no proxy in use carries datagrams. */
  async open(signal: AbortSignal): Promise<Datagrams> {
    const { proxies } = this.#parts;
    const candidates = proxies.candidates(anywhere);
    if (candidates.length === 0) throw new EngineError(proxies.usableCount === 0 ? 'no-proxies' : 'no-proxy-works');
    return withDeadline((limited) => this.#openFirst(candidates, limited), deadlineMs, signal);
  }

  /** Ways from before may be dead without knowing. */
  networkChanged(): void {
    for (const way of this.#open) way.close();
  }

  async #openFirst(candidates: readonly ProxyEntry[], signal: AbortSignal): Promise<Datagrams> {
    for (const entry of this.#able(candidates)) {
      const way = await this.#attempt(entry, signal);
      if (way) return way;
    }
    throw new EngineError('not-supported');
  }

  #able(candidates: readonly ProxyEntry[]): ProxyEntry[] {
    const now = this.#parts.now();
    const working = candidates.filter(({ record }) => isWorking(record));
    const able = (working.length > 0 ? working : candidates).filter(
      (entry) => entry.client.openDatagrams !== undefined && this.#knowledge(entry).notBefore <= now,
    );
    const isQuiet = (entry: ProxyEntry) => this.#knowledge(entry).quietUntil > now;
    return [...able.filter((entry) => !isQuiet(entry)), ...able.filter(isQuiet)];
  }

  async #attempt(entry: ProxyEntry, signal: AbortSignal): Promise<Datagrams | null> {
    const { openDatagrams } = entry.client;
    if (openDatagrams === undefined) return null;
    try {
      return this.#watched(entry, await withDeadline(openDatagrams, attemptMs, signal));
    } catch (error) {
      if (signal.aborted) throw error;
      const isRefusal = ['proxy-unsupported', 'not-supported'].includes(errorCode(error));
      this.#knowledge(entry).notBefore = isRefusal ? Number.POSITIVE_INFINITY : this.#parts.now() + restMs;
      if (!isRefusal) this.#parts.onDoubt(entry);
      return null;
    }
  }

  #watched(entry: ProxyEntry, way: Datagrams): Datagrams {
    const { now } = this.#parts;
    const known = this.#knowledge(entry);
    this.#open.add(way);
    way.onClose(() => this.#open.delete(way));
    return watchSilence(way, {
      now,
      lastAnswerAt: () => known.answeredAt,
      onAnswer: () => {
        Object.assign(known, { answeredAt: now(), quietUntil: 0 });
      },
      onSilence: () => {
        known.quietUntil = now() + quietMs;
        const [next] = this.#able(this.#parts.proxies.candidates(anywhere));
        if (next !== undefined && next !== entry) way.close();
      },
    });
  }

  #knowledge(entry: ProxyEntry): Knowledge {
    const known = this.#known.get(entry) ?? { notBefore: 0, quietUntil: 0, answeredAt: 0 };
    this.#known.set(entry, known);
    return known;
  }
}
