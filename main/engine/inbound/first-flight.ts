import type { Duplex } from 'node:stream';
import type { ErrorCode } from '../../../preload/contract.ts';
import { BulkSocket } from '../bulk-socket.ts';
import type { Outbound } from '../outbound.ts';
import type { Meter } from '../relay.ts';
import { type HelloKind, recogniseClientHello } from './client-hello.ts';
import { createStallWatch, type StallWatch } from './stall-watch.ts';

const longestFlightBytes = 64 * 1024;
const mostTries = 3;
const allTriesMs = 12_000;
const usualPatienceMs = 3000;

export interface FirstFlightOptions {
  readonly outbound: Outbound;
  readonly meter: Meter;
}

/** Connects to the same destination again, within so many milliseconds. Rejects when that fails or the client has gone or half-closed. */
export type Reconnect = (withinMs: number) => Promise<Duplex>;

/** Carries bytes until the relay can take over; resolves with the stream to relay. Never rejects. */
export type CarryFirstFlight = (client: Duplex, remote: Duplex, reconnect: Reconnect) => Promise<Duplex>;

/** What the application has said since the tunnel is there, while nothing has come back. */
interface Flight {
  kept: Buffer; // all of it, while it is a ClientHello or may become one
  kind: HelloKind;
  length: number;
  writtenAt: number; // the last of it; as performance.now()
}

type Ending = 'first-byte' | 'stalled' | 'died' | 'over'; // over: no byte, but nobody to blame either

/**
 * Keeps what the application says first until the first byte comes back. Where the stream dies or stalls before that, and all that was said
 * is a TLS ClientHello, it is said again through another stream, and the application notices nothing. Nothing else is ever said twice.
 */
export function createFirstFlights({ outbound, meter }: FirstFlightOptions): CarryFirstFlight {
  const stalls = createStallWatch();
  const patienceMs = (stream: Duplex) => outbound.patienceMs?.(stream) ?? usualPatienceMs;

  return async (client, first, reconnect) => {
    const flight: Flight = { kept: Buffer.alloc(0), kind: 'unclear', length: 0, writtenAt: 0 };
    const startedAt = performance.now();
    let remote = first;
    for (let tries = 1; ; tries++) {
      const ending = await fly({ client, remote, flight, stalls, patienceMs, meter });
      const now = performance.now();
      if (ending === 'first-byte' && flight.length > 0) outbound.observe?.(remote, { kind: 'first-byte', ms: now - flight.writtenAt });
      if (ending === 'first-byte' || ending === 'over') return remote;
      outbound.observe?.(remote, { kind: 'failed', code: codes[ending] });
      const leftMs = startedAt + allTriesMs - now;
      if (!isRepeatable(flight) || tries === mostTries || leftMs <= 0) return remote;
      const next = await reconnect(leftMs).catch(() => remote);
      if (next === remote) return remote;
      if (remote.readableLength > 0) return discard(next, remote); // it was slow, not dead
      remote = discard(remote, next);
    }
  };
}

const codes: Record<'stalled' | 'died', ErrorCode> = { stalled: 'proxy-timeout', died: 'proxy-closed' };

function discard(loser: Duplex, winner: Duplex): Duplex {
  loser.destroy();
  return winner;
}

function isRepeatable({ kind }: Flight): boolean {
  return kind === 'whole' || kind === 'begun';
}

interface Try {
  readonly client: Duplex;
  readonly remote: Duplex;
  readonly flight: Flight;
  readonly stalls: StallWatch;
  readonly patienceMs: (stream: Duplex) => number;
  readonly meter: Meter;
}

/** One try: says again what was said before, then carries what the client says on. Leaves both streams paused, with nothing lost. */
function fly({ client, remote, flight, stalls, patienceMs, meter }: Try): Promise<Ending> {
  return new Promise((resolve) => {
    const waiting = { dueAt: 0, onStall: () => end('stalled') };
    const end = (ending: Ending) => {
      stalls.delete(waiting);
      fromClient.stop();
      fromRemote.stop();
      client.off('end', giveOver).off('close', giveOver);
      remote.off('end', die).off('close', die);
      resolve(ending);
    };
    const giveOver = () => end('over');
    const die = () => end(flight.length > 0 ? 'died' : 'over');
    const expectAnswer = () => {
      flight.writtenAt = performance.now();
      if (flight.kind !== 'whole') return stalls.delete(waiting);
      waiting.dueAt = flight.writtenAt + patienceMs(remote);
      stalls.add(waiting);
    };
    const fromClient = createReader(client, (poured) => {
      const bytes = poured.length < longestFlightBytes ? poured : Buffer.from(poured); // its socket may use a large one again
      extend(flight, bytes);
      meter.upBytes += bytes.length;
      remote.write(bytes);
      expectAnswer();
      if (flight.length > longestFlightBytes) giveOver();
    });
    const fromRemote = createReader(remote, (bytes) => {
      end('first-byte');
      remote.unshift(bytes);
    });
    client.on('end', giveOver).on('close', giveOver);
    remote.on('end', die).on('close', die);
    if (client.readableEnded || client.destroyed) return giveOver();
    if (flight.length > 0) {
      remote.write(flight.kept);
      expectAnswer();
    }
    fromRemote.start(); // first: what is there already answers nothing
    fromClient.start();
    if (remote.readableEnded || remote.destroyed) die();
  });
}

function extend(flight: Flight, bytes: Buffer): void {
  flight.length += bytes.length;
  if (flight.kind === 'other') return;
  flight.kept = flight.kept.length === 0 ? bytes : Buffer.concat([flight.kept, bytes]);
  flight.kind = flight.length > longestFlightBytes ? 'other' : recogniseClientHello(flight.kept);
  if (flight.kind === 'other') flight.kept = Buffer.alloc(0);
}

interface Reader {
  start(): void;
  stop(): void; // also before start, which then does nothing
}

/** Hands on what comes, at the least cost that the stream allows. */
function createReader(stream: Duplex, sink: (bytes: Buffer) => void): Reader {
  let isStopped = false;
  const readAll = () => {
    const bytes: Buffer | null = stream.read();
    if (bytes !== null) sink(bytes);
  };
  const pour = (bytes: Buffer) => {
    sink(bytes);
    return true;
  };
  return {
    start() {
      if (isStopped) return;
      if (stream instanceof BulkSocket) stream.pour(pour);
      else {
        stream.on('readable', readAll);
        readAll();
      }
    },
    stop() {
      isStopped = true;
      if (stream instanceof BulkSocket) stream.stopPouring();
      else stream.off('readable', readAll);
    },
  };
}
