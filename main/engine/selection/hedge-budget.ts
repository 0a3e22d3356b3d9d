const windowSeconds = 60;
const connectionsForEach = 20;

/** Extra connections may be at most 5 % of those of the last minute: with fewer than twenty there are none. Times are milliseconds. */
export class HedgeBudget {
  readonly #connections = new LastMinute();
  readonly #hedges = new LastMinute();

  connected(now: number): void {
    this.#connections.add(now);
  }

  /** Whether one more may be made now; counts it if so. */
  spend(now: number): boolean {
    if ((this.#hedges.count(now) + 1) * connectionsForEach > this.#connections.count(now)) return false;
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
