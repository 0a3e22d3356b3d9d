const windowSeconds = 60;
const share = 0.05;
/** So that the first slow connection after a pause may be hedged too. */
const always = 1;

/** Extra connections may be at most 5 % of those of the last minute. Times are milliseconds. */
export class HedgeBudget {
  readonly #connections = new LastMinute();
  readonly #hedges = new LastMinute();

  connected(now: number): void {
    this.#connections.add(now);
  }

  /** Whether one more may be made now; counts it if so. */
  spend(now: number): boolean {
    if (this.#hedges.count(now) >= Math.max(always, Math.floor(this.#connections.count(now) * share))) return false;
    this.#hedges.add(now);
    return true;
  }
}

/** Counts by the second, so that thousands of connections a second cost no more than one. */
class LastMinute {
  readonly #counts = new Uint32Array(windowSeconds); // of each second, and in its place a minute later of that one
  #second = Number.NEGATIVE_INFINITY; // the latest

  add(now: number): void {
    this.#moveTo(now);
    (this.#counts[this.#second % windowSeconds] as number)++;
  }

  count(now: number): number {
    this.#moveTo(now);
    return this.#counts.reduce((sum, count) => sum + count, 0);
  }

  #moveTo(now: number): void {
    const second = Math.floor(now / 1000);
    if (second - this.#second >= windowSeconds) this.#counts.fill(0);
    else for (let passed = this.#second + 1; passed <= second; passed++) this.#counts[passed % windowSeconds] = 0;
    this.#second = Math.max(second, this.#second);
  }
}
