import { Duplex } from 'node:stream';
import { EngineError } from '../errors.ts';
import { ignoreErrors } from '../outbounds/under-signal.ts';
import { watchLoss } from '../outbounds/watch-loss.ts';

const openDeadlineMs = 10_000;

/**
 * A stream inside another one that is opened by its first words, which `open` is given whole. Until then it notices the loss of the other one;
 * it closes when the other one does, and closes it. Its errors are those of `open` and of the stream inside. Where `isRead`, somebody reads
 * the other one from the beginning, and closes it when it is lost.
 */
export function createLateStream(outer: Duplex, open: (first: Buffer) => Promise<Duplex>, isRead = false): Duplex {
  return ignoreErrors(new LateStream(outer, open, isRead));
}

class LateStream extends Duplex {
  bytesRead = 0; // as sockets count them
  bytesWritten = 0;
  readonly #outer: Duplex;
  readonly #open: (first: Buffer) => Promise<Duplex>;
  #stopWatching = () => {};
  #isWatching: boolean;
  #isOpening = false;
  #deadline: NodeJS.Timeout | undefined;
  #stream: Duplex | null = null;
  #hasEnded = false; // the other side

  constructor(outer: Duplex, open: (first: Buffer) => Promise<Duplex>, isRead: boolean) {
    super({ allowHalfOpen: true });
    this.#isWatching = isRead; // so that nobody else does
    this.#outer = outer;
    this.#open = open;
    outer.on('close', this.#lost);
  }

  override _read(): void {
    if (this.#stream) this.#stream.resume();
    else if (!this.#isWatching && !this.#isOpening) {
      this.#isWatching = true;
      this.#stopWatching = watchLoss(this.#outer, this.#lost);
    }
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: () => void): void {
    const stream = this.#stream;
    this.bytesWritten += bytes.length;
    if (stream === null) this.#begin(bytes, done);
    else if (stream.write(bytes) || stream.writableLength === 0) done();
    else stream.once('drain', done);
  }

  override _final(done: () => void): void {
    (this.#stream ?? this.#outer).end(() => done());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearTimeout(this.#deadline);
    this.#stopWatching();
    this.#stream?.destroy();
    this.#outer.destroy();
    done(error);
  }

  #begin(first: Buffer, done: () => void): void {
    this.#isOpening = true;
    this.#stopWatching();
    this.#deadline = setTimeout(() => this.destroy(new EngineError('proxy-timeout')), openDeadlineMs);
    this.#open(first).then(
      (stream) => {
        clearTimeout(this.#deadline);
        this.#carry(stream);
        done();
      },
      (error: Error) => this.destroy(error),
    );
  }

  #carry(stream: Duplex): void {
    this.#stream = stream;
    if (this.destroyed) return void stream.destroy();
    this.#outer.off('close', this.#lost); // which the one inside tells, once all that came is read
    stream.on('data', (bytes: Buffer) => {
      this.bytesRead += bytes.length;
      if (!this.push(bytes)) stream.pause();
    });
    stream.on('end', () => {
      this.#hasEnded = true;
      this.push(null);
    });
    stream.on('close', this.#lost);
    stream.resume();
  }

  readonly #lost = (): void => {
    if (this.readableEnded && this.writableFinished) return;
    if (this.#hasEnded && !this.readableEnded) return void this.once('end', this.#lost); // what has come is still to be read
    const error = this.#stream?.errored;
    this.destroy(error instanceof EngineError ? error : new EngineError('proxy-closed'));
  };
}
