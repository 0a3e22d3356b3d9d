import { withDeadline } from '../deadline.ts';
import type { Tunnel } from '../outbound.ts';
import type { ProxyEntry } from '../proxy-list.ts';
import { wantedTunnels } from './wanted-tunnels.ts';

/** A tunnel that waited longer is closed: proxies lose patience, and one that nobody needed was a connection too many. */
const maxWaitMs = 10_000;
const openDeadlineMs = 6000;
const rememberedUses = 64;
/** A tunnel that is opened as fast (to a proxy on this computer: Tor, `ssh -D`) is not worth a connection that waits. */
const worthMs = 5;

export interface WarmParts {
  /** Whether this is the proxy that new connections take; tunnels wait for no other one. */
  readonly isActive: (entry: ProxyEntry) => boolean;
  readonly now: () => number; // milliseconds, from any start
  /** A tunnel could not be opened in advance. No connection of a person failed: a probe will tell what is wrong. */
  readonly onDoubt: (entry: ProxyEntry) => void;
  readonly worthMs?: number; // 5 unless told: what opening must take for tunnels to wait
}

/**
 * Opened tunnels that wait for a destination, to the proxy in use alone and only while there is traffic: a proxy must not see heartbeats. Only
 * for proxies of which a probe has shown that their tunnels may wait. Nothing here rejects or throws.
 */
export class WarmTunnels {
  readonly #parts: WarmParts;
  #stock: Stock | null = null;

  constructor(parts: WarmParts) {
    this.#parts = parts;
  }

  /** A waiting tunnel to this proxy, which is the caller's from now on. Another one is opened in its place. */
  take(entry: ProxyEntry): Tunnel | undefined {
    return this.#stock?.entry === entry ? this.#stock.take() : undefined;
  }

  /** A connection was made through this proxy: where it is the active one, the tunnels of the one before are closed, and one may be opened. */
  used(entry: ProxyEntry): void {
    if (!this.#parts.isActive(entry)) return;
    if (this.#stock?.entry !== entry) {
      this.drop();
      this.#stock = new Stock(entry, this.#parts);
    }
    this.#stock.used();
  }

  /** Closes all that wait, and what is being opened. */
  drop(): void {
    this.#stock?.close();
    this.#stock = null;
  }
}

/** The waiting tunnels of one proxy. Once closed it stays so. */
class Stock {
  readonly entry: ProxyEntry;
  readonly #parts: WarmParts;
  readonly #waiting = new Map<Tunnel, NodeJS.Timeout>(); // oldest first
  readonly #closed = new AbortController();
  #opening = 0;
  #openMs: number | null = null; // how long the last one took
  #uses: readonly number[] = []; // when, oldest first

  constructor(entry: ProxyEntry, parts: WarmParts) {
    this.entry = entry;
    this.#parts = parts;
  }

  take(): Tunnel | undefined {
    const [tunnel] = this.#waiting.keys();
    if (tunnel === undefined) return undefined;
    this.#forget(tunnel);
    this.#refill();
    return tunnel;
  }

  used(): void {
    this.#uses = [...this.#uses.slice(1 - rememberedUses), this.#parts.now()];
    this.#refill();
  }

  close(): void {
    this.#closed.abort();
    for (const tunnel of this.#waiting.keys()) this.#discard(tunnel);
  }

  /** One at a time: a connection that found none waiting brings another one, so the stock grows only as far as it is needed. */
  #refill(): void {
    if (this.entry.traits.waits !== true) return;
    if (this.#openMs !== null && this.#openMs < (this.#parts.worthMs ?? worthMs)) return;
    const wanted = wantedTunnels(this.#uses, this.#openMs ?? 0, this.#parts.now());
    if (this.#waiting.size + this.#opening < wanted) void this.#open();
  }

  async #open(): Promise<void> {
    const { signal } = this.#closed;
    const { now, onDoubt } = this.#parts;
    const started = now();
    this.#opening++;
    try {
      const tunnel = await withDeadline((limited) => this.entry.client.open(limited), openDeadlineMs, signal);
      this.#openMs = now() - started;
      if (signal.aborted) tunnel.close();
      else this.#keep(tunnel);
    } catch {
      if (!signal.aborted) onDoubt(this.entry);
    } finally {
      this.#opening--;
    }
  }

  #keep(tunnel: Tunnel): void {
    this.#waiting.set(
      tunnel,
      setTimeout(() => this.#discard(tunnel), maxWaitMs),
    );
    tunnel.onLost(() => this.#forget(tunnel));
  }

  #discard(tunnel: Tunnel): void {
    this.#forget(tunnel);
    tunnel.close();
  }

  #forget(tunnel: Tunnel): void {
    clearTimeout(this.#waiting.get(tunnel));
    this.#waiting.delete(tunnel);
  }
}
