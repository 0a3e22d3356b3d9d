import { EngineError } from '../errors.ts';
import { isLoopback } from '../inbound/own-address.ts';
import { scanText } from '../links/index.ts';
import type { Outbound, ProxyDefinition } from '../outbound.ts';
import { race } from '../selection/race.ts';
import { type FetchedList, fetchList } from './fetch-list.ts';
import { type ListInfo, readListInfo } from './list-info.ts';

/** All attempts together. */
const usualDeadlineMs = 30_000;
/** How long one way is tried alone. */
const staggerMs = 2000;

export interface ListRequest {
  readonly ways: readonly Outbound[];
  readonly address: string;
  readonly etag: string | null;
  readonly deadlineMs?: number; // 30,000 unless told
}

/** A list with at least one proxy on it. */
export interface FoundList {
  readonly definitions: readonly ProxyDefinition[];
  readonly info: ListInfo;
  readonly etag: string | null;
}

/**
 * Fetches a list through one of several ways, whichever brings it first, and reads it. null: not changed since `etag`. Subscriptions named in it are
 * not followed. Rejects with EngineError.
 */
export async function findList(
  { ways, address, etag, deadlineMs = usualDeadlineMs }: ListRequest,
  signal: AbortSignal,
): Promise<FoundList | null> {
  const attempts = ways.map((way) => async (limited: AbortSignal) => {
    const list = await fetchList(way, address, etag, limited);
    return list && (await readList(list, address, limited));
  });
  const options = {
    atOnce: ways.length,
    attemptMs: deadlineMs,
    deadlineMs,
    patience: () => ({ slowMs: staggerMs, stalledMs: staggerMs }),
    mayHedge: () => true,
    discard() {},
  };
  try {
    return await race(attempts, options, signal);
  } catch (error) {
    throw error instanceof AggregateError ? mostTelling(error.errors) : error;
  }
}

/** What the list's server said tells more than that a proxy failed. */
function mostTelling(failures: readonly unknown[]): unknown {
  const told = failures.find((failure) => failure instanceof EngineError && failure.code.startsWith('list-'));
  return told ?? failures.find((failure) => failure instanceof EngineError) ?? new EngineError('proxy-timeout');
}

async function readList({ body, headers }: FetchedList, address: string, signal: AbortSignal): Promise<FoundList> {
  const { found } = await scanText(body, { signal });
  const mayBeLocal = isLoopback(new URL(address).hostname.replace(/^\[|\]$/g, ''));
  const definitions = found.map(({ definition }) => definition).filter((definition) => mayBeLocal || !isLocal(definition));
  if (definitions.length === 0) throw new EngineError(/^\s*</.test(body) ? 'list-is-page' : 'list-empty');
  return { definitions, info: readListInfo(headers, body), etag: headers.etag ?? null };
}

/** Panels put notices into lists as proxies that lead nowhere; and no list has any business with this computer. */
function isLocal({ address }: ProxyDefinition): boolean {
  const host = address.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  return isLoopback(host) || host === 'localhost' || host === '0.0.0.0' || host === '::';
}
