import type { ProxyEntry, ProxyList } from '../proxy-list.ts';
import { BackOff, jittered } from './back-off.ts';
import { enoughGood, type Prober } from './prober.ts';

export interface RoundsParts {
  readonly proxies: ProxyList;
  readonly prober: Prober;
  readonly now: () => number; // milliseconds since 1970
  /** From 0 to below 1. */
  readonly random: () => number;
  readonly spreadMs?: number; // two minutes unless told: within which the probes of a round are made
}

const intervalMs = 3 * 60_000;
/** Probes of all of the best at one moment would show whoever watches the line which addresses belong together. */
const usualSpreadMs = 2 * 60_000;
/** Without a connection for so long, proxies hear nothing of us. */
const idleMs = 30 * 60_000;
/** Others that are tried for each good one that is missing; so many in a row that are not due end the looking. */
const triesForEach = 4;
/** When nothing works, so many are tried, not more often than this. */
const rescue = { tries: 2000, everyMs: 10_000 };
/** After a change of networks: so long until the best ones are tried. */
const grace = { ms: 2000, tries: 3 };

/**
 * Keeps about ten good proxies known, without anybody waiting for it: the best ten are probed every three minutes while applications
 * connect, each at a time of its own, others only as far as good ones are missing, and none while nobody uses the endpoint.
 */
export class Rounds {
  readonly #parts: RoundsParts;
  readonly #backOff = new BackOff<ProxyEntry>();
  #usedAt = Number.NEGATIVE_INFINITY;
  #rescuedAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #grace: NodeJS.Timeout | undefined;
  readonly #later = new Set<NodeJS.Timeout>();

  constructor(parts: RoundsParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#timer = setTimeout(
      () => {
        this.round();
        this.start();
      },
      jittered(intervalMs, this.#parts.random()),
    ).unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#grace);
    for (const timer of this.#later) clearTimeout(timer);
  }

  /** An application connects. The first one after a pause has the proxy in use looked at. */
  used(): void {
    const { proxies, prober, now } = this.#parts;
    const wasIdle = this.#isIdle();
    this.#usedAt = now();
    if (wasIdle && proxies.current) prober.recheck(proxies.current);
    this.look();
  }

  /** To be called when proxies changed: while the endpoint is in use and none that may be used works, many are tried at once. */
  look(): void {
    const { proxies, now } = this.#parts;
    if (proxies.current !== null || this.#isIdle() || now() - this.#rescuedAt < rescue.everyMs) return;
    this.#rescuedAt = now();
    this.#search(enoughGood, rescue.tries);
  }

  /** One round, as they come every three minutes between `start` and `stop`. */
  round(): void {
    if (this.#isIdle()) return;
    const { proxies, prober } = this.#parts;
    const best = proxies.best(enoughGood);
    for (const entry of best) {
      this.#backOff.worked(entry);
      this.#atRandom(() => prober.test([entry]));
    }
    const missing = enoughGood - best.length;
    this.#search(missing, missing * triesForEach);
  }

  /** The network is another one: when it has settled, the best three are tried before all others; where none works, many are. */
  networkChanged(): void {
    clearTimeout(this.#grace);
    this.#grace = setTimeout(() => {
      const best = this.#parts.proxies.best(grace.tries);
      if (best.length > 0) this.#parts.prober.test(best);
      else this.#search(enoughGood, rescue.tries);
    }, grace.ms).unref();
  }

  #atRandom(act: () => void): void {
    const { random, spreadMs = usualSpreadMs } = this.#parts;
    if (spreadMs === 0) {
      act();
      return;
    }
    const timer = setTimeout(() => {
      this.#later.delete(timer);
      act();
    }, random() * spreadMs).unref();
    this.#later.add(timer);
  }

  #isIdle(): boolean {
    return this.#parts.now() - this.#usedAt > idleMs;
  }

  /** Among those that are not known to work and whose time has come. A search that is under way is enough. */
  #search(wanted: number, tries: number): void {
    const { proxies, prober, now, random } = this.#parts;
    if (wanted === 0 || prober.isSearching) return;
    const due: ProxyEntry[] = [];
    let looks = 0;
    for (const entry of proxies.notWorking()) {
      if (due.length === tries || ++looks > rescue.tries) break;
      if (!this.#backOff.isDue(entry, now())) continue;
      this.#backOff.tried(entry, now(), random());
      due.push(entry);
    }
    prober.startSearch(wanted);
    prober.search(due);
  }
}
