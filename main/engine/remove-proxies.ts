import { type GroupParts, refreshGroups } from './groups.ts';
import type { Pin } from './pin.ts';

/** Removes proxies from everywhere; returns how many were there. */
export function removeProxies(parts: GroupParts & { readonly pin: Pin }, ids: readonly string[]): number {
  const removed = parts.database().removeProxies(ids);
  parts.pin.letGoOf(ids);
  parts.proxies.remove(ids);
  refreshGroups(parts);
  return removed;
}
