import { type HealthRecord, isWorking } from './record.ts';

interface Candidate {
  readonly source: string;
  readonly record: HealthRecord;
}

/** What is expected of a source before any of its proxies has answered: of public lists about one in a hundred works. */
const expected = { good: 0.01, tested: 1 };

/**
 * Tens of thousands of proxies that wait for a probe. `take` gives the most promising one: those that worked when they were last seen, those
 * that ever worked, then a random one of the source in which the largest share has answered so far, then those that were put off. Nothing is ever sorted: adding and taking
 * cost the same with ten and with 50,000 (but grow with the number of sources, which people name one by one).
 */
export class Waves<T extends Candidate> {
  readonly #members = new Set<T>(); // the bags may still hold what was deleted
  readonly #lastGood: T[] = [];
  readonly #onceGood: T[] = [];
  readonly #putOff = new Set<T>();
  readonly #putOffLine: T[] = []; // may still hold what was deleted
  readonly #sources = new Map<string, { readonly waiting: T[]; good: number; tested: number }>();
  readonly #random: () => number;

  /** `random` gives numbers from 0 to below 1. */
  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  get size(): number {
    return this.#members.size + this.#putOff.size;
  }

  /** How many wait that were not put off. */
  get freshCount(): number {
    return this.#members.size;
  }

  add(candidate: T): void {
    if (this.#members.has(candidate) || this.#putOff.has(candidate)) return;
    this.#members.add(candidate);
    const { record, source } = candidate;
    if (isWorking(record)) this.#lastGood.push(candidate);
    else if (record.successes > 0) this.#onceGood.push(candidate);
    else this.#sourceOf(source).waiting.push(candidate);
  }

  /** Adds one that has had a short chance and comes after all others. */
  putOff(candidate: T): void {
    this.#putOff.add(candidate);
    this.#putOffLine.push(candidate);
  }

  delete(candidate: T): void {
    this.#members.delete(candidate);
    this.#putOff.delete(candidate);
  }

  /** What a probe has shown: a source with good ones comes before the others. */
  learn({ source }: T, isGood: boolean): void {
    const known = this.#sourceOf(source);
    known.tested++;
    if (isGood) known.good++;
  }

  /** The most promising one, which waits no longer. */
  take(): T | undefined {
    while (this.#members.size > 0) {
      const candidate = this.#takeFrom(this.#bestBag());
      if (candidate !== undefined && this.#members.delete(candidate)) return candidate;
    }
    let candidate = this.#putOffLine.pop();
    while (candidate !== undefined && !this.#putOff.delete(candidate)) candidate = this.#putOffLine.pop();
    return candidate;
  }

  /** What was learned of the sources stays. */
  clear(): void {
    this.#members.clear();
    this.#putOff.clear();
    for (const bag of [this.#lastGood, this.#onceGood, this.#putOffLine]) bag.length = 0;
    for (const { waiting } of this.#sources.values()) waiting.length = 0;
  }

  #bestBag(): T[] {
    if (this.#lastGood.length > 0) return this.#lastGood;
    if (this.#onceGood.length > 0) return this.#onceGood;
    let best: T[] = [];
    let bestShare = -1;
    for (const { waiting, good, tested } of this.#sources.values()) {
      const share = (good + expected.good) / (tested + expected.tested);
      if (waiting.length > 0 && share > bestShare) [best, bestShare] = [waiting, share];
    }
    return best;
  }

  #takeFrom(bag: T[]): T | undefined {
    const last = bag.pop();
    if (last === undefined || bag.length === 0) return last;
    const index = Math.floor(this.#random() * (bag.length + 1));
    const taken = bag[index] ?? last;
    if (taken !== last) bag[index] = last;
    return taken;
  }

  #sourceOf(source: string) {
    const known = this.#sources.get(source) ?? { waiting: [], good: 0, tested: 0 };
    this.#sources.set(source, known);
    return known;
  }
}

/** Probes under way at once: at first, at most, and at least while this computer has no sockets left. */
export const concurrency = { first: 32, most: 256, least: 8 } as const;
/** How often `nextConcurrency` is asked. */
export const paceMs = 100;
/** Nobody feels an event loop this late; from the second on everybody does. */
const lag = { comfortableMs: 30, tooMuchMs: 100 };

export interface Load {
  readonly lagMs: number; // how late the event loop is
  readonly isShort: boolean; // a socket could not be had
}

/**
 * How many probes may be under way from now on. Grows by half each 100 ms, so that a list of silent proxies is met with 256 after half a
 * second, but not while the event loop is late; much too late, it shrinks, though not below the start: silent proxies cost nothing. Pure.
 */
export function nextConcurrency(current: number, { lagMs, isShort }: Load): number {
  if (isShort) return Math.max(concurrency.least, Math.floor(current / 2));
  if (lagMs > lag.tooMuchMs) return Math.max(Math.min(current, concurrency.first), Math.floor(current / 2));
  return lagMs > lag.comfortableMs ? current : Math.min(concurrency.most, Math.ceil(current * 1.5));
}
