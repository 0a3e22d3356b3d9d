import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ErrorCode } from '../../../preload/contract.ts';
import { withDeadline } from '../deadline.ts';
import { errorCode } from '../errors.ts';
import type { Destination, Outbound } from '../outbound.ts';
import { type Meter, relay } from '../relay.ts';
import type { Deadlines } from './deadlines.ts';
import type { CarryFirstFlight } from './first-flight.ts';
import { SpeedGauge } from './speed-gauge.ts';

/** Where a client wants to go, and how its protocol says yes and no. */
export interface ConnectRequest {
  readonly destination: Destination;
  readonly granted: Buffer;
  refusal(code: ErrorCode): Buffer;
}

/** Serves one client, which began with `opening`. Rejects when it sends garbage or leaves. */
export type Serve<T> = (client: Socket, opening: T) => void | Promise<void>;

/** Connects for a client. Rejects with EngineError; after `signal` aborts nothing stays open. */
export type Connect = (client: Socket, destination: Destination, signal: AbortSignal) => Promise<Duplex>;

export interface TunnelOptions {
  readonly connect: Connect;
  readonly observe: NonNullable<Outbound['observe']>;
  readonly meter: Meter;
  readonly deadlines: Deadlines;
  readonly carryFirstFlight: CarryFirstFlight;
}

/** Says yes only once the destination is there, then carries bytes until both sides are closed. Never rejects. */
export async function tunnel(client: Socket, request: ConnectRequest, options: TunnelOptions): Promise<void> {
  const { connect, observe, meter, deadlines, carryFirstFlight } = options;
  deadlines.stop(client);
  const reach = (signal: AbortSignal) => connect(client, request.destination, signal);
  let remote: Duplex;
  try {
    remote = await whilePresent(client, reach);
  } catch (error) {
    return dismiss(client, request.refusal(errorCode(error)), deadlines);
  }
  client.write(request.granted);
  meter.connections++;
  const reachAgain = (withinMs: number) => whilePresent(client, (signal) => withDeadline(reach, withinMs, signal));
  const carried = await carryFirstFlight(client, remote, reachAgain);
  const gauge = new SpeedGauge((outcome) => observe(carried.remote, outcome));
  if (carried.first) gauge.take(carried.first, performance.now());
  await relay(client, carried.remote, meter, gauge);
  gauge.end(performance.now());
  meter.connections--;
}

/** Gives the client its last answer and time to read it: closing while it still sends would reset the connection and lose the answer. */
export function dismiss(client: Socket, answer: Buffer, deadlines: Deadlines): void {
  if (client.destroyed) return;
  client.end(answer);
  client.resume();
  deadlines.start(client);
}

/** Does a step for a client; the signal aborts when the client leaves. */
export async function whilePresent<T>(client: Socket, step: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const gone = new AbortController();
  const abort = () => gone.abort();
  // A client that ended after it sent early data has a request under way: as long as that is unread, `end` does not come. One that ended
  // without a word has lost interest.
  client.on('close', abort).on('end', abort);
  try {
    return await step(gone.signal);
  } finally {
    client.off('close', abort).off('end', abort);
  }
}
