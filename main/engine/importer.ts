import { setImmediate as breathe } from 'node:timers/promises';
import type { StoreApi } from 'zustand/vanilla';
import type { AppState, ImportReport, Notice, PendingImport, Rejection } from '../../preload/contract.ts';
import { withoutName } from './database/link-name.ts';
import type { Database, Listing } from './database.ts';
import { refreshGroups } from './groups.ts';
import { ImportedProxy } from './imported-proxy.ts';
import { parseLink, scanText } from './links/index.ts';
import type { ScanResult } from './links/scan.ts';
import type { SubscriptionAddress } from './links/subscription-address.ts';
import type { Outbound, ProxyDefinition } from './outbound.ts';
import type { ProxyList } from './proxy-list.ts';
import type { Prober } from './selection/prober.ts';
import { readSettings } from './settings.ts';

export interface ImporterParts {
  readonly store: StoreApi<AppState>;
  readonly proxies: ProxyList;
  readonly prober: Prober;
  readonly direct: Outbound;
  readonly database: () => Database;
  /** The person wants these lists. */
  readonly subscribe: (addresses: readonly SubscriptionAddress[]) => void;
}

/** One transaction each: large enough to be fast, small enough to keep the event loop free. */
const batchSize = 250;
const shownAddresses = 5;
/** Of one text: more are hardly meant. */
const mostSubscriptions = 20;

/** Brings links into the program: from the database at start, from pasted text, and from link clicks after the person's yes. */
export class Importer {
  readonly #parts: ImporterParts;
  readonly #stopping = new AbortController();
  #offered: ScanResult | undefined;
  #offers = 0;

  constructor(parts: ImporterParts) {
    this.#parts = parts;
  }

