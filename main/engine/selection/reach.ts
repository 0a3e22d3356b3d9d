import type { Duplex } from 'node:stream';
import type { ErrorCode } from '../../../preload/contract.ts';
import { EngineError, errorCode } from '../errors.ts';
import type { Destination } from '../outbound.ts';
import type { ProxyEntry } from '../proxy-list.ts';
import type { WarmTunnels } from './warm.ts';

/** How far an attempt came. */
export interface Steps {
  wasOpened: boolean; // the destination was asked for: what takes long after that may be its fault
  wasWarm: boolean; // the time it took is not that of a whole connection
  wasAtOnce: boolean; // nor is it that where all was said in one flight
}

export const firstSteps = (): Steps => ({ wasOpened: false, wasWarm: false, wasAtOnce: false });

export interface ReachParts {
  readonly warm: WarmTunnels;
  readonly steps: Steps; // kept up to date
}

/**
 * Connects through one proxy: by a waiting tunnel where there is one, else in one flight where the proxy is known to take that. A tunnel that died
 * while it waited says nothing about the proxy. Rejects with EngineError; after `signal` aborts nothing stays open.
 */
export async function reach(
  entry: ProxyEntry,
  destination: Destination,
  { warm, steps }: ReachParts,
  signal: AbortSignal,
): Promise<Duplex> {
  const { client, traits } = entry;
  const waiting = warm.take(entry);
  if (waiting) {
    Object.assign(steps, { wasOpened: true, wasWarm: true });
    try {
      return await waiting.connect(destination, signal);
    } catch (error) {
      if (signal.aborted || errorCode(error) !== 'proxy-closed') throw error;
    }
  }
  if (traits.pipelines && client.connectAtOnce) {
    Object.assign(steps, { wasOpened: true, wasWarm: false, wasAtOnce: true });
    return client.connectAtOnce(destination, signal);
  }
  Object.assign(steps, firstSteps());
  const tunnel = await client.open(signal);
  steps.wasOpened = true;
  return tunnel.connect(destination, signal);
}

/** How an attempt failed. What took too long once the destination was asked for may be the destination's fault. */
export function codeOf(error: unknown, { wasOpened }: Steps, signal: AbortSignal): ErrorCode {
  const code = signal.reason instanceof EngineError ? signal.reason.code : errorCode(error);
  return code === 'proxy-timeout' && wasOpened ? 'destination-timeout' : code;
}
