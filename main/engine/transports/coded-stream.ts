import { Duplex } from 'node:stream';
import { type BulkReader, isBulk, type Pour } from '../bulk-socket.ts';
import { EngineError } from '../errors.ts';
import { finish } from '../finish.ts';

/** What makes the bytes on the wire of the bytes that are meant, and the reverse. Each direction has a state of its own. */
export interface Coding {
  /** What goes onto the wire for what is said now; all of it goes in one write. What must precede the first words comes with them. */
  encode(plain: Buffer): Buffer | readonly Buffer[];
  /** Says that nothing more comes, where the protocol has a mark for that; the stream underneath ends after it in any case. */
  encodeEnd?(): Buffer;
  /**
   * What is meant by bytes from the wire, which come cut anywhere; null: the other side has said that it ends here. `wire` may be used again
   * after the return: what waits for more bytes must be a copy, what is returned may be a part of it. Throws EngineError on garbage.
   */
  decode(wire: Buffer): Iterable<Buffer | null>;
  /** The wire has ended. Throws EngineError where it may not end here. */
  decodeEnd?(): void;
}

export interface CodedStreamOptions {
  /**
   * Milliseconds. What precedes the first words waits for them so long (or until the end), then goes alone, as `encode` of nothing: the
   * destination may be one that speaks first. Without it nothing precedes them.
   */
  readonly firstWordsMs?: number;
  /**
   * Milliseconds. For a protocol in which no direction can end alone: after our end the other side may go on until it is quiet for so long. Then
   * `encodeEnd` is said, and all closes as if broken, which for whoever still waits it is.
   */
  readonly quietAfterEndMs?: number;
}

/**
 * A stream inside another one: half-open-capable, paused until it is read, with the other's back-pressure both ways. It closes when the
 * other one does, and closes it. Its errors are those of the coding, and when the stream underneath breaks, that one's EngineError or
 * `proxy-closed`.
 */
export function createCodedStream(inner: Duplex, coding: Coding, options: CodedStreamOptions = {}): Duplex {
  return new CodedStream(inner, coding, options);
}

const nothing = Buffer.alloc(0);

/** It reads in bulk, as sockets do. */
class CodedStream extends Duplex implements BulkReader {
  bytesRead = 0; // as sockets count them
  bytesWritten = 0;
  readonly #inner: Duplex;
  readonly #coding: Coding;
  readonly #untilFirstWords: NodeJS.Timeout | undefined;
  readonly #quietAfterEndMs: number | undefined;
  #untilQuiet: NodeJS.Timeout | undefined;
  #hasFirstWords: boolean; // all that must precede the first words is out
  #hasBegunToRead = false;
  #isHeld = false; // by whoever reads: that nothing comes is then not the other side's silence
  #hasEnded = false; // the other side
  #pour: Pour | undefined;