  /** Fills the list from the database. What cannot be read stays there and is said in a notice. */
  async load(): Promise<void> {
    const { database, direct, proxies, store } = this.#parts;
    const rows = database().loadProxies();
    let unparsed = 0;
    for (let start = 0; start < rows.length; start += batchSize) {
      const definitions = rows.slice(start, start + batchSize).map((stored) => ({ stored, definition: parseStored(stored.link) }));
      const readable = definitions.flatMap(({ stored, definition }) => (definition ? [new ImportedProxy(stored, definition, direct)] : []));
      unparsed += definitions.length - readable.length;
      proxies.add(readable);
      await breathe();
    }
    const settings = readSettings(database());
    store.setState({ notices: noticesOf(database(), unparsed), settings });
    proxies.choose({ mode: settings.mode, group: settings.group });
    refreshGroups(this.#parts);
  }

  /** Imports every link in the text. What is reported as added is on disk. Subscriptions in it are offered, as those of a clicked link are. */
  async importText(text: string, source = ''): Promise<ImportReport> {
    const { store } = this.#parts;
    const onProgress = (done: number, total: number) => store.setState({ importing: { done, total } });
    try {
      const scan = await scanText(text, { onProgress, signal: this.#stopping.signal });
      const report = await this.#import(scan, source);
      if (scan.subscriptions.length > 0) this.#offer({ ...scan, found: [], rejected: [] });
      return report;
    } finally {
      store.setState({ importing: null });
    }
  }

  /** Shows what a clicked link holds as `state.pending`; it waits here. A newer offer replaces an older one. */
  async offer(text: string): Promise<void> {
    this.#offer(await scanText(text, { signal: this.#stopping.signal }));
  }

  /** The person's answer to this offer. null: declined, no proxies were offered, or another offer has taken its place. */
  async answer(id: number, accept: boolean): Promise<ImportReport | null> {
    if (id !== this.#offers) return null;
    const offered = this.#offered;
    this.#offered = undefined;
    this.#parts.store.setState({ pending: null });
    if (!accept || offered === undefined) return null;
    this.#parts.subscribe(listsOf(offered).map(({ address }) => address));
    return offered.found.length === 0 ? null : await this.#import(offered, '');
  }

  /** Stores proxies in batches, and has them tested. Rejects with the reason when the program stops. */
  async add(definitions: readonly ProxyDefinition[], source: string, listing?: Listing): Promise<{ added: number; notSpoken: number }> {
    this.#parts.prober.startSearch();
    let added = 0;
    let notSpoken = 0;
    try {
      const once = firstMentions(definitions);
      for (let start = 0; start < once.length; start += batchSize) {
        this.#stopping.signal.throwIfAborted();
        const fresh = this.#add(once.slice(start, start + batchSize), source, listing);
        added += fresh.length;
        notSpoken += fresh.filter(({ definition }) => definition.notSpoken !== null).length;
        await breathe();
      }
    } finally {
      refreshGroups(this.#parts);
    }
    return { added, notSpoken };
  }

  stop(): void {
    this.#stopping.abort();
  }

  async #import(scan: ScanResult, source: string): Promise<ImportReport> {
    const { found, ignoredLines } = scan;
    const definitions = found.map(({ definition }) => definition);
    const { added, notSpoken } = await this.add(definitions, source);
    return { added, notSpoken, duplicates: found.length - added, ignoredLines, rejected: rejectedOf(scan) };
  }

  #offer(scan: ScanResult): void {
    this.#offered = scan;
    this.#parts.store.setState({ pending: pendingOf(scan, ++this.#offers) });
  }

  /** One batch into database, list and prober; returns those that are new. The others have the name under which they came last. */
  #add(definitions: readonly ProxyDefinition[], source: string, listing?: Listing): ImportedProxy[] {
    const { database, direct, proxies, prober } = this.#parts;
    const stored = database().addProxies(
      definitions.map(({ link }) => link),
      source,
      listing,
    );
    const known = definitions.filter((_, index) => stored[index] === null);
    this.#rename(known, listing === undefined);
    const fresh = definitions.flatMap((definition, index) => {
      const row = stored[index];
      return row ? [new ImportedProxy(row, definition, direct)] : [];
    });
    proxies.add(fresh); // and tells who looks at the list that it is another one
    prober.search(fresh);
    return fresh;
  }

  /** What a person added by hand is not renamed by a list. */
  #rename(known: readonly ProxyDefinition[], byHand: boolean): void {
    const { database, proxies } = this.#parts;
    const renamed = database().renameProxies(
      known.map(({ link }) => link),
      byHand,
    );
    for (const definition of known) {
      const entry = proxies.get(renamed.get(definition.link) ?? '');
      if (entry) entry.definition = definition;
    }
  }
}

/** Of one that a text has twice, the first name counts. */
function firstMentions(definitions: readonly ProxyDefinition[]): ProxyDefinition[] {
  const seen = new Map<string, ProxyDefinition>();
  for (const definition of definitions) {
    const proxy = withoutName(definition.link);
    if (!seen.has(proxy)) seen.set(proxy, definition);
  }
  return [...seen.values()];
}

function pendingOf(scan: ScanResult, id: number): PendingImport {
  const { found } = scan;
  return {
    id,
    links: found.length,
    rejected: rejectedOf(scan).length,
    addresses: found.slice(0, shownAddresses).map(({ definition }) => definition.address),
    subscriptions: listsOf(scan).map(({ address: { url, name } }) => ({
      host: new URL(url).host,
      name,
      isPlain: url.startsWith('http:'),
    })),
  };
}

const listsOf = ({ subscriptions }: ScanResult) => subscriptions.slice(0, mostSubscriptions);

/** The line of a subscription that is asked for is no failure. */
function rejectedOf(scan: ScanResult): Rejection[] {
  const offered = new Set(listsOf(scan).map(({ line }) => line));
  return scan.rejected.filter(({ code, line }) => code !== 'is-subscription' || !offered.has(line));
}

function noticesOf({ setAside, unreadableLinks }: Database, unparsed: number): Notice[] {
  const notices: Notice[] = [];
  if (setAside !== null) notices.push({ id: 'database', code: 'database-set-aside', path: setAside });
  if (unreadableLinks > 0) notices.push({ id: 'secrets', code: 'secrets-unreadable', count: unreadableLinks });
  if (unparsed > 0) notices.push({ id: 'links', code: 'link-unreadable', count: unparsed });
  return notices;
}

/** A stored link that an older or newer version wrote may not be readable to this one: it is kept, not dropped. */
function parseStored(link: string): ProxyDefinition | null {
  try {
    return parseLink(link);
  } catch {
    return null;
  }
}
