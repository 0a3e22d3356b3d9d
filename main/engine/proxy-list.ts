import type { ErrorCode, Mode, ProxyCounts, ProxyRow, SwitchEvent } from '../../preload/contract.ts';
import type { Destination, ProxyClient, ProxyDefinition } from './outbound.ts';
import { toRow } from './proxy-row.ts';
import { Chooser } from './selection/chooser.ts';
import { preferred } from './selection/country.ts';
import { orderFor } from './selection/order.ts';
import { rank } from './selection/rank.ts';
import { type HealthRecord, isFailing, isWorking, type Timings, withFailure, withSuccess } from './selection/record.ts';

/** What a proxy tolerates beyond the letter of its protocol. Learned by probes alone; null: not yet. */
export interface Traits {
  readonly waits: boolean | null; // an opened tunnel may wait for its destination
  readonly pipelines: boolean | null; // all messages may be sent in one flight
}

/** An imported proxy while the program runs. */
export interface ProxyEntry {
  readonly id: string;
  definition: ProxyDefinition; // another one only in its name
  readonly client: ProxyClient;
  readonly source: string; // the group it came with, '' for pasted text
  record: HealthRecord;
  traits: Traits;
  testing: boolean;
  excluded: boolean; // by the person: never used, never tested
}

/** Whether it may ever be tried: not those that Paperplane does not speak yet, nor those that the person excluded. */
export function isUsable({ definition, excluded }: ProxyEntry): boolean {
  return definition.notSpoken === null && !excluded;
}

/** What the person decided about which proxies are used. */
export interface Choice {
  readonly mode: Mode;
  readonly group: string | null;
  readonly pinnedId: string | null;
}

/** Hears of every observation before it counts. */
export interface Witness {
  succeeded(entry: ProxyEntry): void;
  /** Whether the failure counts against the proxy: it may be the network's. */
  blames(entry: ProxyEntry): boolean;
}

const credulous: Witness = { succeeded() {}, blames: () => true };
/** So long after a change of networks that change is why another proxy is taken. */
const networkCauseMs = 10_000;

/** How many candidates a connection may try: at three at once, each failing at once, it stays far below this. */
const candidateCount = 32;
/** A cost that changed a little need not change the order before this. */
const rankAgeMs = 250;

/**
 * The proxies in memory, the one owner of their health, and which of them new connections take. Kept apart by health, so that nothing here
 * grows with the tens of thousands of dead ones that a public list brings.
 */
export class ProxyList {
  readonly #byId = new Map<string, ProxyEntry>();
  readonly #tiers = { working: new Set<ProxyEntry>(), untested: new Set<ProxyEntry>(), failing: new Set<ProxyEntry>() };
  readonly #notSpoken = new Set<ProxyEntry>();
  readonly #changed = new Set<ProxyEntry>(); // their record is newer than the database's
  readonly #chooser = new Chooser();
  readonly #rescued = new Set<() => void>();
  readonly #onChange: () => void;
  readonly #now: () => number;
  readonly #witness: Witness;
  #networkChangedAt = Number.NEGATIVE_INFINITY;
  #choice: Choice = { mode: 'automatic', group: null, pinnedId: null };
  #ranked: ProxyEntry[] | null = null;
  #rankedAt = 0;
  #stale = false; // the order is good enough for a moment
  #turn = 0;

  /** `onChange` is called after every change; `now` is milliseconds since 1970. */
  constructor(onChange: () => void, now: () => number = Date.now, witness = credulous) {
    this.#onChange = onChange;
    this.#now = now;
    this.#witness = witness;
  }

  /** How many there are that Paperplane speaks. */
  get usableCount(): number {
    return this.#byId.size - this.#notSpoken.size;
  }

  get(id: string): ProxyEntry | undefined {
    return this.#byId.get(id);
  }

