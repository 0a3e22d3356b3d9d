import type { ErrorCode } from '../../../preload/contract.ts';
import { errorCode } from '../errors.ts';
import type { ProxyEntry, ProxyList } from '../proxy-list.ts';
import { withDeadline } from './deadline.ts';
import { probe } from './probe.ts';
import type { Timings } from './record.ts';

const concurrency = 64;
/** For one test address; a proxy gets two. */
const probeDeadlineMs = 4000;
const intervalMs = 3 * 60_000;
/** Rounds at exact times would be a fingerprint: each wait is up to this share shorter or longer. */
const jitter = 0.2;
/** One page with many dead addresses must not make a probe for each. */
const recheckAfterMs = 15_000;
/** The proxy itself is to blame for these, so a second test address would say the same. */
const certain: ReadonlySet<ErrorCode> = new Set([
  'proxy-refused',
  'proxy-unreachable',
  'proxy-name-not-found',
  'proxy-protocol',
  'proxy-certificate',
  'proxy-login-required',
  'proxy-login-rejected',
]);

/** Measures proxies: those given to `enqueue`, and all of them every three minutes (with jitter) between `start` and `stop`. */
export class Prober {
  readonly #proxies: ProxyList;
  readonly #addresses: readonly URL[];
  readonly #onProgress: () => void;
  readonly #waiting = new Set<ProxyEntry>();
  readonly #running = new Set<ProxyEntry>();
  #done = 0;
  #controller = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  /** `urls`: one or more http or https test addresses. `onProgress` is called when the number of probes done or waiting changed. */
  constructor(proxies: ProxyList, urls: readonly string[], onProgress: () => void) {
    this.#proxies = proxies;
    this.#addresses = urls.map((url) => new URL(url));
    this.#onProgress = onProgress;
  }

  enqueue(entries: readonly ProxyEntry[]): void {
    for (const entry of entries) if (!this.#running.has(entry) && !entry.excluded) this.#waiting.add(entry);
    this.#fill();
  }

  /** Probes a proxy that is in doubt, unless it was tested a moment ago. */
  recheck(entry: ProxyEntry): void {
    if (Date.now() - (entry.record.testedAt ?? 0) > recheckAfterMs) this.enqueue([entry]);
  }

  /** Forgets what waits and aborts what runs; results already in are kept. */
  cancel(): void {
    this.#waiting.clear();
    this.#controller.abort();
    this.#controller = new AbortController();
    this.#onProgress();
  }

  /** Starts the rounds. */
  start(): void {
    const waitMs = intervalMs * (1 + jitter * (2 * Math.random() - 1));
    this.#timer = setTimeout(() => {
      this.enqueue(this.#proxies.all());
      this.start();
    }, waitMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.cancel();
  }

  /** How far the current round is; null when nothing is being tested. */
  progress(): { done: number; total: number } | null {
    const left = this.#waiting.size + this.#running.size;
    return left === 0 ? null : { done: this.#done, total: this.#done + left };
  }

  #fill(): void {
    for (const entry of this.#waiting) {
      if (this.#running.size >= concurrency) break;
      this.#waiting.delete(entry);
      if (this.#proxies.get(entry.id) !== entry) continue; // removed while it waited
      this.#running.add(entry);
      void this.#run(entry, this.#controller.signal).then(() => {
        this.#running.delete(entry);
        this.#done++;
        this.#fill();
      });
    }
    if (this.progress() === null) this.#done = 0;
    this.#onProgress();
  }

  async #run(entry: ProxyEntry, signal: AbortSignal): Promise<void> {
    this.#proxies.setTesting(entry, true);
    try {
      this.#proxies.succeeded(entry, await this.#measure(entry, signal));
    } catch (error) {
      const code = errorCode(error);
      if (code !== 'aborted') this.#proxies.failed(entry, code);
    } finally {
      this.#proxies.setTesting(entry, false);
    }
  }

  /** A proxy is failing only when two different addresses say so: one of them may be blocked or down itself. */
  async #measure(entry: ProxyEntry, signal: AbortSignal): Promise<Timings> {
    const [first, second] = pickTwo(this.#addresses);
    const at = (url: URL) => withDeadline((limited) => probe(entry.client, url, limited), probeDeadlineMs, signal);
    try {
      return await at(first);
    } catch (error) {
      if (signal.aborted || second === undefined || certain.has(errorCode(error))) throw error;
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
