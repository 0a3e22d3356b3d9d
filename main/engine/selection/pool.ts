import type { Duplex } from 'node:stream';
import { errorBlame } from '../../../preload/contract.ts';
import { EngineError, errorCode } from '../errors.ts';
import type { Destination, Outbound } from '../outbound.ts';
import type { ProxyEntry, ProxyList } from '../proxy-list.ts';
import { race } from './race.ts';

/** When this many proxies say that the destination itself fails, the others would say the same. */
const enoughRefusals = 3;
/** An attempt may take four long round trips, not more; all of them end before an application loses patience. */
const raceOptions = { staggerMs: 250, atOnce: 3, attemptMs: 6000, deadlineMs: 10_000, discard: (loser: Duplex) => void loser.destroy() };

export interface PoolEvents {
  /** The proxy has just won a connection. */
  readonly onChosen: (entry: ProxyEntry) => void;
  /** The proxy failed without saying whether it or the destination is to blame: a probe will tell. */
  readonly onDoubt: (entry: ProxyEntry) => void;
}

/**
 * All proxies as one Outbound: the best ones are tried, staggered, at most three at once, and the first to connect wins. Never direct:
 * with no usable proxy it rejects with `no-proxies` or `no-proxy-works`, or with the destination's failure where a proxy told of one.
 */
export function createPool(proxies: ProxyList, { onChosen, onDoubt }: PoolEvents): Outbound {
  const attempt = async (entry: ProxyEntry, destination: Destination, signal: AbortSignal): Promise<Duplex> => {
    try {
      const stream = await entry.outbound.connect(destination, signal);
      proxies.succeeded(entry);
      if (!signal.aborted) onChosen(entry);
      return stream;
    } catch (error) {
      const code = signal.reason instanceof EngineError ? signal.reason.code : errorCode(error);
      if (errorBlame[code] === 'proxy') proxies.failed(entry, code);
      if (code === 'proxy-failed') onDoubt(entry);
      throw error;
    }
  };

  return {
    label: 'pool',
    async connect(destination, signal) {
      const candidates = proxies.candidates();
      if (candidates.length === 0) throw new EngineError('no-proxies');
      let refusals = 0;
      const tryOne = async (entry: ProxyEntry, limited: AbortSignal) => {
        try {
          return await attempt(entry, destination, limited);
        } catch (error) {
          if (isFromDestination(error)) refusals++;
          throw error;
        }
      };
      function* attempts() {
        for (const entry of candidates) if (refusals < enoughRefusals) yield (limited: AbortSignal) => tryOne(entry, limited);
      }
      try {
        return await race(attempts(), raceOptions, signal);
      } catch (error) {
        throw error instanceof AggregateError ? summary(error.errors) : error;
      }
    },
  };
}

/** One answer for many failures: what a proxy said about the destination tells the person more than that others were dead. */
function summary(failures: unknown[]): EngineError {
  return failures.find(isFromDestination) ?? new EngineError('no-proxy-works');
}

function isFromDestination(failure: unknown): failure is EngineError {
  return failure instanceof EngineError && failure.blame === 'destination';
}
