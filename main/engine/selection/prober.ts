import type { ErrorCode } from '../../../preload/contract.ts';
import { withDeadline } from '../deadline.ts';
import { errorCode } from '../errors.ts';
import type { ProxyClient } from '../outbound.ts';
import { isUsable, type ProxyEntry, type ProxyList } from '../proxy-list.ts';
import { Line } from './line.ts';
import { probe } from './probe.ts';
import type { Timings } from './record.ts';
import { concurrency, nextConcurrency, paceMs, Waves } from './waves.ts';

/** For one test address; a proxy that was reached gets two. */
const probeDeadlineMs = 4000;
/** A search ends when it has found so many good ones. */
export const enoughGood = 10;
/**
 * Most of a public list is silent. While so many wait, seven of eight get this long to open a tunnel, and a full chance only after all others: so
 * the first good one is found more than twice as fast. The eighth gets all the time there is, for networks on which every proxy is that slow.
 */
const hurry = { above: 512, openMs: 1200, butEvery: 8 };
/** At most so many probes begin in one turn of the event loop, and the next turn is this much later: everything else comes between. */
const turn = { starts: 8, everyMs: 5 };
/** One page with many dead addresses must not make a probe for each. Only probes count: who opens tunnels and says nothing is connected to all the time. */
const recheckAfterMs = 15_000;

/**
 * Measures proxies. `test` is for certain ones: all of them, first. `search` is for many of which a few good ones are wanted. However many
 * wait, each result costs the same, and one that a connection doubts is asked before them.
 */
export class Prober {
  readonly #proxies: ProxyList;
  readonly #addresses: readonly URL[];
  readonly #onProgress: () => void;
  readonly #urgent = new Line<ProxyEntry>();
  readonly #certain = new Line<ProxyEntry>();
  readonly #waves = new Waves<ProxyEntry>();
  readonly #running = new Set<ProxyEntry>();
  readonly #probedAt = new WeakMap<ProxyEntry, number>(); // by the list's time
  #wanted = 0; // good ones that the search has yet to find
  #done = 0;
  #crowded = 0; // taken while many waited
  #limit: number = concurrency.first;
  #isShort = false; // of sockets
  #isStopped = false;
  #controller = new AbortController();
  #turn: NodeJS.Timeout | undefined;
  #pace: NodeJS.Timeout | undefined;

  /** `urls`: one or more http or https test addresses. `onProgress` is called when the number of probes done or waiting changed. */
  constructor(proxies: ProxyList, urls: readonly string[], onProgress: () => void) {
    this.#proxies = proxies;
    this.#addresses = urls.map((url) => new URL(url));
    this.#onProgress = onProgress;
  }

