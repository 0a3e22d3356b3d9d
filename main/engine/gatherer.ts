import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';

/** As much as goes out at once, and how much of it is worth memory that is kept for the next time. */
const gatheredBytes = 256 * 1024;
const worthKeepingBytes = 64 * 1024;
const nothing = Buffer.alloc(0);

export interface Gatherer {
  /** Takes the bytes, which are the caller's again when this returns. false: as when `onFull` is called. */
  write(bytes: Buffer): boolean;
  /** Writes what waits. */
  flush(): void;
}

/**
 * What decrypts says each record by itself; all that comes in one turn of the event loop is written with one system call, which is most of
 * what it costs. `onFull` is called when the stream cannot take more at once; its `drain` tells when it can again.
 */
export function createGatherer(to: Duplex, onFull: () => void): Gatherer {
  const isReadAtOnce = to instanceof Socket && !(to instanceof TLSSocket); // unless it says that something waits
  let gathered: Buffer = nothing;
  let length = 0;
  let isDue = false;
  const isFull = () => to.writableNeedDrain && to.writableLength > 0;
  const flush = () => {
    if (length === 0) return;
    const bytes = gathered.subarray(0, length);
    length = 0;
    to.write(bytes);
    // Idle connections hold no memory.
    if (bytes.length < worthKeepingBytes || !isReadAtOnce || to.writableLength > 0) gathered = nothing;
    if (isFull()) onFull();
  };
  const makeRoom = (more: number) => {
    if (length + more <= gathered.length) return;
    const before = gathered.subarray(0, length);
    gathered = length === 0 ? Buffer.allocUnsafe(more) : Buffer.allocUnsafeSlow(Math.max(gatheredBytes, length + more));
    gathered.set(before);
  };
  return {
    write(bytes) {
      if (length + bytes.length > gatheredBytes) flush();
      makeRoom(bytes.length);
      gathered.set(bytes, length);
      length += bytes.length;
      if (!isDue) setImmediate(onTurnOver);
      isDue = true;
      return !isFull();
    },
    flush,
  };

  function onTurnOver(): void {
    isDue = false;
    flush();
  }
}
