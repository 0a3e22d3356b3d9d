import { costMs, type HealthRecord } from './record.ts';

interface Ranked {
  readonly record: HealthRecord;
}

/** What was seen once may be chance: so much more does a proxy count as costing then, and less the more observations there are. */
const doubt = 0.3;

/** Working proxies, the one whose connections cost least, as far as can be told, first; those never measured last. Pure; does not change its argument. */
export function rank<T extends Ranked>(working: Iterable<T>): T[] {
  const expected = new Map(Array.from(working, (one) => [one, expectedMs(one.record)]));
  return [...expected.keys()].sort((a, b) => (expected.get(a) ?? 0) - (expected.get(b) ?? 0));
}

function expectedMs(record: HealthRecord): number {
  const ms = costMs(record);
  const { weight } = record.connect ?? record.latency ?? { weight: 0 };
  return ms === null ? Number.MAX_VALUE : ms * (1 + doubt / weight);
}
