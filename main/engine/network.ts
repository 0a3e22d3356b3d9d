import type { networkInterfaces } from 'node:os';

const lookMs = 2000;
/** A look that comes so much too late was slept through. */
const sleptMs = 10_000;

export interface NetworkParts {
  readonly readInterfaces: typeof networkInterfaces;
  readonly now: () => number; // milliseconds since 1970
  /** This computer woke up, or its addresses changed: connections from before may be dead without knowing. */
  readonly onChange: () => void;
}

/** Watches this computer's own network, which is the first suspect when every proxy fails at once. */
export class Network {
  readonly #parts: NetworkParts;
  #addresses: string;
  #lookedAt: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: NetworkParts) {
    this.#parts = parts;
    this.#addresses = addressesOf(parts.readInterfaces());
    this.#lookedAt = parts.now();
  }

  /** Whether any interface but loopback has an address. */
  get isUp(): boolean {
    return this.#addresses !== '';
  }

  start(): void {
    this.#lookedAt = this.#parts.now();
    this.#timer = setInterval(() => this.look(), lookMs).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Looks now, as it does every two seconds between `start` and `stop`. */
  look(): void {
    const now = this.#parts.now();
    const addresses = addressesOf(this.#parts.readInterfaces());
    const hasSlept = now - this.#lookedAt > lookMs + sleptMs;
    const hasChanged = addresses !== this.#addresses;
    this.#lookedAt = now;
    this.#addresses = addresses;
    if (hasSlept || hasChanged) this.#parts.onChange();
  }

  /** For who is told by the system that the computer woke up. */
  wake(): void {
    this.#lookedAt = Number.NEGATIVE_INFINITY;
    this.look();
  }
}

/** Link-local addresses (RFC 4291 2.5.6, RFC 3927) lead nowhere, and virtual interfaces get and lose them all the time. */
function addressesOf(interfaces: ReturnType<typeof networkInterfaces>): string {
  const all = Object.values(interfaces).flatMap((addresses) => addresses ?? []);
  const usable = all.filter(({ internal, address }) => !internal && !/^(fe80:|169\.254\.)/i.test(address));
  return usable
    .map(({ address }) => address)
    .sort()
    .join(' ');
}
