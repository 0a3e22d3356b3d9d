/** So many connections that wait too long, with nothing heard from the proxy since they began, are no accident. */
const enough = 3;

interface Evidence {
  heardAt: number;
  overdue: number;
  beaten: number;
}

/**
 * Notices a proxy that has gone silent, long before each connection's own deadline. Slow connections make it suspect, which lets others be
 * tried beside it; only that another proxy connected to the same destinations meanwhile proves that the destinations are not to blame.
 * Times are performance.now().
 */
export class Suspicion<T extends object> {
  readonly #evidence = new WeakMap<T, Evidence>();

  /** The proxy has connected: whatever was held against it was chance. */
  heard(proxy: T, now: number): void {
    this.#evidence.set(proxy, { heardAt: now, overdue: 0, beaten: 0 });
  }

  /** A connection that began then is overdue. Returns whether the proxy has just become suspect. */
  overdue(proxy: T, begunAt: number): boolean {
    const evidence = this.#since(proxy, begunAt);
    return evidence !== null && ++evidence.overdue === enough;
  }

  /** A connection that began then was overdue when another proxy made it. Returns whether that proves that the proxy is silent. */
  beaten(proxy: T, begunAt: number): boolean {
    const evidence = this.#since(proxy, begunAt);
    return evidence !== null && ++evidence.beaten >= enough;
  }

  isSuspect(proxy: T): boolean {
    return (this.#evidence.get(proxy)?.overdue ?? 0) >= enough;
  }

  /** What is held against the proxy; null when it was heard after the connection began, which is then merely slow. */
  #since(proxy: T, begunAt: number): Evidence | null {
    const evidence = this.#evidence.get(proxy) ?? { heardAt: Number.NEGATIVE_INFINITY, overdue: 0, beaten: 0 };
    this.#evidence.set(proxy, evidence);
    return evidence.heardAt > begunAt ? null : evidence;
  }
}
