import type { Destination } from '../outbound.ts';

const rememberMs = 10 * 60_000;
const most = 10_000;

/** Which proxies failed for which destination, for ten minutes: a site that refuses one proxy's address is no reason to leave that proxy. */
export class DestinationMemory {
  readonly #failedAt = new Map<string, Map<string, number>>(); // by destination, then by proxy

  failed(proxyId: string, destination: Destination, now: number): void {
    const key = keyOf(destination);
    const before = this.#failedAt.get(key) ?? new Map();
    this.#failedAt.delete(key); // to the end of the line
    this.#failedAt.set(key, before.set(proxyId, now));
    if (this.#failedAt.size > most) this.#failedAt.delete(this.#failedAt.keys().next().value as string);
  }

  /** The same proxies; those that lately failed for this destination come last. */
  inOrder<T extends { readonly id: string }>(proxies: readonly T[], destination: Destination, now: number): readonly T[] {
    const failedAt = this.#failedAt.get(keyOf(destination));
    if (failedAt === undefined) return proxies;
    const hasFailed = ({ id }: T) => now - (failedAt.get(id) ?? Number.NEGATIVE_INFINITY) < rememberMs;
    return [...proxies.filter((proxy) => !hasFailed(proxy)), ...proxies.filter(hasFailed)];
  }
}

function keyOf({ host, port }: Destination): string {
  return `${port} ${host.toLowerCase()}`;
}
