import type { ProxyEntry, ProxyList, Traits } from '../proxy-list.ts';

export interface LessonsParts {
  readonly proxies: ProxyList;
  /** What the proxy tolerates; null where that could not be told now. Never rejects. */
  readonly learn: (entry: ProxyEntry, signal: AbortSignal) => Promise<Traits>;
  readonly now: () => number; // milliseconds since 1970
}

/** Only the best can be in use soon. */
const best = 3;
const againMs = 3 * 60_000;

/** Has the traits of the best proxies learned, one proxy at a time, once a connection through it was good. */
export class Lessons {
  readonly #parts: LessonsParts;
  readonly #triedAt = new WeakMap<ProxyEntry, number>();
  readonly #stopping = new AbortController();
  #isBusy = false;

  constructor(parts: LessonsParts) {
    this.#parts = parts;
  }

  /** To be called when proxies changed. */
  look(): void {
    if (this.#isBusy || this.#stopping.signal.aborted) return;
    const next = this.#parts.proxies.best(best).find((entry) => this.#isUnknown(entry));
    if (next) void this.#learn(next);
  }

  stop(): void {
    this.#stopping.abort();
  }

  #isUnknown(entry: ProxyEntry): boolean {
    const { record, traits } = entry;
    const isSeen = record.connect !== null; // in this run: what an earlier one remembers may be gone
    const triedAt = this.#triedAt.get(entry) ?? Number.NEGATIVE_INFINITY;
    return isSeen && (traits.waits === null || traits.pipelines === null) && this.#parts.now() - triedAt >= againMs;
  }

  async #learn(entry: ProxyEntry): Promise<void> {
    this.#isBusy = true;
    this.#triedAt.set(entry, this.#parts.now());
    const traits = await this.#parts.learn(entry, this.#stopping.signal);
    if (!this.#stopping.signal.aborted) entry.traits = traits;
    this.#isBusy = false;
    this.look();
  }
}
