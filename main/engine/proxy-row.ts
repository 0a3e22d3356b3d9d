import type { ProxyRow } from '../../preload/contract.ts';
import type { ProxyEntry } from './proxy-list.ts';
import { isFailing, isWorking } from './selection/record.ts';

/** A proxy as the interface shows it; nothing in it is secret. */
export function toRow({ id, definition, record, testing, excluded, source }: ProxyEntry, pinned: boolean): ProxyRow {
  const { label, protocol, address, encrypted, insecure, notSpoken } = definition;
  return {
    id,
    label,
    protocol,
    address,
    encrypted,
    insecure,
    notSpoken,
    health: testing ? 'testing' : isWorking(record) ? 'working' : isFailing(record) ? 'failing' : 'untested',
    reason: record.reason,
    latencyMs: record.latency === null ? null : Math.round(record.latency.value),
    pinned,
    excluded,
    source,
    testedAt: record.testedAt,
  };
}
