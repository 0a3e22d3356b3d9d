import { type ErrorCode, errorBlame } from '../../../preload/contract.ts';
import type { SubscriptionRow } from '../../../preload/subscriptions.ts';

/** A subscription as it is kept. */
export interface Subscription {
  readonly url: string; // holds a secret: leaves only by storage and towards its server
  readonly name: string; // '' as long as none is known; then it stays, because it is the source of the proxies
  readonly intervalHours: number | null;
  readonly usedBytes: number | null;
  readonly totalBytes: number | null;
  readonly expiresAt: number | null; // milliseconds since 1970
  readonly etag: string | null;
  readonly updatedAt: number | null;
  readonly triedAt: number | null;
  readonly result: ErrorCode | null; // why the last attempt failed
}

export const newSubscription: Omit<Subscription, 'url' | 'name'> = {
  intervalHours: null,
  usedBytes: null,
  totalBytes: null,
  expiresAt: null,
  etag: null,
  updatedAt: null,
  triedAt: null,
  result: null,
};

const hourMs = 3_600_000;
const usualHours = 24;
/** After a failure: the list's own, or one of the way to it. */
const againMs = { list: hourMs, way: hourMs / 12 };

/** When it is to be fetched, in milliseconds since 1970. `jitter` between 0 and 1 is another one for each program: not all come at once. */
export function dueAt({ triedAt, intervalHours, result }: Subscription, jitter: number): number {
  if (triedAt === null) return 0;
  const intervalMs = (intervalHours ?? usualHours) * hourMs;
  const waitMs = result === null ? intervalMs : errorBlame[result] === 'destination' ? againMs.list : againMs.way;
  return triedAt + Math.min(waitMs, intervalMs) * (0.9 + 0.2 * jitter);
}

/** What its proxies are said to come from. */
export function sourceOf({ name, url }: Subscription): string {
  return name || new URL(url).host;
}

/** What the interface may know. */
export function rowOf(id: string, subscription: Subscription, isUpdating: boolean, proxies: number): SubscriptionRow {
  const { url, name, usedBytes, totalBytes, expiresAt, updatedAt, triedAt, result } = subscription;
  const { host, protocol } = new URL(url);
  return {
    id,
    name,
    host,
    isPlain: protocol === 'http:',
    isUpdating,
    proxies,
    usedBytes,
    totalBytes,
    expiresAt,
    updatedAt,
    triedAt,
    result,
  };
}
