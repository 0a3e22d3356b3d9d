/** Sooner after each other they may be one event that broke all streams; later they have nothing to do with each other. */
const between = { leastMs: 5000, mostMs: 10 * 60_000 };

interface Cut {
  readonly host: string;
  readonly at: number;
}

/**
 * Notices a proxy whose way cuts streams after some kilobytes, whatever the site. One site that breaks, a censor who cuts one, and a network that goes
 * away prove nothing: cuts at two sites do, some time apart. Times are milliseconds from any start.
 */
export class Cuts<T extends object> {
  readonly #first = new WeakMap<T, Cut>();

  /** A stream to this host was cut. Returns whether that proves it of the proxy; then it begins anew. */
  cut(proxy: T, host: string, now: number): boolean {
    const first = this.#first.get(proxy);
    const apartMs = first === undefined ? Number.POSITIVE_INFINITY : now - first.at;
    if (apartMs > between.mostMs) this.#first.set(proxy, { host, at: now });
    else if (first?.host !== host && apartMs >= between.leastMs) return this.#first.delete(proxy);
    return false;
  }
}
