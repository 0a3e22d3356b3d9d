import { type HealthRecord, isFailing, isWorking } from './record.ts';

interface Ranked {
  readonly record: HealthRecord;
}

/**
 * Best first: working proxies by latency (unmeasured ones last), then untested ones, then failing ones, the one that failed longest ago
 * first, because it has had the most time to recover. Pure; does not change its argument.
 */
export function rank<T extends Ranked>(proxies: Iterable<T>): T[] {
  return [...proxies].sort((a, b) => tier(a.record) - tier(b.record) || withinTier(a.record, b.record));
}

function tier(record: HealthRecord): number {
  return isWorking(record) ? 0 : isFailing(record) ? 2 : 1;
}

function withinTier(a: HealthRecord, b: HealthRecord): number {
  if (isFailing(a)) return (a.testedAt ?? 0) - (b.testedAt ?? 0);
  return (a.latencyMs ?? Number.MAX_VALUE) - (b.latencyMs ?? Number.MAX_VALUE);
}
