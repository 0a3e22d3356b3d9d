import type { ProxyDefinition } from '../../outbound.ts';
import type { SubscriptionAddress } from '../subscription-address.ts';

/** One proxy of a list, not yet read. */
export interface ListItem {
  readonly line: number; // from 1
  /** The proxies in it; none where it is something else, as a group or a rule. Throws LinkError. */
  read(): readonly ProxyDefinition[];
  /** Addresses of further lists in it. Throws LinkError. */
  readAddresses?(): readonly SubscriptionAddress[];
}

/** The items of a list. Between two of them the reader may pause: each is a small step of work. undefined: not an item yet. */
export type List = Iterable<ListItem | undefined>;
