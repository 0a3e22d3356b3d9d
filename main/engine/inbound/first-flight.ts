import type { Duplex } from 'node:stream';
import type { ErrorCode } from '../../../preload/contract.ts';
import type { Outbound, StreamOutcome } from '../outbound.ts';
import type { Meter } from '../relay.ts';
import { beginsAnswer } from './client-hello.ts';
import { createStallWatch } from './stall-watch.ts';
import { type Flight, isRepeatable, UntilFirstByte } from './until-first-byte.ts';

const mostTries = 3;
const allTriesMs = 12_000;
const usualPatienceMs = 3000;

export interface FirstFlightOptions {
  readonly outbound: Outbound;
  readonly meter: Meter;
}

/** Connects to the same destination again, within so many milliseconds. Rejects when that fails or the client has gone or half-closed. */
export type Reconnect = (withinMs: number) => Promise<Duplex>;

/** The stream to relay, and what came from it already (which the client has). */
export interface FirstFlight {
  readonly remote: Duplex;
  readonly first: Buffer | null;
}

/** Carries bytes until the relay can take over. Never rejects. */
export type CarryFirstFlight = (client: Duplex, remote: Duplex, reconnect: Reconnect) => Promise<FirstFlight>;

/**
 * Keeps what the application says first until the first byte comes back. Where the stream dies or stalls before that, and all that was said
 * is a TLS ClientHello, it is said again through another stream, and the application notices nothing. Nothing else is ever said twice. A stream
 * that cannot be replaced is left as it is: whoever relays it sees how it is.
 */
export function createFirstFlights({ outbound, meter }: FirstFlightOptions): CarryFirstFlight {
  const stalls = createStallWatch();
  const patienceMs = (stream: Duplex) => outbound.patienceMs?.(stream) ?? usualPatienceMs;

  return async (client, first, reconnect) => {
    const flight: Flight = { kept: Buffer.alloc(0), kind: 'unclear', length: 0, writtenAt: 0 };
    const startedAt = performance.now();
    let remote = first;
    for (let tries = 1; ; tries++) {
      const carrying = new UntilFirstByte({ client, remote, flight, stalls, meter, patienceMs });
      const ending = await carrying.ending;
      const left = { remote, first: carrying.first };
      const now = performance.now();
      if (ending === 'over') {
        if (hasGivenUp(client, flight, now - patienceMs(remote))) outbound.observe?.(remote, { kind: 'failed', code: codes.stalled });
        return left;
      }
      if (ending === 'first-byte') {
        if (flight.length > 0) outbound.observe?.(remote, outcomeOf(flight, left.first, now));
        return left;
      }
      outbound.observe?.(remote, { kind: 'failed', code: codes[ending] });
      const leftMs = startedAt + allTriesMs - now;
      if (!isRepeatable(flight) || tries === mostTries || leftMs <= 0) return left;
      const next = await reconnect(leftMs).catch(() => null);
      if (next === null) return left;
      if (remote.readableLength > 0) return { ...left, remote: instead(next, remote) }; // it was slow, not dead
      remote = instead(remote, next);
    }
  };
}

/** Whether the client has gone without an answer to what it last said before `since`: it will most likely come again, and wants another way. */
function hasGivenUp(client: Duplex, { length, writtenAt }: Flight, since: number): boolean {
  return length > 0 && writtenAt <= since && (client.readableEnded || client.destroyed);
}

/** Whoever answers a ClientHello with anything but TLS (a page that says no) hardly led to where the application wants to go. */
function outcomeOf(flight: Flight, first: Buffer | null, now: number): StreamOutcome {
  const isForged = isRepeatable(flight) && first !== null && !beginsAnswer(first);
  return isForged ? { kind: 'failed', code: 'proxy-tampered' } : { kind: 'first-byte', ms: now - flight.writtenAt };
}

const codes: Record<'stalled' | 'died', ErrorCode> = { stalled: 'proxy-timeout', died: 'proxy-closed' };

function instead(loser: Duplex, winner: Duplex): Duplex {
  loser.destroy();
  return winner;
}
