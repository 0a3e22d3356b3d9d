import { withDeadline } from '../deadline.ts';
import { EngineError, errorCode } from '../errors.ts';
import type { Datagrams, Destination } from '../outbound.ts';
import type { ProxyEntry, ProxyList } from '../proxy-list.ts';
import { isWorking } from './record.ts';

/** All proxies together, so that an application that waits for ten seconds still hears the answer. */
const deadlineMs = 9000;
const attemptMs = 4000;
/** So long a proxy that could not open a way, without saying that it never can, is passed over. */
const restMs = 60_000;
/** Datagrams of one way go everywhere; where proxies are chosen by destination, all of them count as one. */
const anywhere: Destination = { host: '', port: 0 };

export interface DatagramPoolParts {
  readonly proxies: ProxyList;
  readonly now: () => number; // milliseconds since 1970
  /** The proxy failed: a probe will tell whether it works at all. */
  readonly onDoubt: (entry: ProxyEntry) => void;
}

/**
 * Ways for datagrams through the best proxy that carries them; one after the other is tried, in the order in which connections try them. Those that
 * refuse are remembered as long as the program runs. Rejects with `not-supported` where no proxy in use carries datagrams.
 */
export function createDatagramPool({ proxies, now, onDoubt }: DatagramPoolParts): (signal: AbortSignal) => Promise<Datagrams> {
  const notBefore = new WeakMap<ProxyEntry, number>();
  const mayTry = (entry: ProxyEntry) => entry.client.openDatagrams !== undefined && (notBefore.get(entry) ?? 0) <= now();

  const attempt = async (entry: ProxyEntry, signal: AbortSignal): Promise<Datagrams | null> => {
    const { openDatagrams } = entry.client;
    try {
      return (await (openDatagrams && withDeadline(openDatagrams, attemptMs, signal))) ?? null;
    } catch (error) {
      if (signal.aborted) throw error;
      const isRefusal = ['proxy-unsupported', 'not-supported'].includes(errorCode(error));
      notBefore.set(entry, isRefusal ? Number.POSITIVE_INFINITY : now() + restMs);
      if (!isRefusal) onDoubt(entry);
      return null;
    }
  };

  return (signal) => {
    const candidates = proxies.candidates(anywhere);
    if (candidates.length === 0) return Promise.reject(new EngineError(proxies.usableCount === 0 ? 'no-proxies' : 'no-proxy-works'));
    const working = candidates.filter(({ record }) => isWorking(record));
    const inOrder = (working.length > 0 ? working : candidates).filter(mayTry);
    return withDeadline(
      async (limited) => {
        for (const entry of inOrder) {
          const way = await attempt(entry, limited);
          if (way) return way;
        }
        throw new EngineError('not-supported');
      },
      deadlineMs,
      signal,
    );
  };
}
