import assert from 'node:assert/strict';
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

/** Connections enough for one hedge, all given up before anything was tried. */
export async function keepBusy(pool: Pool): Promise<void> {
  const nowhere = { host: '127.0.0.1', port: 9 };
  for (let given = 0; given < 19; given++) await assert.rejects(pool.connect(nowhere, AbortSignal.abort()), { code: 'aborted' });
}
