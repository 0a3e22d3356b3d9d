import { setTimeout as sleep } from 'node:timers/promises';
import { withDeadline } from '../deadline.ts';
import { EngineError } from '../errors.ts';
import type { ProxyClient } from '../outbound.ts';
import type { ProxyEntry, Traits } from '../proxy-list.ts';
import { probe } from './probe.ts';

export interface TraitTimes {
  readonly waitMs: number; // how long a tunnel waits before it is used: less than the 4 s that some servers give a handshake
  readonly answerMs: number; // for the answer of the test address
}

/**
 * Finds out whether a proxy tolerates something, with a connection of its own, because a person's must not be risked on it: one that says
 * everything in one flight (false where its protocol cannot), or one whose tunnel waits in between; each until the test address has really
 * answered. Where it fails, an ordinary connection shows whether the proxy works at all just now; if not, nothing is learned (null), to be tried
 * another time. A failure says nothing against the proxy, and is not recorded. May take some ten seconds: for the background, and only for the
 * few proxies that are about to be used. Never rejects; after `signal` aborts nothing stays open.
 */
export async function learnTrait(
  trait: keyof Traits,
  { client }: Pick<ProxyEntry, 'client'>,
  url: URL,
  signal: AbortSignal,
  { waitMs, answerMs }: TraitTimes = { waitMs: 3000, answerMs: 4000 },
): Promise<boolean | null> {
  const works = (way: ProxyClient, deadlineMs: number) =>
    withDeadline((limited) => probe(way, url, limited), deadlineMs, signal).then(
      () => true,
      () => false,
    );
  const { connectAtOnce } = client;
  if (trait === 'waits') {
    if (await works(afterWaiting(client, waitMs), waitMs + answerMs)) return true;
  } else {
    if (connectAtOnce === undefined) return false;
    if (await works(inOneFlight(connectAtOnce), answerMs)) return true;
  }
  return (await works(client, answerMs)) ? false : null;
}

function inOneFlight(connect: NonNullable<ProxyClient['connectAtOnce']>): ProxyClient {
  return { open: async () => ({ connect, close() {}, onLost() {} }) };
}

function afterWaiting(client: ProxyClient, waitMs: number): ProxyClient {
  return {
    async open(signal) {
      const tunnel = await client.open(signal);
      const lost = new AbortController();
      tunnel.onLost(() => lost.abort());
      try {
        await sleep(waitMs, undefined, { signal: AbortSignal.any([signal, lost.signal]) });
      } catch {
        tunnel.close();
        throw new EngineError(signal.aborted ? 'aborted' : 'proxy-closed');
      }
      return tunnel;
    },
  };
}
