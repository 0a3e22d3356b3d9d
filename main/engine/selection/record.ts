import type { ErrorCode } from '../../../preload/contract.ts';
import { type DecayedMean, decayed, withObservation } from './decayed-mean.ts';

/** What is known about one proxy. A pure value: each observation makes a new one. Times are milliseconds since 1970. */
export interface HealthRecord {
  readonly testedAt: number | null; // the last observation of any kind
  readonly reason: ErrorCode | null; // why the last observation failed; null when it was good
  readonly successes: number;
  readonly failures: number;
  readonly latency: DecayedMean | null; // ms to the first byte of good probes
  readonly connect: DecayedMean | null; // ms to connect without a warm tunnel: probes and real traffic alike
  readonly firstByte: DecayedMean | null; // ms from the first flight to the first byte of real traffic
  readonly transfer: DecayedMean | null; // ms that 16 KiB of real traffic take
  readonly reliability: DecayedMean | null; // share of good observations, 0 to 1
  readonly recentMs: readonly number[]; // how long the last connections really took, newest last
}

export const untested: HealthRecord = {
  testedAt: null,
  reason: null,
  successes: 0,
  failures: 0,
  latency: null,
  connect: null,
  firstByte: null,
  transfer: null,
  reliability: null,
  recentMs: [],
};

/** The record of a proxy that was measured in an earlier run. What was measured then is worth one observation, made then. */
export function remembered(
  known: Pick<HealthRecord, 'reason' | 'successes' | 'failures'> & { testedAt: number; latencyMs: number | null },
): HealthRecord {
  const { testedAt, latencyMs, reason, successes, failures } = known;
  const latency = latencyMs === null ? null : withObservation(null, latencyMs, testedAt);
  return { ...untested, testedAt, reason, successes, failures, latency };
}

/** What a good observation measured; each only where it did. */
export interface Timings {
  readonly latencyMs?: number; // a probe's first byte
  readonly connectMs?: number; // a connection without a warm tunnel
  readonly tookMs?: number; // a person's connection as it was, warm or not
  readonly firstByteMs?: number;
}

const recentCount = 32;
/** A way with long round trips takes most of a second to get up to speed. */
const slowTransferMs = 1000;

export function withSuccess(record: HealthRecord, now: number, { latencyMs, connectMs, tookMs, firstByteMs }: Timings = {}): HealthRecord {
  return {
    testedAt: now,
    reason: null,
    successes: record.successes + 1,
    failures: record.failures,
    latency: latencyMs === undefined ? record.latency : withObservation(record.latency, latencyMs, now),
    connect: connectMs === undefined ? record.connect : withObservation(record.connect, connectMs, now),
    firstByte: firstByteMs === undefined ? record.firstByte : withObservation(record.firstByte, firstByteMs, now),
    transfer: record.transfer,
    reliability: withObservation(record.reliability, 1, now),
    recentMs: tookMs === undefined ? record.recentMs : [...record.recentMs.slice(1 - recentCount), tookMs],
  };
}

/** A failure that is this proxy's fault; the caller has looked at the blame. */
export function withFailure(record: HealthRecord, now: number, reason: ErrorCode): HealthRecord {
  return { ...record, testedAt: now, reason, failures: record.failures + 1, reliability: withObservation(record.reliability, 0, now) };
}

/** How long 16 KiB took. That says nothing of whether a new connection works. */
export function withTransfer(record: HealthRecord, now: number, ms: number): HealthRecord {
  return { ...record, transfer: withObservation(record.transfer, ms, now) };
}

export function isWorking(record: HealthRecord): boolean {
  return record.testedAt !== null && record.reason === null;
}

export function isFailing(record: HealthRecord): boolean {
  return record.reason !== null;
}

/**
 * What a connection through this proxy costs in milliseconds, failures included: the time to connect (or, where that was never seen, the
 * probe's latency) and what it is slow by; about twice as much for a proxy that fails every third time. null: never measured.
 */
export function costMs(record: HealthRecord): number | null {
  const ms = record.connect?.value ?? record.latency?.value;
  return ms === undefined ? null : (ms + slownessMs(record)) / (record.reliability?.value ?? 1) ** 2;
}

/** What 16 KiB take longer than they may, as far as it is not long ago: who was slow is given another chance. */
function slownessMs({ transfer, testedAt }: HealthRecord): number {
  if (transfer === null) return 0;
  return decayed(Math.max(0, transfer.value - slowTransferMs), (testedAt ?? transfer.at) - transfer.at);
}

/**
 * The time within which 95 of 100 recent connections were there; null with too few to tell. Of so few that is the longest or the second longest,
 * which are found without sorting: every connection asks.
 */
export function slowConnectMs({ recentMs }: HealthRecord): number | null {
  if (recentMs.length < 8) return null;
  let [longest, second] = [0, 0];
  for (const ms of recentMs) {
    if (ms > longest) [longest, second] = [ms, longest];
    else if (ms > second) second = ms;
  }
  return recentMs.length < 20 ? longest : second;
}
