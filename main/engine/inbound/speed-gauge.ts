import type { StreamOutcome } from '../outbound.ts';

const headerBytes = 5;
/** Smaller records are often sent in pieces of a page that is still being made. */
const leastRecordBytes = 8 * 1024;
/** So much, or what took so long, is enough to know. */
const enough = { bytes: 48 * 1024, ms: 3000 };
const unitBytes = 16 * 1024;

/**
 * Tells once how long 16 KiB take on a stream, or that it was cut, from what a TLS server says at the beginning: a record (RFC 8446, section 5.1) is
 * sent as a whole, so what passes between its head and its last byte is due to the way, however slow the server is. Of anything but TLS it tells
 * nothing. Times are milliseconds from any start.
 */
export class SpeedGauge {
  readonly #tell: (outcome: StreamOutcome) => void;
  readonly #header = Buffer.alloc(headerBytes);
  #headerBytes = 0; // of the header that is being read
  #recordBytes = 0;
  #leftBytes = 0; // of the record
  #begunAt = 0;
  #isSpoilt = false;
  #measured = { bytes: 0, ms: 0 };
  #isOver = false;

  constructor(tell: (outcome: StreamOutcome) => void) {
    this.#tell = tell;
  }

  /** What the server says, in its order. Returns whether it wants more. */
  take(bytes: Buffer, now: number): boolean {
    for (let at = 0; at < bytes.length && !this.#isOver; )
      at += this.#leftBytes > 0 ? this.#takeRecord(bytes.length - at, now) : this.#takeHeader(bytes, at, now);
    return !this.#isOver;
  }

  /** Whoever reads has had enough for now: how long the record under way takes says nothing any more. */
  spoil(): void {
    this.#isSpoilt = true;
  }

  /** The server's side is over, though its reader is still there. A record that is cut tells most of all: no server says half of one. */
  cut(): void {
    if (this.#isOver || this.#leftBytes === 0) return;
    this.#isOver = true;
    this.#tell({ kind: 'cut' });
  }

  /** The stream is over. A record that never came to its end was the slowest, where it was waited for. */
  end(now: number): void {
    if (!this.#isOver && this.#leftBytes > 0 && now - this.#begunAt >= enough.ms)
      this.#finishRecord(this.#recordBytes - this.#leftBytes, now);
  }

  #takeHeader(bytes: Buffer, at: number, now: number): number {
    const taken = bytes.copy(this.#header, this.#headerBytes, at);
    this.#headerBytes += taken;
    if (this.#headerBytes < headerBytes) return taken;
    this.#headerBytes = 0;
    const [type = 0, version] = this.#header;
    if (type < 20 || type > 23 || version !== 3) this.#isOver = true;
    this.#recordBytes = this.#leftBytes = this.#header.readUInt16BE(3);
    this.#begunAt = now;
    this.#isSpoilt = false;
    return taken;
  }

  #takeRecord(available: number, now: number): number {
    const taken = Math.min(available, this.#leftBytes);
    this.#leftBytes -= taken;
    if (this.#leftBytes === 0) this.#finishRecord(this.#recordBytes, now);
    return taken;
  }

  #finishRecord(bytes: number, now: number): void {
    if (this.#isSpoilt || this.#recordBytes < leastRecordBytes) return;
    const { bytes: before, ms } = this.#measured;
    this.#measured = { bytes: before + bytes, ms: ms + now - this.#begunAt };
    if (this.#measured.bytes < enough.bytes && this.#measured.ms < enough.ms) return;
    this.#isOver = true;
    this.#tell({ kind: 'transfer', ms: (this.#measured.ms * unitBytes) / Math.max(1, this.#measured.bytes) });
  }
}
