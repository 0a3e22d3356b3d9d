import type { StoreApi } from 'zustand/vanilla';
import type { AppState, Commands } from '../../preload/contract.ts';
import type { Database } from './database.ts';
import { EngineError } from './errors.ts';
import type { Importer } from './importer.ts';
import type { ProxyEntry, ProxyList } from './proxy-list.ts';
import type { Prober } from './selection/prober.ts';
import { isFailing } from './selection/record.ts';

export interface CommandParts {
  readonly store: StoreApi<AppState>;
  readonly proxies: ProxyList;
  readonly prober: Prober;
  readonly importer: Importer;
  readonly database: () => Database;
}

/** What the interface can ask for; see the contract for each. Arguments have been checked at the border (control/dispatch). */
export function createCommands({ store, proxies, prober, importer, database }: CommandParts): Commands {
  const find = (id: string): ProxyEntry => {
    const proxy = proxies.get(id);
    if (proxy === undefined) throw new EngineError('unknown-proxy');
    return proxy;
  };
  const select = (ids: readonly string[] | 'all') => (ids === 'all' ? proxies.all() : ids.map(find));

  return {
    importText: ({ text, source }) => importer.importText(text, source),
    answerPending: ({ accept }) => importer.answer(accept),
    async listProxies({ offset, limit, search }) {
      const listed = proxies.listed(search);
      return { total: listed.length, rows: listed.slice(offset, offset + limit).map((entry) => proxies.row(entry)) };
    },
    async testProxies({ ids }) {
      prober.enqueue(select(ids));
      return null;
    },
    async cancelTests() {
      prober.cancel();
      return null;
    },
    async pinProxy({ id }) {
      if (id !== null) find(id);
      database().writeSetting('pinnedId', id);
      proxies.choose({ pinnedId: id });
      return null;
    },
    async excludeProxies({ ids, excluded }) {
      proxies.exclude(select(ids), excluded);
      return null;
    },
    async listSwitches() {
      return proxies.switches;
    },
    async removeProxies({ ids }) {
      const doomed = ids === 'failing' ? proxies.all().filter(({ record }) => isFailing(record)) : select(ids);
      const gone = doomed.map(({ id }) => id);
      const removed = database().removeProxies(gone);
      proxies.remove(gone);
      return { removed };
    },
    async exportLinks({ ids }) {
      return {
        text: select(ids)
          .map(({ definition }) => definition.link)
          .join('\n'),
      };
    },
    async changeSettings(change) {
      for (const [name, value] of Object.entries(change)) database().writeSetting(name, value === null ? null : String(value));
      const { mode, group } = change;
      proxies.choose({ ...(mode !== undefined && { mode }), ...(group !== undefined && { group }) });
      store.setState(({ settings }) => ({ settings: { ...settings, ...change } }));
      return null;
    },
    async dismissNotice({ id }) {
      store.setState(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) }));
      return null;
    },
  };
}
