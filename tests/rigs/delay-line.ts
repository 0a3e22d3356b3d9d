/** Timers have whole milliseconds: what is due this soon is due now. */
const toleranceMs = 0.5;

interface Waiting {
  readonly dueMs: number;
  readonly act: () => void;
  readonly isAlone: boolean;
}

/**
 * Does things in the order in which they came, each after its delay: one direction of a slow network. It holds as much as comes, so that
 * only the delay is emulated and never a narrow pipe. Without a delay and with nothing before it, a thing is done at once.
 */
export class DelayLine {
  readonly #waiting: Waiting[] = [];
  #timer: NodeJS.Timeout | undefined;
  #turn: NodeJS.Immediate | undefined;

  /** `isAlone`: nothing else is done in the same turn of the event loop, so that whoever listens hears it by itself. */
  push(delayMs: number, act: () => void, isAlone = false): void {
    const last = this.#waiting.at(-1);
    const dueMs = Math.max(last?.dueMs ?? 0, performance.now() + delayMs);
    if (last === undefined && delayMs <= 0 && !isAlone) return void act();
    this.#waiting.push({ dueMs, act, isAlone });
    if (last === undefined) this.#arm(dueMs);
  }

  /** Forgets what waits. */
  stop(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#turn);
    this.#waiting.length = 0;
  }

  #arm(dueMs: number): void {
    this.#timer = setTimeout(() => this.#run(), Math.max(0, dueMs - performance.now()));
  }

  #run(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (next.dueMs > performance.now() + toleranceMs) {
        this.#arm(next.dueMs);
        return;
      }
      next.act();
      this.#waiting.shift(); // only now, so that what comes meanwhile queues up behind it; stop() may have been faster
      if (next.isAlone && this.#waiting.length > 0) {
        this.#turn = setImmediate(() => this.#run());
        return;
      }
    }
  }
}
