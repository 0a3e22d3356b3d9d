import type { Tunnel } from '../outbound.ts';
import type { ProxyEntry } from '../proxy-list.ts';

/**
 * Opened tunnels that wait for a destination, to the proxy in use alone and only while there is traffic: a proxy must not see heartbeats.
 */
export class WarmTunnels {
  /** A waiting tunnel to this proxy, which is the caller's from now on. */
  take(_entry: ProxyEntry): Tunnel | undefined {
    return undefined;
  }

  /** A connection was made through this proxy: keep as many tunnels waiting as its recent rate asks for. */
  used(_entry: ProxyEntry): void {}

  /** Closes all that wait. */
  drop(): void {}
}
