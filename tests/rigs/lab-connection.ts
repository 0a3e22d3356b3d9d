import net, { type Socket } from 'node:net';
import { DelayLine } from './delay-line.ts';

export type Fault =
  | 'refuse' // resets whoever connects, and who is there: a listener cannot refuse without giving up its port
  | 'blackhole' // takes everything, says nothing
  | 'mute' // opens the tunnel, then says nothing
  | 'reset-on-client-hello' // as some censors do
  | 'inject-page' // opens the tunnel and answers in the destination's place
  | 'dribble' // one byte at a time
  | { readonly resetAfterBytes: number }; // said to the client, handshake included

/** What a proxy of the lab does. */
export interface Behaviour {
  readonly roundTripMs?: number; // to the proxy and back
  readonly jitterMs?: number; // each piece takes up to so much longer
  readonly stalls?: { readonly share: number; readonly ms: number }; // loss as an application sees it: this share of the pieces comes late
  readonly bytesPerSecond?: number; // said to the client; as fast as it goes unless told
  readonly fault?: Fault;
}

const pieceBytes = 1024;

const injectedPage = 'HTTP/1.1 200 OK\r\nContent-Length: 16\r\nConnection: close\r\n\r\nAccess is denied';

export interface Surroundings {
  readonly backend: { readonly host: string; readonly port: number };
  readonly behaviour: () => Behaviour; // now
  readonly random: () => number;
  readonly handshakeBytes: number; // how much the backend says until a tunnel is open
}

/**
 * One connection through a proxy of the lab: a SOCKS5 server without faults (`backend`) at the end of a long and faulty wire.
 *
 * The kernel makes the TCP connection at once and tells the client so: userland cannot delay that. What the handshake would have cost is
 * added to the client's first bytes instead, so that everything that it hears is as late as it would be. A client that only connects, and
 * one that is reset, learn it too early.
 */
export class LabConnection {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #up = new DelayLine();
  readonly #down = new DelayLine();
  readonly #around: Surroundings;
  readonly #acceptedAt = performance.now();
  #saidBytes = 0;
  #freeAt = 0; // when a narrow wire has room for the next piece

  constructor(client: Socket, around: Surroundings) {
    this.#client = client;
    this.#around = around;
    this.#server = net.connect({ ...around.backend, allowHalfOpen: true, noDelay: true });
    this.#server.on('error', () => this.reset()).on('data', (bytes) => this.#fromServer(bytes));
    this.#server.on('end', () => this.#onServerEnd());
    client.on('data', (bytes) => this.#up.push(this.#upDelayMs(), () => this.#fromClient(bytes)));
    client.on('end', () => this.#up.push(this.#upDelayMs(), () => this.#onClientEnd()));
    client.on('close', () => this.#close());
  }

  /** Logged in, and not yet asked for a destination. */
  get isWaiting(): boolean {
    return this.#saidBytes > 0 && this.#saidBytes === this.#around.handshakeBytes - replyBytes;
  }

  get isOpen(): boolean {
    return this.#saidBytes >= this.#around.handshakeBytes;
  }

  reset(): void {
    // libuv does not reset a socket that is shutting down, and Node would leave it open for ever.
    const isEnding = this.#client.writableEnded && !this.#client.writableFinished;
    if (isEnding) this.#client.destroy();
    else this.#client.resetAndDestroy();
  }

  #fromClient(bytes: Buffer): void {
    const { fault } = this.#around.behaviour();
    if (fault === 'blackhole') return;
    if (fault === 'refuse') this.reset();
    else if (fault === 'reset-on-client-hello' && isClientHello(bytes)) this.#down.push(this.#delayMs(), () => this.reset());
    else if (fault === 'inject-page' && this.isOpen) this.#down.push(this.#delayMs(), () => void this.#client.end(injectedPage));
    else this.#server.write(bytes);
  }

  #onClientEnd(): void {
    if (this.#around.behaviour().fault === 'blackhole') this.#client.destroy();
    else this.#server.end();
  }

  #fromServer(bytes: Buffer): void {
    const { fault } = this.#around.behaviour();
    if (fault === 'blackhole') return;
    if (fault === 'refuse') return void this.reset(); // which it did not yet when it was asked
    const limit =
      typeof fault === 'object' ? fault.resetAfterBytes : fault === 'mute' ? this.#around.handshakeBytes : Number.POSITIVE_INFINITY;
    const passing = bytes.subarray(0, Math.max(0, limit - this.#saidBytes));
    this.#saidBytes += passing.length;
    if (fault === 'dribble') this.#dribble(passing);
    else this.#say(passing);
    if (typeof fault === 'object' && this.#saidBytes >= limit) this.#down.push(this.#delayMs(), () => this.reset());
  }

  #onServerEnd(): void {
    const { fault } = this.#around.behaviour();
    if (fault !== 'blackhole' && fault !== 'mute') this.#down.push(this.#delayMs(), () => void this.#client.end());
  }

  #say(bytes: Buffer): void {
    const { bytesPerSecond } = this.#around.behaviour();
    if (bytesPerSecond === undefined) {
      if (bytes.length > 0) this.#down.push(this.#delayMs(), () => void this.#client.write(bytes));
      return;
    }
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      const piece = bytes.subarray(at, at + pieceBytes);
      const now = performance.now();
      this.#freeAt = Math.max(this.#freeAt, now) + (1000 * piece.length) / bytesPerSecond;
      this.#down.push(this.#freeAt - now + this.#delayMs(), () => void this.#client.write(piece));
    }
  }

  /** Each byte in a turn of the event loop of its own: else the kernel would hand them over as one. */
  #dribble(bytes: Buffer): void {
    for (const byte of bytes) this.#down.push(this.#delayMs(), () => void this.#client.write(Buffer.of(byte)), true);
  }

  /** One way. */
  #delayMs(): number {
    const { roundTripMs = 0, jitterMs = 0, stalls } = this.#around.behaviour();
    const stallMs = stalls && this.#around.random() < stalls.share ? stalls.ms : 0;
    return roundTripMs / 2 + jitterMs * this.#around.random() + stallMs;
  }

  #upDelayMs(): number {
    const handshakeMs = this.#around.behaviour().roundTripMs ?? 0;
    return Math.max(0, this.#acceptedAt + handshakeMs - performance.now()) + this.#delayMs();
  }

  #close(): void {
    this.#up.stop();
    this.#down.stop();
    this.#server.destroy();
  }
}

/** The last answer of the backend's handshake (RFC 1928, section 6), with an IPv4 address in it. */
const replyBytes = 10;

/** A TLS record of handshake type (RFC 8446, section 5.1). No message of SOCKS5 begins like that. */
function isClientHello(bytes: Buffer): boolean {
  return bytes[0] === 0x16 && bytes[1] === 3;
}
