/** What crosses the border about subscriptions; a part of contract.ts. The whole address, which often holds a secret, never does. */

import type { ErrorCode } from './contract.ts';

/** A subscription that waits for the person's yes: nothing has been fetched. The whole address, which often holds a secret, stays in the engine. */
export interface SubscriptionOffer {
  readonly host: string;
  readonly name: string; // as the link says, '' where it says nothing
  readonly isPlain: boolean; // http: everyone on the way can read the list, and change it
}

/** A list of proxies that is fetched from time to time. */
export interface SubscriptionRow {
  readonly id: string;
  readonly name: string; // '' as long as none is known
  readonly host: string;
  readonly isPlain: boolean; // http
  readonly isUpdating: boolean;
  readonly proxies: number; // that came from it and are still there
  readonly usedBytes: number | null; // as the list says
  readonly totalBytes: number | null; // null: no limit is known
  readonly expiresAt: number | null; // milliseconds since 1970
  readonly updatedAt: number | null; // the last time that it was fetched
  readonly triedAt: number | null; // the last attempt
  readonly result: ErrorCode | null; // why the last attempt failed; the old list is kept then
}

export interface SubscriptionCommands {
  /** Fetches these subscriptions now, or all. Resolves when that has begun; what comes of it is in the state. */
  updateSubscriptions(args: { ids: readonly string[] | 'all' }): Promise<null>;
  /** Its proxies go with it, but for those that were added by hand too, came from another one too, or are pinned. */
  removeSubscription(args: { id: string }): Promise<{ removed: number }>;
}