  /** Probes each of these, before all others. */
  test(entries: Iterable<ProxyEntry>): void {
    for (const entry of entries) {
      this.#waves.delete(entry);
      if (!this.#urgent.has(entry) && this.#isWanted(entry)) this.#certain.add(entry);
    }
    this.#schedule();
  }

  /** From now on so many good ones are searched for, among what waits and what `search` adds; more where more are searched for already. */
  startSearch(wanted = enoughGood): void {
    this.#wanted = this.isSearching ? Math.max(this.#wanted, wanted) : wanted;
  }

  /** Probes all there are, the most promising first. */
  testAll(): void {
    this.startSearch(Number.POSITIVE_INFINITY);
    this.search(this.#proxies.all());
  }

  /** Whether any of those given to `search` still waits. */
  get isSearching(): boolean {
    return this.#waves.size > 0;
  }

  /** Probes the most promising of these first. Those that are left when enough good ones were found stay as they are. */
  search(entries: Iterable<ProxyEntry>): void {
    if (this.#wanted === 0) return;
    for (const entry of entries) if (!this.#isFirst(entry) && this.#isWanted(entry)) this.#waves.add(entry);
    this.#schedule();
  }

  /** Probes a proxy that is in doubt, unless it was probed a moment ago. */
  recheck(entry: ProxyEntry): void {
    const probedAt = this.#probedAt.get(entry) ?? Number.NEGATIVE_INFINITY;
    if (this.#proxies.now - probedAt <= recheckAfterMs || !this.#isWanted(entry)) return;
    for (const line of [this.#waves, this.#certain]) line.delete(entry);
    this.#urgent.add(entry);
    this.#schedule();
  }

  /** Forgets what waits, ends the search and aborts what runs; results already in are kept. */
  cancel(): void {
    this.#wanted = 0;
    this.#urgent.clear();
    this.#certain.clear();
    this.#waves.clear();
    this.#controller.abort();
    this.#controller = new AbortController();
    this.#rest();
  }

  /** One of the test addresses. */
  anyAddress(): URL {
    return pickTwo(this.#addresses)[0];
  }

  /** Cancels, and begins nothing any more. */
  stop(): void {
    this.#isStopped = true;
    this.cancel();
  }

  /** How far the tests are; null when nothing is being tested. */
  progress(): { done: number; total: number } | null {
    const left = this.#waitingCount + this.#running.size;
    return left === 0 ? null : { done: this.#done, total: this.#done + left };
  }

  #isWanted(entry: ProxyEntry): boolean {
    return !this.#isStopped && !this.#running.has(entry) && isUsable(entry);
  }

  #schedule(): void {
    if (this.#isStopped || this.progress() === null) return;
    this.#turn ??= setTimeout(() => this.#fill(), turn.everyMs);
    this.#pace ??= this.#keepPace();
  }

  #rest(): void {
    if (this.progress() === null) {
      clearTimeout(this.#turn);
      clearInterval(this.#pace);
      this.#turn = this.#pace = undefined;
      this.#done = 0;
      this.#limit = concurrency.first;
    }
    this.#onProgress();
  }

  #keepPace(): NodeJS.Timeout {
    let dueAt = performance.now() + paceMs;
    return setInterval(() => {
      const lagMs = performance.now() - dueAt;
      dueAt = performance.now() + paceMs;
      this.#limit = nextConcurrency(this.#limit, { lagMs, isShort: this.#isShort });
      this.#isShort = false;
      this.#schedule();
    }, paceMs);
  }

  #fill(): void {
    this.#turn = undefined;
    for (let started = 0; started < turn.starts && this.#running.size < this.#limit; ) {
      const isCertain = this.#urgent.size + this.#certain.size > 0;
      const entry = this.#takeNext();
      if (entry === undefined) break;
      if (this.#proxies.get(entry.id) !== entry || !isUsable(entry)) continue; // removed or excluded while it waited
      started++;
      this.#running.add(entry);
      const isHurried = !isCertain && this.#waves.freshCount > hurry.above && ++this.#crowded % hurry.butEvery !== 0;
      void this.#run(entry, isHurried, this.#controller.signal);
    }
    if (this.#waitingCount > 0 && this.#running.size < this.#limit) this.#schedule();
    this.#rest();
  }

  get #waitingCount(): number {
    return this.#urgent.size + this.#certain.size + this.#waves.size;
  }

  #isFirst(entry: ProxyEntry): boolean {
    return this.#urgent.has(entry) || this.#certain.has(entry);
  }

  #takeNext(): ProxyEntry | undefined {
    return this.#urgent.take() ?? this.#certain.take() ?? this.#waves.take();
  }

  async #run(entry: ProxyEntry, isHurried: boolean, signal: AbortSignal): Promise<void> {
    this.#proxies.setTesting(entry, true);
    try {
      this.#proxies.succeeded(entry, await this.#measure(entry, isHurried ? hurry.openMs : probeDeadlineMs, signal));
      this.#learn(entry, null);
    } catch (error) {
      const code = errorCode(error);
      if (code === 'internal')
        this.#isShort = true; // no file descriptor left: nothing was learned about the proxy
      else if (code === 'proxy-timeout' && isHurried) this.#putOff(entry);
      else if (code !== 'aborted') {
        this.#proxies.failed(entry, code);
        this.#learn(entry, code);
      }
    } finally {
      this.#proxies.setTesting(entry, false);
      this.#running.delete(entry);
      this.#done++;
      this.#rest();
      if (this.progress() !== null) this.#schedule();
    }
  }

  /** Not yet a failure. Where the search is over, it will be none. */
  #putOff(entry: ProxyEntry): void {
    this.#waves.learn(entry, false); // other sources may be better
    if (this.#wanted === 0) return;
    this.#waves.putOff(entry);
    this.#done--; // it will be counted when it has had its chance
  }

  #learn(entry: ProxyEntry, failure: ErrorCode | null): void {
    this.#probedAt.set(entry, this.#proxies.now);
    this.#waves.learn(entry, failure === null);
    if (failure !== null || this.#wanted === 0) return;
    this.#wanted--;
    if (this.#wanted === 0) this.#waves.clear();
  }

  /**
   * A proxy that was reached is failing only when two different addresses say so: one of them may be blocked or down itself. One that cannot
   * be reached within `openMs`, or turns us away, would do the same for the second address.
   */
  async #measure({ client }: ProxyEntry, openMs: number, signal: AbortSignal): Promise<Timings> {
    const [first, second] = pickTwo(this.#addresses);
    let isReached = false;
    const watched: ProxyClient = {
      async open(limited) {
        const tunnel = await withDeadline((soon) => client.open(soon), openMs, limited);
        isReached = true;
        return tunnel;
      },
    };
    const at = (url: URL) => withDeadline((limited) => probe(watched, url, limited), probeDeadlineMs, signal);
    try {
      return await at(first);
    } catch (error) {
      if (signal.aborted || second === undefined || !isReached) throw error;
      return await at(second);
    }
  }
}

function pickTwo(addresses: readonly URL[]): [URL, URL | undefined] {
  const first = Math.floor(Math.random() * addresses.length);
  const step = 1 + Math.floor(Math.random() * (addresses.length - 1));
  const second = addresses.length > 1 ? addresses[(first + step) % addresses.length] : undefined;
  return [addresses[first] as URL, second];
}
