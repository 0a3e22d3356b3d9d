import type { EngineCommands } from '../../preload/contract.ts';
import { createChoices } from './choices.ts';
import { type CommandParts, findProxies } from './command-parts.ts';
import { exportProxies } from './export/export.ts';
import { removeProxies } from './remove-proxies.ts';
import { isFailing } from './selection/record.ts';

/** What the interface can ask for; see the contract for each. Arguments have been checked at the border (control/dispatch). */
export function createCommands(parts: CommandParts): EngineCommands {
  const { store, proxies, prober, importer, subscriptions } = parts;
  const select = (ids: readonly string[] | 'all') => (ids === 'all' ? proxies.all() : findProxies(proxies, ids));

  return {
    ...createChoices(parts),
    importText: ({ text, source }) => importer.importText(text, source),
    answerPending: ({ id, accept }) => importer.answer(id, accept),
    async updateSubscriptions({ ids }) {
      subscriptions.update(ids);
      return null;
    },
    async removeSubscription({ id }) {
      return { removed: subscriptions.remove(id) };
    },
    async listProxies({ offset, limit, search }) {
      const listed = proxies.listed(search);
      return { total: listed.length, rows: listed.slice(offset, offset + limit).map((entry) => proxies.row(entry)) };
    },
    async listProxyIds({ search }) {
      return proxies.listed(search).map(({ id }) => id);
    },
    async testProxies({ ids }) {
      if (ids === 'all') prober.testAll();
      else prober.test(findProxies(proxies, ids));
      return null;
    },
    async cancelTests() {
      prober.cancel();
      return null;
    },
    async removeProxies({ ids }) {
      const doomed = ids === 'failing' ? proxies.all().filter(({ record }) => isFailing(record)) : select(ids);
      const gone = doomed.map(({ id }) => id);
      const removed = removeProxies(parts, gone);
      subscriptions.show();
      return { removed };
    },
    async exportProxies({ ids, format }) {
      return exportProxies(
        select(ids).map(({ definition }) => definition),
        format,
      );
    },
    async dismissNotice({ id }) {
      store.setState(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) }));
      return null;
    },
  };
}
