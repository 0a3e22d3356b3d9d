import { createHash } from 'node:crypto';
import type { Mode } from '../../../preload/contract.ts';
import type { Destination } from '../outbound.ts';

interface Choice<T> {
  readonly mode: Mode;
  readonly current: T | null; // what automatic has chosen
  readonly ranked: readonly T[]; // the working ones that may be used, best first
  readonly turn: number; // counts connections
}

/** In which order the working proxies are tried for a destination. `manual` has no order: without a pin it uses none. Pure. */
export function orderFor<T extends { readonly id: string }>({ mode, current, ranked, turn }: Choice<T>, destination: Destination): T[] {
  switch (mode) {
    case 'automatic':
      return current === null ? [...ranked] : [current, ...ranked.filter((entry) => entry !== current)];
    case 'round-robin': {
      const start = ranked.length === 0 ? 0 : turn % ranked.length;
      return [...ranked.slice(start), ...ranked.slice(0, start)];
    }
    case 'sticky': {
      // Highest random weight: a destination keeps its proxy also when others come and go.
      const weight = new Map(ranked.map((entry) => [entry, weightOf(entry.id, destination.host)]));
      return [...ranked].sort((a, b) => (weight.get(b) ?? 0) - (weight.get(a) ?? 0));
    }
    case 'manual':
      return [];
  }
}

function weightOf(id: string, host: string): number {
  return createHash('md5').update(`${id} ${host.toLowerCase()}`).digest().readUInt32BE();
}
