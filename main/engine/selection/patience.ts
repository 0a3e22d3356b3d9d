import type { Patience } from './race.ts';
import { type HealthRecord, slowConnectMs } from './record.ts';

/** How long a proxy may take before the next one is tried too: what is slow for this proxy, within bounds. */
const hedgeAfterMs = { least: 100, most: 1500, unknown: 250 };
/** What takes longer than the slowest that is waited for, and is overdue, has stalled: the next proxy's turn, without asking the budget. */
const leastStalledMs = hedgeAfterMs.most;
const leastOverdueMs = 400;
/** The first byte of an answer: at least this long, and so many times what is usual for the proxy. */
const firstByteWithin = { leastMs: 3000, times: 4 };

/** How long a connection through this proxy may be waited for alone. Pure, as all that is here. */
export function connectPatience(record: HealthRecord): Patience {
  const usualMs = slowConnectMs(record) ?? hedgeAfterMs.unknown;
  const slowMs = Math.min(hedgeAfterMs.most, Math.max(hedgeAfterMs.least, usualMs));
  return { slowMs, stalledMs: Math.max(leastStalledMs, overdueMs(record)) };
}

/** Well over what is slow for this proxy, and over the time in which a lost packet is sent again, in milliseconds. */
export function overdueMs(record: HealthRecord): number {
  const slowMs = slowConnectMs(record);
  return Math.max(leastOverdueMs, slowMs === null ? 2 * (record.connect?.value ?? 500) : 1.5 * slowMs);
}

/** How long the first byte of an answer through this proxy may take, in milliseconds. */
export function firstBytePatienceMs(record: HealthRecord | undefined): number {
  return Math.max(firstByteWithin.leastMs, firstByteWithin.times * (record?.firstByte?.value ?? 0));
}
