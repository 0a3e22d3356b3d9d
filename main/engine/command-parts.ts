import type { StoreApi } from 'zustand/vanilla';
import type { AppState } from '../../preload/contract.ts';
import type { Database } from './database.ts';
import { EngineError } from './errors.ts';
import type { Importer } from './importer.ts';
import type { Pin } from './pin.ts';
import type { ProxyEntry, ProxyList } from './proxy-list.ts';
import type { Prober } from './selection/prober.ts';
import type { Subscriptions } from './subscriptions/subscriptions.ts';

/** What the commands work on. */
export interface CommandParts {
  readonly store: StoreApi<AppState>;
  readonly proxies: ProxyList;
  readonly prober: Prober;
  readonly importer: Importer;
  readonly subscriptions: Subscriptions;
  readonly pin: Pin;
  readonly database: () => Database;
}

/** Throws `unknown-proxy`. */
export function findProxy(proxies: ProxyList, id: string): ProxyEntry {
  const proxy = proxies.get(id);
  if (proxy === undefined) throw new EngineError('unknown-proxy');
  return proxy;
}

/** Those of them that are there. Throws `unknown-proxy` where none is. */
export function findProxies(proxies: ProxyList, ids: readonly string[]): readonly ProxyEntry[] {
  const found = ids.map((id) => proxies.get(id)).filter((proxy) => proxy !== undefined);
  if (found.length === 0 && ids.length > 0) throw new EngineError('unknown-proxy');
  return found;
}
