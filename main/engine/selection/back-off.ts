const firstMs = 3 * 60_000;
const mostMs = 6 * 60 * 60_000;
/** Each wait is up to this share shorter or longer: probes at exact times would be a fingerprint. */
const jitter = 0.2;

/** A wait that is up to a fifth shorter or longer. `random`: from 0 to below 1. */
export function jittered(ms: number, random: number): number {
  return ms * (1 + jitter * (2 * random - 1));
}

/** How long proxies that were tried in vain are left alone: three minutes, twice as long each time, six hours at most. Takes `now`. */
export class BackOff<T extends object> {
  readonly #waits = new WeakMap<T, { readonly ms: number; readonly until: number }>();

  isDue(proxy: T, now: number): boolean {
    return now >= (this.#waits.get(proxy)?.until ?? Number.NEGATIVE_INFINITY);
  }

  tried(proxy: T, now: number, random: number): void {
    const before = this.#waits.get(proxy);
    const ms = before === undefined ? firstMs : Math.min(mostMs, before.ms * 2);
    this.#waits.set(proxy, { ms, until: now + jittered(ms, random) });
  }

  worked(proxy: T): void {
    this.#waits.delete(proxy);
  }
}
