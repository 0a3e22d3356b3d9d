import { type ProxyEntry, ProxyList } from '../../main/engine/proxy-list.ts';
import { Pool } from '../../main/engine/selection/pool.ts';
import { WarmTunnels } from '../../main/engine/selection/warm.ts';

/** No tunnels wait. */
export const cold = () => new WarmTunnels({ isActive: () => false, now: Date.now, onDoubt: () => {} });

/** The pool of these proxies, and the ids of those that it wants to be looked at. */
export function poolOf(...entries: ProxyEntry[]) {
  const proxies = new ProxyList(() => {});
  proxies.add(entries);
  const doubted: string[] = [];
  const pool = new Pool({ proxies, warm: cold(), now: Date.now, onDoubt: ({ id }) => doubted.push(id) });
  return { pool, proxies, doubted };
}

export const unhurried = () => new AbortController().signal;
