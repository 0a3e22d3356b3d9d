import { EngineError } from '../errors.ts';

export type Attempt<T> = (signal: AbortSignal) => Promise<T>;

export interface RaceOptions<T> {
  /** How long the newest of so many attempts may be alone before the next one starts too; null: until it fails. */
  readonly patience: (started: number) => Patience | null;
  readonly atOnce: number; // attempts under way at most
  readonly attemptMs: number; // for one attempt, which is then aborted with the reason EngineError('proxy-timeout')
  readonly deadlineMs: number; // for the whole race
  /** Asked when the newest attempt is slow. One that fails or stalls starts the next one without asking. */
  readonly mayHedge: () => boolean;
  /** Closes what an attempt brought after another had won. */
  readonly discard: (loser: T) => void;
  /** Where there may be news while the race goes on: subscribes, and returns what ends that. */
  readonly onNews?: (steps: NewsSteps) => () => void;
}

export interface Patience {
  readonly slowMs: number; // from then on the next one may be tried beside it
  readonly stalledMs: number; // from then on it counts as failed, though it may still win; at least slowMs
}

/** What news may lead to. */
export interface NewsSteps {
  /** One more attempt is worth it, however many are under way. */
  startAnother(): void;
  /** None of those under way can succeed any more. */
  giveUp(): void;
}

/**
 * Tries attempts in order, staggered, until the first one succeeds; the others are aborted. A failure starts the next attempt at once.
 * Rejects with an AggregateError of all failures, oldest first, when every attempt has failed or the deadline has passed, and with
 * EngineError('aborted') when `signal` aborts.
 */
export async function race<T>(attempts: Iterable<Attempt<T>>, options: RaceOptions<T>, signal: AbortSignal): Promise<T> {
  const runners = new Race(attempts, options);
  const abort = () => runners.lose(new EngineError('aborted'));
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  const deadline = setTimeout(() => runners.giveUp(), options.deadlineMs);
  const ignoreNews = options.onNews?.({ startAnother: () => runners.startNext(true), giveUp: () => runners.giveUp() });
  try {
    runners.startNext();
    return await runners.result;
  } finally {
    clearTimeout(deadline);
    ignoreNews?.();
    signal.removeEventListener('abort', abort);
    runners.end();
  }
}

class Race<T> {
  readonly result: Promise<T>;
  readonly #reject: (reason: Error) => void;
  readonly #resolve: (winner: T) => void;
  readonly #waiting: Iterator<Attempt<T>>;
  readonly #options: RaceOptions<T>;
  readonly #running = new Set<AbortController>();
  readonly #failures: unknown[] = [];
  #stagger: NodeJS.Timeout | undefined;
  #over = false;
  #started = 0;

  constructor(attempts: Iterable<Attempt<T>>, options: RaceOptions<T>) {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.result = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#waiting = attempts[Symbol.iterator]();
    this.#options = options;
  }

  startNext(inAnyCase = false): void {
    clearTimeout(this.#stagger);
    if (this.#over || (this.#running.size >= this.#options.atOnce && !inAnyCase)) return;
    const next = this.#waiting.next();
    if (next.done !== true) {
      void this.#run(next.value);
      const patience = this.#options.patience(++this.#started);
      if (patience !== null) this.#stagger = setTimeout(() => this.#hedge(patience), patience.slowMs);
    } else if (this.#running.size === 0) this.giveUp();
  }

  #hedge({ slowMs, stalledMs }: Patience): void {
    if (this.#options.mayHedge()) this.startNext();
    else this.#stagger = setTimeout(() => this.startNext(), stalledMs - slowMs);
  }

  giveUp(): void {
    this.lose(new AggregateError(this.#failures));
  }

  /** Without a winner: what succeeds from now on is discarded. */
  lose(reason: Error): void {
    this.end();
    this.#reject(reason);
  }

  end(): void {
    this.#over = true;
    clearTimeout(this.#stagger);
    for (const controller of this.#running) controller.abort();
  }

  async #run(attempt: Attempt<T>): Promise<void> {
    const controller = new AbortController();
    const tooLong = setTimeout(() => controller.abort(new EngineError('proxy-timeout')), this.#options.attemptMs);
    this.#running.add(controller);
    try {
      const winner = await attempt(controller.signal);
      this.#running.delete(controller);
      if (this.#over) this.#options.discard(winner);
      else this.#win(winner);
    } catch (failure) {
      this.#running.delete(controller);
      this.#failures.push(failure);
      this.startNext();
    } finally {
      clearTimeout(tooLong);
    }
  }

  /** Two attempts may succeed in the same turn: the first ends the race. */
  #win(winner: T): void {
    this.end();
    this.#resolve(winner);
  }
}