  constructor(inner: Duplex, coding: Coding, { firstWordsMs, quietAfterEndMs }: CodedStreamOptions) {
    super({ allowHalfOpen: true });
    this.#inner = inner;
    this.#coding = coding;
    this.#quietAfterEndMs = quietAfterEndMs;
    this.#hasFirstWords = firstWordsMs === undefined;
    if (firstWordsMs !== undefined) this.#untilFirstWords = setTimeout(() => this.#say(nothing, ignore), firstWordsMs);
    const over = () => this.#pour?.over?.();
    this.on('error', ignore).on('end', over).on('close', over); // the close that follows an error tells it too
    inner.on('error', ignore).on('end', this.#innerEnded).on('close', this.#innerClosed);
    if (inner.closed) process.nextTick(this.#innerClosed);
    else if (inner.readableEnded) process.nextTick(this.#innerEnded);
  }

  override _read(): void {
    this.#isHeld = false;
    if (this.#hasBegunToRead) this.#inner.resume();
    else this.#beginToRead(this.#inner);
  }

  pour(pour: Pour): void {
    this.#pour = pour;
    let isWanted = true;
    while (this.#pour === pour) {
      const plain: Buffer | null = this.read();
      if (plain === null) break;
      isWanted = pour.sink(plain);
    }
    if (!isWanted) this.pause();
  }

  stopPouring(): void {
    this.#pour = undefined;
  }

  override pause(): this {
    this.#isHeld = true;
    if (this.#pour) this.#inner.pause();
    return super.pause();
  }

  override resume(): this {
    this.#isHeld = false;
    if (this.#pour) this.#inner.resume();
    return super.resume();
  }

  override _write(plain: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#say(plain, done);
  }

  override _final(done: () => void): void {
    const end = () => {
      if (this.#quietAfterEndMs === undefined) return this.#endInner(done); // not before all is out: the end of both directions closes
      this.#untilQuiet = setTimeout(this.#onQuiet, this.#quietAfterEndMs);
      done();
    };
    if (this.#hasFirstWords) end();
    else this.#say(nothing, end);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearTimeout(this.#untilFirstWords);
    clearTimeout(this.#untilQuiet);
    this.#inner.destroy();
    done(error);
  }

  readonly #onQuiet = (): void => {
    if (this.#isHeld) this.#untilQuiet?.refresh();
    else this.#endInner(() => this.destroy(new EngineError('proxy-closed')));
  };

  #endInner(done: () => void): void {
    if (this.#coding.encodeEnd) this.#inner.write(this.#coding.encodeEnd());
    finish(this.#inner, done);
  }

  #say(plain: Buffer, done: () => void): void {
    this.#hasFirstWords = true;
    this.bytesWritten += plain.length;
    clearTimeout(this.#untilFirstWords);
    const inner = this.#inner;
    const wire = this.#coding.encode(plain);
    if (Buffer.isBuffer(wire)) inner.write(wire);
    else if (!inner._writev)
      inner.write(Buffer.concat(wire)); // part by part each would be too little for it to say that it waits
    else {
      inner.cork();
      for (const bytes of wire) inner.write(bytes);
      inner.uncork();
    }
    // A full chunk makes a stream say that it is too much, although the kernel mostly has taken all of it at once.
    if (inner.writableNeedDrain && inner.writableLength > 0) inner.once('drain', done);
    else done();
  }

  #beginToRead(inner: Duplex): void {
    this.#hasBegunToRead = true;
    if (isBulk(inner)) inner.pour({ sink: this.#take, isQuick: true });
    else inner.on('data', this.#takeOrPause).resume();
  }

  readonly #take = (wire: Buffer): boolean => {
    this.#untilQuiet?.refresh();
    try {
      const isWanted = this.#hasEnded || this.#hear([...this.#coding.decode(wire)], wire);
      this.#isHeld = !isWanted;
      return isWanted;
    } catch (error) {
      this.destroy(error instanceof Error ? error : undefined);
      return false;
    }
  };

  /** Returns whether more is wanted. */
  #hear(pieces: readonly (Buffer | null)[], wire: Buffer): boolean {
    const end = pieces.indexOf(null);
    const heard = (end < 0 ? pieces : pieces.slice(0, end)) as Buffer[];
    let isWanted = true;
    for (const piece of heard) isWanted = this.#hand(piece, wire); // one by one: each may be a datagram
    if (end >= 0) this.#end();
    return this.#hasEnded || isWanted;
  }

  #hand(piece: Buffer, wire: Buffer): boolean {
    this.bytesRead += piece.length;
    const plain = this.#pour?.isQuick ? piece : kept(piece, wire);
    if (this.#pour) return this.#pour.sink(plain);
    this.push(plain);
    return !this.#isFull();
  }

  readonly #takeOrPause = (wire: Buffer): void => {
    if (!this.#take(wire)) this.#inner.pause();
  };

  #isFull(): boolean {
    return this.readableLength >= this.readableHighWaterMark;
  }

  #end(): void {
    this.#hasEnded = true;
    this.push(null);
    if (this.#pour) this.read(0); // so that `end` comes although nobody reads
  }

  readonly #innerEnded = (): void => {
    if (this.#hasEnded) return;
    try {
      this.#coding.decodeEnd?.();
      this.#end();
    } catch (error) {
      this.destroy(error instanceof Error ? error : undefined);
    }
  };

  readonly #innerClosed = (): void => {
    if (this.#hasEnded && !this.readableEnded) return void this.once('end', this.#innerClosed); // what has come is still to be read
    const { errored } = this.#inner;
    if (!this.#hasEnded || !this.writableEnded) this.destroy(errored instanceof EngineError ? errored : new EngineError('proxy-closed'));
  };
}

/** Stays when the memory of `wire` is used again. */
function kept(piece: Buffer, wire: Buffer): Buffer {
  return piece.buffer === wire.buffer ? Buffer.from(piece) : piece;
}

function ignore(): void {}
