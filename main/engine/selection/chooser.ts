import type { ErrorCode, SwitchEvent, SwitchReason } from '../../../preload/contract.ts';
import type { ProxyEntry } from '../proxy-list.ts';
import { costMs, isWorking } from './record.ts';

/** A new proxy takes over only when it is better by both of these, in this many observations, and not sooner after the last switch. */
const better = { share: 0.8, ms: 50, observations: 3, afterMs: 60_000 };
const rememberedSwitches = 200;

/**
 * The proxy that new connections take, and why: a state machine that takes `now`, so that nothing flaps and every switch can be explained.
 * The current proxy stays until it fails, the person decides otherwise, or another one has been clearly better for long enough.
 */
export class Chooser {
  #current: ProxyEntry | null = null;
  #switchedAt = Number.NEGATIVE_INFINITY;
  #challenger: { readonly entry: ProxyEntry; readonly seen: number; readonly times: number } | null = null;
  #switches: SwitchEvent[] = []; // newest first

  get current(): ProxyEntry | null {
    return this.#current;
  }

  /** The last 200 switches, newest first. */
  get switches(): readonly SwitchEvent[] {
    return this.#switches;
  }

  /**
   * To be asked after anything about the proxies changed. `best`: the working one to take now, null when none works. `mayUse`:
   * whether the person lets a proxy be used. `cause`: what the person or the network did, if that is why. Returns whether it switched.
   */
  reconsider(best: ProxyEntry | null, mayUse: (entry: ProxyEntry) => boolean, now: number, cause?: 'chosen' | 'network'): boolean {
    const current = this.#current;
    if (current === null) return best !== null && this.#switch(best, cause ?? 'first', now);
    if (!mayUse(current)) return this.#switch(best, cause ?? 'chosen', now);
    if (!isWorking(current.record)) return this.#switch(best, cause ?? 'failed', now);
    if (best === null || !this.#isConvincing(best, current) || now - this.#switchedAt < better.afterMs) return false;
    return this.#switch(best, 'better', now);
  }

  /** Counts the observations in which the challenger was clearly better; one that is not starts again. */
  #isConvincing(best: ProxyEntry, current: ProxyEntry): boolean {
    const [bestMs, currentMs] = [costMs(best.record), costMs(current.record)];
    const isBetter = bestMs !== null && currentMs !== null && bestMs < currentMs * better.share && currentMs - bestMs > better.ms;
    if (best === current || !isBetter) {
      this.#challenger = null;
      return false;
    }
    const seen = best.record.successes;
    const before = this.#challenger?.entry === best ? this.#challenger : { entry: best, seen: -1, times: 0 };
    this.#challenger = seen === before.seen ? before : { entry: best, seen, times: before.times + 1 };
    return this.#challenger.times >= better.observations;
  }

  #switch(to: ProxyEntry | null, reason: SwitchReason, now: number): true {
    const from = this.#current;
    const code: ErrorCode | null = reason === 'failed' || reason === 'network' ? (from?.record.reason ?? null) : null;
    const event = { at: now, from: from && named(from), to: to && named(to), reason, code, fromMs: rounded(from), toMs: rounded(to) };
    this.#switches = [event, ...this.#switches].slice(0, rememberedSwitches);
    this.#current = to;
    this.#switchedAt = now;
    this.#challenger = null;
    return true;
  }
}

function named({ id, definition }: ProxyEntry): { id: string; label: string } {
  return { id, label: definition.label };
}

function rounded(entry: ProxyEntry | null): number | null {
  const ms = entry && costMs(entry.record);
  return ms === null ? null : Math.round(ms);
}
