import type { Destination } from '../outbound.ts';

const rememberMs = 10 * 60_000;
const most = 10_000;

/** Which proxy failed for which destination, for ten minutes: a site that refuses one proxy's address is no reason to leave that proxy. */
export class DestinationMemory {
  readonly #failedAt = new Map<string, number>();

  failed(proxyId: string, destination: Destination, now: number): void {
    const key = keyOf(proxyId, destination);
    this.#failedAt.delete(key); // to the end of the line
    this.#failedAt.set(key, now);
    if (this.#failedAt.size > most) this.#failedAt.delete(this.#failedAt.keys().next().value as string);
  }

  hasFailed(proxyId: string, destination: Destination, now: number): boolean {
    const at = this.#failedAt.get(keyOf(proxyId, destination));
    return at !== undefined && now - at < rememberMs;
  }
}

function keyOf(proxyId: string, { host, port }: Destination): string {
  return `${proxyId} ${port} ${host.toLowerCase()}`;
}