  all(): ProxyEntry[] {
    return [...this.#byId.values()];
  }

  add(entries: readonly ProxyEntry[]): void {
    for (const entry of entries) {
      this.#byId.set(entry.id, entry);
      if (entry.definition.notSpoken !== null) this.#notSpoken.add(entry);
      this.#tierOf(entry)?.add(entry);
    }
    this.#touch(true);
  }

  remove(ids: readonly string[]): void {
    for (const id of ids) {
      const entry = this.#byId.get(id);
      this.#byId.delete(id);
      if (entry) this.#notSpoken.delete(entry);
      if (entry) this.#leaveTiers(entry);
      if (id === this.#choice.pinnedId) this.#choice = { ...this.#choice, pinnedId: null };
    }
    this.#touch(true, 'chosen');
  }

  /** Excluded proxies are kept, but neither used nor tested. */
  exclude(entries: readonly ProxyEntry[], excluded: boolean): void {
    for (const entry of entries) {
      this.#leaveTiers(entry);
      entry.excluded = excluded;
      this.#tierOf(entry)?.add(entry);
    }
    this.#touch(true, 'chosen');
  }

  get choice(): Choice {
    return this.#choice;
  }

  /** Takes what is given of a new choice. A pin of what is unknown or not spoken is no pin. */
  choose(choice: Partial<Choice>): void {
    this.#choice = { ...this.#choice, ...choice };
    const { pinnedId } = this.#choice;
    if (pinnedId !== null && this.#byId.get(pinnedId)?.definition.notSpoken !== null) this.#choice = { ...this.#choice, pinnedId: null };
    this.#touch(true, 'chosen');
  }

  /** The proxy that new connections take (in the automatic mode), or that leads the others; null while none works. */
  get current(): ProxyEntry | null {
    return this.#chooser.current;
  }

  /** The last switches, newest first. */
  get switches(): readonly SwitchEvent[] {
    return this.#chooser.switches;
  }

  /** The proxies that a connection tries, in order: the working ones by mode, then some that may have recovered or were never tested. */
  candidates(destination: Destination): ProxyEntry[] {
    const { mode, pinnedId } = this.#choice;
    if (pinnedId !== null || mode === 'manual') return this.#pinned();
    const ranked = this.#inOrder().slice(0, candidateCount);
    const chosen = orderFor({ mode, current: this.#chooser.current, ranked, turn: this.#turn++ }, destination);
    for (const tier of [this.#tiers.untested, this.#tiers.failing]) {
      for (const entry of tier) {
        if (chosen.length >= candidateCount) return chosen;
        if (this.#mayUse(entry)) chosen.push(entry);
      }
    }
    return chosen;
  }

  /** The pinned one, working ones best first, untested ones, failing ones, not spoken and excluded ones; only those with `search` in label or address. */
  listed(search = ''): ProxyEntry[] {
    const { working, untested, failing } = this.#tiers;
    const excluded = this.all().filter((entry) => entry.excluded);
    const order = new Set([...this.#pinned(), ...rank(working), ...untested, ...failing, ...this.#notSpoken, ...excluded]);
    const wanted = search.trim().toLowerCase();
    if (wanted === '') return [...order];
    const matches = (text: string) => text.toLowerCase().includes(wanted);
    return [...order].filter(({ definition, source }) => matches(definition.label) || matches(definition.address) || matches(source));
  }

  /** The best working ones that may be used. */
  best(count: number): ProxyEntry[] {
    return this.#inOrder().slice(0, count);
  }

  /** Those that may be used and are not known to work: first untested ones, then the ones that failed longest ago. */
  *notWorking(): Iterable<ProxyEntry> {
    const { untested, failing } = this.#tiers;
    for (const tier of [untested, failing]) for (const entry of tier) if (this.#mayUse(entry)) yield entry;
  }

  /** What fails from now on fails because of that. */
  networkChanged(): void {
    this.#networkChangedAt = this.#now();
  }

  /** A connection, a first byte or a probe came through the proxy. One that answers in the place of others always seems good: only a probe clears it. */
  succeeded(entry: ProxyEntry, timings?: Timings): void {
    this.#witness.succeeded(entry);
    if (entry.record.reason === 'proxy-tampered' && timings?.latencyMs === undefined) return;
    this.#observe(entry, withSuccess(entry.record, this.#now(), timings));
  }

  /** The proxy failed and is to blame. */
  failed(entry: ProxyEntry, reason: ErrorCode): void {
    if (this.#witness.blames(entry)) this.#observe(entry, withFailure(entry.record, this.#now(), reason));
  }

  /** The time by which observations are dated: milliseconds since 1970. */
  get now(): number {
    return this.#now();
  }

  /** This is what is known of it now, by something that was neither a success nor a failure of its own. */
  rewrite(entry: ProxyEntry, record: HealthRecord): void {
    this.#observe(entry, record);
  }

  setTesting(entry: ProxyEntry, testing: boolean): void {
    entry.testing = testing;
    this.#onChange();
  }

  counts(): ProxyCounts {
    const { working, untested, failing } = this.#tiers;
    const parts = { working: working.size, failing: failing.size, untested: untested.size, notSpoken: this.#notSpoken.size };
    return { total: this.#byId.size, ...parts };
  }

  /** The entries whose record changed since the last call. */
  takeChanged(): ProxyEntry[] {
    const entries = [...this.#changed];
    this.#changed.clear();
    return entries;
  }

  /** The entry as the interface shows it. */
  row(entry: ProxyEntry): ProxyRow {
    return toRow(entry, entry.id === this.#choice.pinnedId);
  }

  #pinned(): ProxyEntry[] {
    const pinned = this.#choice.pinnedId === null ? undefined : this.#byId.get(this.#choice.pinnedId);
    return pinned ? [pinned] : [];
  }

  #mayUse(entry: ProxyEntry): boolean {
    const { group, mode, pinnedId } = this.#choice;
    if (this.#byId.get(entry.id) !== entry) return false;
    if (pinnedId !== null) return entry.id === pinnedId;
    return mode !== 'manual' && isUsable(entry) && (group === null || entry.source === group);
  }

  #tierOf(entry: ProxyEntry): Set<ProxyEntry> | undefined {
    const { working, untested, failing } = this.#tiers;
    return !isUsable(entry) ? undefined : isWorking(entry.record) ? working : isFailing(entry.record) ? failing : untested;
  }

  #leaveTiers(entry: ProxyEntry): void {
    for (const tier of Object.values(this.#tiers)) tier.delete(entry);
  }

  #inOrder(): ProxyEntry[] {
    if (this.#ranked === null || (this.#stale && this.#now() - this.#rankedAt > rankAgeMs)) {
      this.#ranked = rank(this.#tiers.working).filter((entry) => this.#mayUse(entry));
      this.#rankedAt = this.#now();
      this.#stale = false;
    }
    return this.#ranked;
  }

  #observe(entry: ProxyEntry, record: HealthRecord): void {
    if (this.#byId.get(entry.id) !== entry) return; // removed meanwhile
    const before = this.#tierOf(entry);
    entry.record = record;
    const after = this.#tierOf(entry);
    // The failing ones stay in the order of their failures: the one that failed longest ago has had the most time to recover.
    if (before !== after || isFailing(record)) {
      before?.delete(entry);
      after?.add(entry);
    }
    this.#changed.add(entry);
    this.#stale = true;
    const cause = this.#now() - this.#networkChangedAt < networkCauseMs ? 'network' : undefined;
    this.#touch(before !== after && (isWorking(record) || before === this.#tiers.working), cause);
  }

  /** Calls back whenever a proxy works after a time in which none did, until what it returns is called. */
  onRescue(listener: () => void): () => void {
    this.#rescued.add(listener);
    return () => void this.#rescued.delete(listener);
  }

  #touch(reorder: boolean, cause?: 'chosen' | 'network'): void {
    const hadNone = this.current === null;
    if (reorder) this.#ranked = null;
    const best =
      this.#choice.pinnedId === null ? preferred(this.#inOrder(), this.current) : this.#pinned().find(({ record }) => isWorking(record));
    this.#chooser.reconsider(best ?? null, (entry) => this.#mayUse(entry), this.#now(), cause);
    if (hadNone && this.current !== null) for (const listener of this.#rescued) listener();
    this.#onChange();
  }
}
