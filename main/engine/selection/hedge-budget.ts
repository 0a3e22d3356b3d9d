const windowMs = 60_000;
const share = 0.05;
/** So that the first slow connection after a pause may be hedged too. */
const always = 1;

/** Extra connections may be at most 5 % of those of the last minute. */
export class HedgeBudget {
  readonly #connections: number[] = []; // when, oldest first
  readonly #hedges: number[] = [];

  connected(now: number): void {
    this.#connections.push(now);
    this.#forget(now);
  }

  /** Whether one more may be made now; counts it if so. */
  spend(now: number): boolean {
    this.#forget(now);
    if (this.#hedges.length >= Math.max(always, Math.floor(this.#connections.length * share))) return false;
    this.#hedges.push(now);
    return true;
  }

  #forget(now: number): void {
    for (const times of [this.#connections, this.#hedges]) {
      while (times[0] !== undefined && now - times[0] >= windowMs) times.shift();
    }
  }
}
