import type { DirectVerdict } from '../direct-check.ts';
import type { ProxyEntry, ProxyList, Witness } from '../proxy-list.ts';
import type { HealthRecord } from './record.ts';

/** What keeps all proxies from working and is none of their fault. */
export type Trouble = Exclude<DirectVerdict, 'online'>;

export interface FaultFinderParts {
  readonly proxies: () => ProxyList;
  readonly isNetworkUp: () => boolean;
  /** null: the person does not allow it. */
  readonly checkDirectly: () => Promise<DirectVerdict> | null;
  readonly now: () => number; // milliseconds since 1970
  /** The trouble changed. */
  readonly onChange: () => void;
}

/** So many different proxies (or all, where there are fewer) failing within this time, and none succeeding, are no coincidence. */
const together = { proxies: 3, withinMs: 5000 };
/** While a public list is being searched, proxies fail together all the time. */
const checkEveryMs = 15_000;
/** After a change of networks nothing that fails is blamed for so long. */
const graceMs = 2000;

/**
 * Tells whether proxies fail or the network does. A failure without a network, or just after it changed, costs no proxy its rank. When
 * several fail together, the network is looked at, and if it is to blame, what was recorded of them is taken back.
 */
export class FaultFinder implements Witness {
  readonly #parts: FaultFinderParts;
  readonly #failed = new Map<ProxyEntry, { readonly before: HealthRecord; readonly at: number }>(); // oldest first
  #trouble: Trouble | null = null;
  #graceUntil = 0;
  #checkedAt = Number.NEGATIVE_INFINITY;

  constructor(parts: FaultFinderParts) {
    this.#parts = parts;
  }

  /** null: as far as is known the network works. */
  get trouble(): Trouble | null {
    return this.#trouble;
  }

  networkChanged(): void {
    this.#graceUntil = this.#parts.now() + graceMs;
    this.#checkedAt = Number.NEGATIVE_INFINITY;
    this.#failed.clear();
    this.#setTrouble(null);
  }

  succeeded(entry: ProxyEntry): void {
    if (!needsNetwork(entry.definition.address)) return;
    this.#failed.clear();
    this.#setTrouble(null);
  }

  /** Whether a failure of this proxy counts against it. */
  blames(entry: ProxyEntry): boolean {
    if (!needsNetwork(entry.definition.address)) return true;
    if (!this.#parts.isNetworkUp()) this.#setTrouble('offline');
    else if (this.#parts.now() >= this.#graceUntil) {
      this.#note(entry);
      if (this.#failTogether()) void this.#check();
      return this.#trouble === null;
    }
    return false;
  }

  #note(entry: ProxyEntry): void {
    const now = this.#parts.now();
    if (!this.#failed.has(entry)) this.#failed.set(entry, { before: entry.record, at: now });
    for (const [oldest, { at }] of this.#failed) {
      if (now - at < together.withinMs) break;
      this.#failed.delete(oldest);
    }
  }

  #failTogether(): boolean {
    return this.#failed.size >= Math.min(together.proxies, this.#parts.proxies().usableCount);
  }

  /** What fails while the check is under way is noted too. */
  async #check(): Promise<void> {
    const { checkDirectly, now, proxies } = this.#parts;
    if (now() - this.#checkedAt < checkEveryMs) return;
    this.#checkedAt = now();
    const verdict = (await checkDirectly()?.catch(() => null)) ?? null;
    if (verdict === null) return;
    this.#setTrouble(verdict === 'online' ? null : verdict);
    if (verdict === 'online') return;
    for (const [entry, { before }] of this.#failed) proxies().rewrite(entry, before);
    this.#failed.clear();
  }

  #setTrouble(trouble: Trouble | null): void {
    if (this.#trouble === trouble) return;
    this.#trouble = trouble;
    this.#parts.onChange();
  }
}

/** A proxy on this computer (a tunnel of `ssh -D`, Tor) works or fails whatever the network does. `address`: host:port. */
export function needsNetwork(address: string): boolean {
  const host = address.slice(0, address.lastIndexOf(':'));
  return host !== 'localhost' && host !== '[::1]' && !host.startsWith('127.');
}
