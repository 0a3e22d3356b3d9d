import { type BoundSocket, type OnReadOpts, type Server, Socket, type SocketConstructorOpts } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';

const sharedBytes = 64 * 1024;
const ownBytes = 512 * 1024;
const shared = Buffer.allocUnsafeSlow(sharedBytes);

/** Hands bytes on. They are good for a bulk socket to write, and for anyone else until this returns. false: no more until `resume()`. */
export type Sink = (bytes: Buffer) => boolean;

/** What tells a pouring stream where its bytes go. */
export interface Pour {
  readonly sink: Sink;
  /** Called for `end` and for `close`, which is cheaper than listeners for every message of a handshake. */
  readonly over?: () => void;
  /**
   * The sink is done with the bytes when it returns, whatever it does with them: nothing is copied for it. It writes nothing empty to the socket
   * that pours: Node's TLS would read then, into the same memory.
   */
  readonly isQuick?: boolean;
}

/** A socket that can hand on what it reads without the cost of Node's usual way. Unless `pour` is called it is a socket like any other. */
export interface BulkReader {
  /** From now on all that comes, first what is buffered already, goes to the sink and nowhere else. `end` and `close` come as ever. */
  pour(pour: Pour): void;
  /** From now on what comes is buffered, as for any stream that nobody reads. */
  stopPouring(): void;
}

/** Over TCP or TLS. */
export function isBulk(stream: Duplex): stream is Socket & BulkReader {
  return 'stopPouring' in stream;
}

/** Without TLS, which is a socket too: what it has written is with the kernel, and it can be reset. */
export function isTcp(stream: Duplex): stream is Socket {
  return stream instanceof Socket && !(stream instanceof TLSSocket);
}

/** A TCP socket that reads in bulk. */
export class BulkSocket extends Socket implements BulkReader {
  readonly #reader: Reader;

  constructor(options: SocketConstructorOpts) {
    const reader = new Reader();
    super({ ...options, onread: reader.onread });
    this.#reader = reader;
    reader.readFor(this);
  }

  pour(pour: Pour): void {
    this.#reader.pour(pour);
  }

  stopPouring(): void {
    this.#reader.stopPouring();
  }
}

/** A TLS socket that reads in bulk: `connect` is to make it with these options, without another socket underneath. */
export function createBulkTls(connect: (onread: OnReadOpts) => TLSSocket): TLSSocket & BulkReader {
  const reader = new Reader();
  const socket = connect(reader.onread);
  reader.readFor(socket);
  return Object.assign(socket, { pour: (pour: Pour) => reader.pour(pour), stopPouring: () => reader.stopPouring() });
}

/**
 * Spares a socket Node's usual way: 64 KiB allocated and collected for each read, and the machinery of a readable stream.
 *
 * All sockets read into one shared buffer and copy what came: libuv asks for the buffer, reads and calls back in one go, so nobody else can
 * write to it meanwhile. A pouring socket whose reads fill that buffer gets a large one of its own and does not copy from it; it gives
 * it up with the first read that the shared one could have held, so that idle connections hold no memory.
 */
class Reader implements BulkReader {
  readonly onread: OnReadOpts = { buffer: () => this.#buffer, callback: (length) => this.#take(length) };
  #socket: Socket | undefined;
  #buffer: Buffer = shared; // where the next read goes
  #pour: Pour | undefined;

  readFor(socket: Socket): void {
    this.#socket = socket;
    const over = () => this.#pour?.over?.();
    socket.on('end', over).on('close', over);
  }

  pour(pour: Pour): void {
    this.#pour = pour;
    let isWanted = true;
    while (this.#pour === pour) {
      const bytes: Buffer | null = this.#socket?.read();
      if (bytes === null) break;
      isWanted = pour.sink(bytes);
    }
    if (!isWanted) this.#socket?.pause();
  }

  stopPouring(): void {
    this.#pour = undefined;
  }

  #take(length: number): boolean {
    const buffer = this.#buffer;
    const bytes = buffer.subarray(0, length);
    const pour = this.#pour;
    if (length < sharedBytes || pour === undefined) this.#buffer = shared;
    else if (buffer === shared) this.#buffer = Buffer.allocUnsafeSlow(ownBytes);
    const isKept = pour?.isQuick || (buffer !== shared && buffer === this.#buffer);
    const kept = isKept ? bytes : Buffer.from(bytes);
    return pour === undefined ? this.#socket?.push(kept) === true : pour.sink(kept);
  }
}

/** Bytes for longer than until the sink returns, of one that is not quick: those in memory that is used again are large. */
export function keepPoured(poured: Buffer): Buffer {
  return poured.length < sharedBytes ? poured : Buffer.from(poured);
}

/**
 * From now on a listening server accepts BulkSockets, half-open-capable and without Nagle's delay: servers cannot be told to make them. The two
 * names that Node does not document are as old as Node itself; without them the sockets stay what they are, and work.
 */
export function acceptBulkSockets(server: Server): void {
  const handle = (server as Server & { _handle?: ListenHandle | null })._handle;
  const usual = handle?.onconnection;
  if (!handle || !usual) return;
  handle.onconnection = function (error, accepted) {
    if (error || !accepted) return usual.call(this, error, accepted);
    server.emit('connection', new BulkSocket({ allowHalfOpen: true, handle: accepted }).setNoDelay(true));
  };
}

interface ListenHandle {
  onconnection?: (this: ListenHandle, error: number, accepted: BoundSocket | undefined) => void;
}
