import type { StoreApi } from 'zustand/vanilla';
import type { AppState } from '../../preload/contract.ts';
import type { Database } from './database.ts';
import type { ProxyList } from './proxy-list.ts';
import { writeSettings } from './settings.ts';

export interface GroupParts {
  readonly store: StoreApi<AppState>;
  readonly proxies: ProxyList;
  readonly database: () => Database;
}

/**
 * Tells the interface which sources there are; to be called after proxies came or went. A chosen group whose last proxy is gone is chosen no
 * longer, or nothing would be used for a reason that nobody sees.
 */
export function refreshGroups({ store, proxies, database }: GroupParts): void {
  const groups = [...new Set(proxies.all().map(({ source }) => source))].sort();
  store.setState({ groups });
  const { settings } = store.getState();
  if (settings.group === null || groups.includes(settings.group)) return;
  writeSettings(database(), { group: null });
  store.setState({ settings: { ...settings, group: null } });
  proxies.choose({ group: null });
}
