import type { Duplex } from 'node:stream';
import { isBulk, keepPoured } from '../bulk-socket.ts';
import type { Meter } from '../relay.ts';
import { type HelloKind, recogniseClientHello } from './client-hello.ts';
import type { StallWatch, Waiting } from './stall-watch.ts';

const longestFlightBytes = 64 * 1024;
/** A stream may be dead before the application has said anything: what it wants to say is then on its way from another process. */
const firstWordMs = 250;

/** What the application has said since the tunnel is there, while nothing has come back. */
export interface Flight {
  kept: Buffer; // all of it, while it is a ClientHello or may become one
  kind: HelloKind;
  length: number;
  writtenAt: number; // the last of it; as performance.now() tells
}

/** Whether saying it twice has no effect. */
export function isRepeatable({ kind }: Flight): boolean {
  return kind === 'whole' || kind === 'begun';
}

export interface FirstBytesOptions {
  readonly client: Duplex;
  readonly remote: Duplex;
  readonly flight: Flight; // what was said already is said again
  readonly stalls: StallWatch;
  readonly meter: Meter;
  readonly patienceMs: (remote: Duplex) => number; // for the first byte, from the end of a whole ClientHello
}

/** `over`: no byte came, but nobody failed: the client has gone, half-closed or said more than is kept, or the remote ended unasked. */
export type Ending = 'first-byte' | 'stalled' | 'died' | 'over';

/** Carries what the client says until the first bytes came back, and those. Leaves both streams paused, with nothing lost and no listener. */
export class UntilFirstByte implements Waiting {
  readonly ending: Promise<Ending>;
  first: Buffer | null = null; // what came from the remote, and is said to the client already
  readonly #options: FirstBytesOptions;
  readonly #resolve: (ending: Ending) => void;
  #dueAt = 0;
  #isDead = false;
  #isOver = false;

  constructor(options: FirstBytesOptions) {
    const { client, remote, flight } = options;
    const { promise, resolve } = Promise.withResolvers<Ending>();
    this.ending = promise;
    this.#resolve = resolve;
    this.#options = options;
    client.on('end', this.#giveOver).on('close', this.#giveOver);
    remote.on('end', this.#die).on('close', this.#die);
    if (flight.length > 0) this.#write(flight.kept);
    this.#listen(remote, this.#fromRemote, this.#readRemote); // first: what is there already answers nothing
    this.#listen(client, this.#fromClient, this.#readClient);
    if (client.readableEnded || client.destroyed) this.#giveOver();
    if (remote.readableEnded || remote.destroyed) this.#die();
  }

  get dueAt(): number {
    return this.#dueAt;
  }

  onStall(): void {
    this.#end(this.#isDead ? 'over' : 'stalled');
  }

  readonly #giveOver = () => this.#end('over');

  readonly #die = () => {
    if (this.#isOver) return;
    if (this.#options.flight.length > 0) this.#end('died');
    else if (!this.#isDead) this.#expect(firstWordMs);
    this.#isDead = true;
  };

  readonly #fromClient = (poured: Buffer) => {
    const { flight, meter } = this.#options;
    const bytes = keepPoured(poured);
    extend(flight, bytes);
    meter.upBytes += bytes.length;
    this.#write(bytes);
    return true;
  };

  readonly #fromRemote = (poured: Buffer) => {
    const { client, meter } = this.#options;
    this.#end('first-byte');
    meter.downBytes += poured.length;
    this.first = keepPoured(poured);
    client.write(this.first);
    return true;
  };

  // For streams that cannot pour.
  readonly #readClient = () => void this.#read(this.#options.client, this.#fromClient);
  readonly #readRemote = () => void this.#read(this.#options.remote, this.#fromRemote);

  #read(stream: Duplex, sink: (bytes: Buffer) => boolean): void {
    const bytes: Buffer | null = stream.read();
    if (bytes !== null) sink(bytes);
  }

  #listen(stream: Duplex, sink: (bytes: Buffer) => boolean, read: () => void): void {
    if (this.#isOver) return;
    if (isBulk(stream)) stream.pour({ sink });
    else {
      stream.on('readable', read);
      read();
    }
  }

  #write(bytes: Buffer): void {
    const { remote, flight, stalls, patienceMs } = this.#options;
    remote.write(bytes);
    flight.writtenAt = performance.now();
    if (flight.length > longestFlightBytes) this.#giveOver();
    else if (this.#isDead) this.#die();
    else if (flight.kind === 'whole') this.#expect(patienceMs(remote));
    else stalls.delete(this); // the answer to anything else may rightly come late
  }

  #expect(withinMs: number): void {
    this.#dueAt = performance.now() + withinMs;
    this.#options.stalls.add(this);
  }

  #end(ending: Ending): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const { client, remote, stalls } = this.#options;
    stalls.delete(this);
    for (const [stream, onEnd, read] of [
      [client, this.#giveOver, this.#readClient],
      [remote, this.#die, this.#readRemote],
    ] as const) {
      stream.off('end', onEnd).off('close', onEnd);
      if (isBulk(stream)) stream.stopPouring();
      else stream.off('readable', read);
    }
    this.#resolve(ending);
  }
}

function extend(flight: Flight, bytes: Buffer): void {
  flight.length += bytes.length;
  if (flight.kind === 'other') return;
  flight.kept = flight.kept.length === 0 ? bytes : Buffer.concat([flight.kept, bytes]);
  flight.kind = flight.length > longestFlightBytes ? 'other' : recogniseClientHello(flight.kept);
  if (flight.kind === 'other') flight.kept = Buffer.alloc(0);
}
