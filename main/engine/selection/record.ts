import type { ErrorCode } from '../../../preload/contract.ts';

/** What is known about one proxy. A pure value: each observation makes a new one. Times are milliseconds since 1970. */
export interface HealthRecord {
  readonly testedAt: number | null; // the last observation of either kind
  readonly latencyMs: number | null; // smoothed time to first byte of good probes
  readonly reason: ErrorCode | null; // why the last observation failed; null when it was good
  readonly successes: number;
  readonly failures: number;
}

export const untested: HealthRecord = { testedAt: null, latencyMs: null, reason: null, successes: 0, failures: 0 };

/** How much a new latency weighs against what was known. */
const smoothing = 0.3;

/** A good observation. `latencyMs` only from a probe: real destinations differ in their own distance. */
export function withSuccess(record: HealthRecord, now: number, latencyMs?: number): HealthRecord {
  const known = record.latencyMs;
  const smoothed = latencyMs === undefined ? known : known === null ? latencyMs : known + smoothing * (latencyMs - known);
  return { testedAt: now, latencyMs: smoothed, reason: null, successes: record.successes + 1, failures: record.failures };
}

/** A failure that is this proxy's fault; the caller has looked at the blame. */
export function withFailure(record: HealthRecord, now: number, reason: ErrorCode): HealthRecord {
  return { ...record, testedAt: now, reason, failures: record.failures + 1 };
}

export function isWorking(record: HealthRecord): boolean {
  return record.testedAt !== null && record.reason === null;
}

export function isFailing(record: HealthRecord): boolean {
  return record.reason !== null;
}
