import type { ErrorCode, ProxyRow } from '../../preload/contract.ts';
import type { Outbound, ProxyDefinition } from './outbound.ts';
import { rank } from './selection/rank.ts';
import { type HealthRecord, isFailing, isWorking, withFailure, withSuccess } from './selection/record.ts';

/** An imported proxy while the program runs. */
export interface ProxyEntry {
  readonly id: string;
  readonly definition: ProxyDefinition;
  readonly outbound: Outbound;
  record: HealthRecord;
  testing: boolean;
}

/** How many candidates a connection may try: at three at once, each failing at once, it stays far below this. */
const candidateCount = 32;
/** A latency that changed a little need not change the order before this: ranking 50,000 proxies is not free. */
const rankAgeMs = 250;

/** The proxies in memory, and the one owner of their health. */
export class ProxyList {
  readonly #byId = new Map<string, ProxyEntry>();
  readonly #changed = new Set<ProxyEntry>(); // their record is newer than the database's
  readonly #onChange: () => void;
  readonly #now: () => number;
  #pinnedId: string | null = null;
  #ranked: ProxyEntry[] | null = null;
  #rankedAt = 0;
  #stale = false; // the order is good enough for a moment

  /** `onChange` is called after every change; `now` is milliseconds since 1970. */
  constructor(onChange: () => void, now: () => number = Date.now) {
    this.#onChange = onChange;
    this.#now = now;
  }

  get(id: string): ProxyEntry | undefined {
    return this.#byId.get(id);
  }

  all(): ProxyEntry[] {
    return [...this.#byId.values()];
  }

  add(entries: readonly ProxyEntry[]): void {
    for (const entry of entries) this.#byId.set(entry.id, entry);
    this.#touch(true);
  }

  remove(ids: readonly string[]): void {
    for (const id of ids) this.#byId.delete(id);
    if (this.#pinnedId !== null && !this.#byId.has(this.#pinnedId)) this.#pinnedId = null;
    this.#touch(true);
  }

  get pinnedId(): string | null {
    return this.#pinnedId;
  }

  pin(id: string | null): void {
    this.#pinnedId = id;
    this.#touch(true);
  }

  /** The proxies that a new connection tries, best first; only the pinned one where there is one. */
  candidates(): ProxyEntry[] {
    const pinned = this.#pinned();
    return pinned ? [pinned] : this.#inOrder().slice(0, candidateCount);
  }

  /** Best first, the pinned one on top; only those with `search` in their label or address. */
  listed(search = ''): ProxyEntry[] {
    const pinned = this.#pinned();
    const order = pinned ? [pinned, ...this.#inOrder().filter((entry) => entry !== pinned)] : this.#inOrder();
    const wanted = search.trim().toLowerCase();
    if (wanted === '') return order;
    const matches = (text: string) => text.toLowerCase().includes(wanted);
    return order.filter(({ definition }) => matches(definition.label) || matches(definition.address));
  }

  /** A connection or (with its latency) a probe through the proxy succeeded. */
  succeeded(entry: ProxyEntry, latencyMs?: number): void {
    this.#observe(entry, withSuccess(entry.record, this.#now(), latencyMs));
  }

  /** The proxy failed and is to blame. */
  failed(entry: ProxyEntry, reason: ErrorCode): void {
    this.#observe(entry, withFailure(entry.record, this.#now(), reason));
  }

  setTesting(entry: ProxyEntry, testing: boolean): void {
    entry.testing = testing;
    this.#onChange();
  }

  counts(): { total: number; working: number; failing: number; untested: number } {
    let working = 0;
    let failing = 0;
    for (const { record } of this.#byId.values()) {
      if (isWorking(record)) working++;
      else if (isFailing(record)) failing++;
    }
    const total = this.#byId.size;
    return { total, working, failing, untested: total - working - failing };
  }

  /** The entries whose record changed since the last call. */
  takeChanged(): ProxyEntry[] {
    const entries = [...this.#changed];
    this.#changed.clear();
    return entries;
  }

  /** The entry as the interface shows it. */
  row({ id, definition, record, testing }: ProxyEntry): ProxyRow {
    const { label, protocol, address, encrypted } = definition;
    return {
      id,
      label,
      protocol,
      address,
      encrypted,
      health: testing ? 'testing' : isWorking(record) ? 'working' : isFailing(record) ? 'failing' : 'untested',
      reason: record.reason,
      latencyMs: record.latencyMs === null ? null : Math.round(record.latencyMs),
      pinned: id === this.#pinnedId,
      testedAt: record.testedAt,
    };
  }

  #pinned(): ProxyEntry | undefined {
    return this.#pinnedId === null ? undefined : this.#byId.get(this.#pinnedId);
  }

  #inOrder(): ProxyEntry[] {
    if (this.#ranked === null || (this.#stale && this.#now() - this.#rankedAt > rankAgeMs)) {
      this.#ranked = rank(this.#byId.values());
      this.#rankedAt = this.#now();
      this.#stale = false;
    }
    return this.#ranked;
  }

  #observe(entry: ProxyEntry, record: HealthRecord): void {
    if (this.#byId.get(entry.id) !== entry) return; // removed meanwhile
    const before = entry.record;
    entry.record = record;
    this.#changed.add(entry);
    if (before.latencyMs !== record.latencyMs) this.#stale = true;
    this.#touch(isWorking(before) !== isWorking(record) || isFailing(before) !== isFailing(record));
  }

  #touch(reorder: boolean): void {
    if (reorder) this.#ranked = null;
    this.#onChange();
  }
}
