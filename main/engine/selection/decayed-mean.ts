/** A mean in which an observation's weight halves every five minutes. A pure value. */
export interface DecayedMean {
  readonly value: number;
  readonly weight: number; // how many observations it is worth at `at`
  readonly at: number; // milliseconds since 1970
}

const halfLifeMs = 5 * 60_000;

/** What a weight, or anything that fades with it, is worth after a while. */
export function decayed(weight: number, elapsedMs: number): number {
  return weight * 0.5 ** (Math.max(0, elapsedMs) / halfLifeMs);
}

export function withObservation(mean: DecayedMean | null, value: number, now: number): DecayedMean {
  if (mean === null) return { value, weight: 1, at: now };
  const weight = decayed(mean.weight, now - mean.at) + 1;
  return { value: mean.value + (value - mean.value) / weight, weight, at: now };
}
