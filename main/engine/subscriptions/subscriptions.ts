import type { StoreApi } from 'zustand/vanilla';
import type { AppState } from '../../../preload/contract.ts';
import type { Database } from '../database.ts';
import { EngineError, errorCode } from '../errors.ts';
import type { Importer } from '../importer.ts';
import type { SubscriptionAddress } from '../links/subscription-address.ts';
import type { Outbound } from '../outbound.ts';
import type { Pin } from '../pin.ts';
import type { ProxyEntry, ProxyList } from '../proxy-list.ts';
import { removeProxies } from '../remove-proxies.ts';
import { isWorking } from '../selection/record.ts';
import type { Selection } from '../selection/selection.ts';
import { type FoundList, findList } from './find-list.ts';
import { dueAt, newSubscription, rowOf, type Subscription, sourceOf } from './subscription.ts';

export interface SubscriptionsParts {
  readonly store: StoreApi<AppState>;
  readonly proxies: ProxyList;
  readonly importer: Importer;
  readonly pin: Pin;
  readonly direct: Outbound;
  readonly database: () => Database;
  readonly selection: Pick<Selection, 'trouble'>;
}

interface Held {
  readonly id: string;
  subscription: Subscription;
  readonly gone: AbortController;
  isUpdating: boolean;
}

/** How many proxies a list is fetched through. */
const mostWays = 3;
const lookMs = 30_000;

/** The lists that the person subscribed to, and their updates: by hand, and from time to time while the program runs. */
export class Subscriptions {
  readonly #parts: SubscriptionsParts;
  readonly #held = new Map<string, Held>();
  readonly #jitter = Math.random();
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: SubscriptionsParts) {
    this.#parts = parts;
  }

  load(): void {
    for (const { id, text } of this.#parts.database().loadSubscriptions()) this.#hold(id, JSON.parse(text));
    this.show();
  }

  start(): void {
    this.#timer = setInterval(() => this.look(), lookMs).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    for (const { gone } of this.#held.values()) gone.abort();
  }

  /** The person said yes to these. One that is there already is only fetched again. */
  add(addresses: readonly SubscriptionAddress[]): void {
    for (const { url, name } of addresses) {
      const known = [...this.#held.values()].find(({ subscription }) => subscription.url === url);
      const subscription = { ...newSubscription, url, name };
      const held = known ?? this.#hold(this.#parts.database().addSubscription(JSON.stringify(subscription)), subscription);
      void this.#update(held);
    }
  }

  /** Throws `unknown-subscription`. */
  update(ids: readonly string[] | 'all'): void {
    const wanted = ids === 'all' ? [...this.#held.values()] : ids.map((id) => this.#find(id));
    for (const held of wanted) void this.#update(held);
  }

  /** Forgets it with the proxies that only it had brought; returns how many. Throws `unknown-subscription`. */
  remove(id: string): number {
    const held = this.#find(id);
    held.gone.abort();
    this.#held.delete(id);
    const removed = this.#removeUnlessPinned(this.#parts.database().removeSubscription(id));
    this.show();
    return removed;
  }

  /** Brings the state up to date. */
  show(): void {
    const database = this.#parts.database();
    this.#parts.store.setState({
      subscriptions: [...this.#held.values()].map(({ id, subscription, isUpdating }) =>
        rowOf(id, subscription, isUpdating, database.countListed(id)),
      ),
    });
  }

  #hold(id: string, subscription: Subscription): Held {
    const held = { id, subscription, gone: new AbortController(), isUpdating: false };
    this.#held.set(id, held);
    return held;
  }

  #find(id: string): Held {
    const held = this.#held.get(id);
    if (held === undefined) throw new EngineError('unknown-subscription');
    return held;
  }

  /**
   * Fetches those that are due, as it does every half minute between `start` and `stop`. Without a way that may work nothing is tried: it would only
   * put off the next attempt.
   */
  look(): void {
    const { selection, proxies, store } = this.#parts;
    if (selection.trouble() !== null || (proxies.current === null && !store.getState().settings.allowDirectFetch)) return;
    const due = [...this.#held.values()].filter(({ subscription }) => dueAt(subscription, this.#jitter) <= Date.now());
    for (const held of due) void this.#update(held);
  }

  /** Never rejects: how it went is in the state. */
  async #update(held: Held): Promise<void> {
    if (held.isUpdating) return;
    held.isUpdating = true;
    this.show();
    const { signal } = held.gone;
    const triedAt = Date.now();
    try {
      const { url, etag } = held.subscription;
      const hasAny = this.#parts.database().countListed(held.id) > 0; // else one that has not changed must come too
      const list = await findList({ ways: this.#ways(), address: url, etag: hasAny ? etag : null }, signal);
      signal.throwIfAborted();
      if (list) await this.#take(held, list);
      this.#keep(held, { triedAt, updatedAt: triedAt, result: null });
    } catch (error) {
      if (!signal.aborted) this.#keep(held, { triedAt, result: errorCode(error) });
    } finally {
      held.isUpdating = false;
      if (!signal.aborted) this.show();
    }
  }

  /**
   * Proxies that work, first of those that connections take now, else any: a list must not be out of reach because the pinned proxy is dead.
   * Where none works, those that are tried next. And directly where the person allows it.
   */
  #ways(): Outbound[] {
    const { direct, proxies, store } = this.#parts;
    const candidates = proxies.candidates({ host: '', port: 0 });
    const healthy = [...new Set([...candidates, ...proxies.listed()])].filter(({ record, excluded }) => isWorking(record) && !excluded);
    const ways = (healthy.length > 0 ? healthy : candidates).slice(0, mostWays).map(throughProxy);
    if (store.getState().settings.allowDirectFetch) ways.push(direct);
    if (ways.length === 0) throw new EngineError(proxies.usableCount === 0 ? 'no-proxies' : 'no-proxy-works');
    return ways;
  }

  /** Adds what is new and removes what is on the list no longer; what stays keeps its measurements. */
  async #take(held: Held, { definitions, info, etag }: FoundList): Promise<void> {
    const { importer, database } = this.#parts;
    const { name, ...facts } = info;
    const taken = { ...held.subscription, ...facts, etag, name: held.subscription.name || name };
    const seen = Date.now();
    await importer.add(definitions, sourceOf(taken), { subscription: held.id, seen });
    held.gone.signal.throwIfAborted();
    held.subscription = taken; // not before: with its etag it would not come again
    this.#removeUnlessPinned(database().forgetUnseen(held.id, seen));
  }

  #removeUnlessPinned(ids: readonly string[]): number {
    const { pinnedId } = this.#parts.proxies.choice;
    const gone = ids.filter((id) => id !== pinnedId);
    return gone.length === 0 ? 0 : removeProxies(this.#parts, gone);
  }

  #keep(held: Held, change: Partial<Subscription>): void {
    held.subscription = { ...held.subscription, ...change };
    try {
      this.#parts.database().saveSubscription(held.id, JSON.stringify(held.subscription));
    } catch {
      // The disk is full: the next start fetches it again.
    }
  }
}

function throughProxy({ client, definition }: ProxyEntry): Outbound {
  return {
    label: definition.label,
    async connect(destination, signal) {
      const tunnel = await client.open(signal);
      return tunnel.connect(destination, signal);
    },
  };
}
