import { costMs, type HealthRecord } from './record.ts';

interface Ranked {
  readonly record: HealthRecord;
}

/** Working proxies, the one whose connections cost least first; those never measured last. Pure; does not change its argument. */
export function rank<T extends Ranked>(working: Iterable<T>): T[] {
  return [...working].sort((a, b) => (costMs(a.record) ?? Number.MAX_VALUE) - (costMs(b.record) ?? Number.MAX_VALUE));
}
