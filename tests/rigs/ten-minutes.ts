import { ProxyList } from '../../main/engine/proxy-list.ts';
import type { SwitchEvent } from '../../preload/contract.ts';
import { entryOf } from './proxy-entries.ts';

export const second = 1000;

/**
 * Ten minutes of traffic, one observation of each of two proxies a second, in a time of its own. `connectMs` tells what each one takes.
 * Returns the switches, oldest first.
 */
export function tenMinutes(connectMs: (elapsedMs: number) => readonly [number, number]): SwitchEvent[] {
  let now = Date.UTC(2026, 0, 1);
  const proxies = new ProxyList(
    () => {},
    () => now,
  );
  const entries = [entryOf({ host: '127.0.0.1', port: 1 }), entryOf({ host: '127.0.0.1', port: 2 })];
  proxies.add(entries);
  for (let elapsedMs = 0; elapsedMs < 600 * second; elapsedMs += second, now += second) {
    const took = connectMs(elapsedMs);
    for (const [index, entry] of entries.entries())
      proxies.succeeded(entry, { connectMs: took[index] as number, tookMs: took[index] as number });
  }
  return proxies.switches.toReversed();
}

/** Which of two is better changes every 20 seconds, by 10 %. */
export function crossing(elapsedMs: number): readonly [number, number] {
  return Math.floor(elapsedMs / (20 * second)) % 2 === 0 ? [100, 110] : [110, 100];
}
