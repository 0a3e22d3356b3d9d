import { type BoundSocket, type Server, Socket, type SocketConstructorOpts } from 'node:net';

const sharedBytes = 64 * 1024;
const ownBytes = 512 * 1024;
const shared = Buffer.allocUnsafeSlow(sharedBytes);

/** Hands bytes on. They are good for a BulkSocket to write, and for anyone else until this returns. false: no more until `resume()`. */
export type Sink = (bytes: Buffer) => boolean;

/**
 * A TCP socket that can hand on what it reads without the cost of Node's usual way: 64 KiB allocated and collected for each read, and the
 * machinery of a readable stream. Unless `pour` is called it is a socket like any other.
 *
 * All sockets read into one shared buffer and copy what came: libuv asks for the buffer, reads and calls back in one go, so nobody else can
 * write to it meanwhile. A pouring socket whose reads fill that buffer gets a large one of its own and does not copy from it; it gives
 * it up with the first read that the shared one could have held, so that idle connections hold no memory.
 */
export class BulkSocket extends Socket {
  readonly #reads: Reads;

  constructor(options: SocketConstructorOpts) {
    const reads: Reads = { buffer: shared, sink: undefined, over: undefined };
    super({ ...options, onread: { buffer: () => reads.buffer, callback: (length) => take(this, reads, length) } });
    this.#reads = reads;
    const over = () => reads.over?.();
    this.on('end', over).on('close', over);
  }

  /**
   * From now on all that comes, first what is buffered already, goes to `sink` and nowhere else. `end` and `close` come as ever; `over` is
   * called for either, which is cheaper than listeners for every message of a handshake.
   */
  pour(sink: Sink, over?: () => void): void {
    const reads = this.#reads;
    reads.sink = sink;
    reads.over = over;
    let isWanted = true;
    while (reads.sink === sink) {
      const bytes: Buffer | null = this.read();
      if (bytes === null) break;
      isWanted = sink(bytes);
    }
    if (!isWanted) this.pause();
  }

  /** From now on what comes is buffered, as for any stream that nobody reads. */
  stopPouring(): void {
    this.#reads.sink = undefined;
    this.#reads.over = undefined;
  }
}

interface Reads {
  buffer: Buffer; // where the next read goes
  sink: Sink | undefined;
  over: (() => void) | undefined;
}

function take(socket: Socket, reads: Reads, length: number): boolean {
  const { buffer, sink } = reads;
  const bytes = buffer.subarray(0, length);
  if (length < sharedBytes || sink === undefined) reads.buffer = shared;
  else if (buffer === shared) reads.buffer = Buffer.allocUnsafeSlow(ownBytes);
  const isOwn = buffer !== shared && buffer === reads.buffer;
  const kept = isOwn ? bytes : Buffer.from(bytes);
  return sink === undefined ? socket.push(kept) : sink(kept);
}

/** Bytes for longer than until the sink returns: `part` is of what was poured, whose memory is used again where it is large. */
export function keepPoured(part: Buffer, poured: Buffer): Buffer {
  return poured.length < sharedBytes ? part : Buffer.from(part);
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
