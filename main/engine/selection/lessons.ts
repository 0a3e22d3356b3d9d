import type { ProxyEntry, ProxyList, Traits } from '../proxy-list.ts';

type Trait = keyof Traits;

export interface LessonsParts {
  readonly proxies: ProxyList;
  /** Whether the proxy has the trait; null where that could not be told now. Never rejects. */
  readonly learn: (trait: Trait, entry: ProxyEntry, signal: AbortSignal) => Promise<boolean | null>;
  readonly now: () => number; // milliseconds since 1970
}

/** Only the best can be in use soon. */
const best = 3;
const againMs = 3 * 60_000;

/**
 * Has the traits of the best proxies learned, once a connection through them was good: one proxy at a time, but for each trait by itself. Whether
 * all may be said in one flight is known in a moment; whether a tunnel may wait, only after seconds.
 */
export class Lessons {
  readonly #parts: LessonsParts;
  readonly #triedAt = { pipelines: new WeakMap<ProxyEntry, number>(), waits: new WeakMap<ProxyEntry, number>() };
  readonly #stopping = new AbortController();
  readonly #learning = new Set<Trait>();

  constructor(parts: LessonsParts) {
    this.#parts = parts;
  }

  /** To be called when proxies changed. */
  look(): void {
    this.#lookAt('pipelines');
    this.#lookAt('waits');
  }

  stop(): void {
    this.#stopping.abort();
  }

  #lookAt(trait: Trait): void {
    if (this.#learning.has(trait) || this.#stopping.signal.aborted) return;
    const next = this.#parts.proxies.best(best).find((entry) => this.#isUnknown(trait, entry));
    if (next) void this.#learn(trait, next);
  }

  #isUnknown(trait: Trait, entry: ProxyEntry): boolean {
    const isSeen = entry.record.connect !== null; // in this run: what an earlier one remembers may be gone
    const triedAt = this.#triedAt[trait].get(entry) ?? Number.NEGATIVE_INFINITY;
    return isSeen && entry.traits[trait] === null && this.#parts.now() - triedAt >= againMs;
  }

  async #learn(trait: Trait, entry: ProxyEntry): Promise<void> {
    const { signal } = this.#stopping;
    this.#learning.add(trait);
    this.#triedAt[trait].set(entry, this.#parts.now());
    const learned = await this.#parts.learn(trait, entry, signal);
    if (!signal.aborted) entry.traits = { ...entry.traits, [trait]: learned };
    this.#learning.delete(trait);
    this.#lookAt(trait);
  }
}
