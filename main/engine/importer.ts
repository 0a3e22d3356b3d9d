import { setImmediate as breathe } from 'node:timers/promises';
import type { StoreApi } from 'zustand/vanilla';
import type { AppState, ImportReport, Notice } from '../../preload/contract.ts';
import type { Database } from './database.ts';
import { refreshGroups } from './groups.ts';
import { ImportedProxy } from './imported-proxy.ts';
import { parseLink, scanText } from './links/index.ts';
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
}

/** One transaction each: large enough to be fast, small enough to keep the event loop free. */
const batchSize = 100;
const shownAddresses = 5;

/** Brings links into the program: from the database at start, from pasted text, and from link clicks after the person's yes. */
export class Importer {
  readonly #parts: ImporterParts;
  readonly #stopping = new AbortController();
  #offered: string | undefined;

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

  /** Imports every link in the text. What is reported as added is on disk. */
  async importText(text: string, source = ''): Promise<ImportReport> {
    const { store } = this.#parts;
    const onProgress = (done: number, total: number) => store.setState({ importing: { done, total } });
    const { signal } = this.#stopping;
    try {
      const { found, rejected, ignoredLines } = await scanText(text, { onProgress, signal });
      this.#parts.prober.startSearch();
      let added = 0;
      let notSpoken = 0;
      for (let start = 0; start < found.length; start += batchSize) {
        signal.throwIfAborted();
        const fresh = this.#add(
          found.slice(start, start + batchSize).map(({ definition }) => definition),
          source,
        );
        added += fresh.length;
        notSpoken += fresh.filter(({ definition }) => definition.notSpoken !== null).length;
        await breathe();
      }
      return { added, notSpoken, duplicates: found.length - added, ignoredLines, rejected };
    } finally {
      refreshGroups(this.#parts);
      store.setState({ importing: null });
    }
  }

  /** Shows what a clicked link holds as `state.pending`; the text waits here. A newer offer replaces an older one. */
  async offer(text: string): Promise<void> {
    const { found, rejected } = await scanText(text, { signal: this.#stopping.signal });
    this.#offered = text;
    const addresses = found.slice(0, shownAddresses).map(({ definition }) => definition.address);
    this.#parts.store.setState({ pending: { links: found.length, rejected: rejected.length, addresses } });
  }

  /** The person's answer to the offer. null: declined, or nothing was offered. */
  async answer(accept: boolean): Promise<ImportReport | null> {
    const text = this.#offered;
    this.#offered = undefined;
    this.#parts.store.setState({ pending: null });
    return accept && text !== undefined ? await this.importText(text) : null;
  }

  stop(): void {
    this.#stopping.abort();
  }

  /** One batch into database, list and prober; returns those that are new. */
  #add(definitions: readonly ProxyDefinition[], source: string): ImportedProxy[] {
    const { database, direct, proxies, prober } = this.#parts;
    const stored = database().addProxies(
      definitions.map(({ link }) => link),
      source,
    );
    const fresh = definitions.flatMap((definition, index) => {
      const row = stored[index];
      return row ? [new ImportedProxy(row, definition, direct)] : [];
    });
    proxies.add(fresh);
    prober.search(fresh);
    return fresh;
  }
}

function noticesOf({ setAside, unreadableLinks }: Database, unparsed: number): Notice[] {
  const notices: Notice[] = [];
  if (setAside !== null) notices.push({ id: 'database', code: 'database-set-aside', detail: setAside });
  if (unreadableLinks > 0) notices.push({ id: 'secrets', code: 'secrets-unreadable', detail: String(unreadableLinks) });
  if (unparsed > 0) notices.push({ id: 'links', code: 'link-unreadable', detail: String(unparsed) });
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
