import type { Duplex } from 'node:stream';
import { isTcp } from './bulk-socket.ts';

/** As much as goes out at once. */
const gatheredBytes = 256 * 1024;
/** What is less is copied: a slow reader would keep all of the memory for it. */
const worthLendingBytes = 64 * 1024;
const nothing = Buffer.alloc(0);

/** Memory to gather in that nobody uses now, for whichever stream is next: idle connections hold none. */
const spare: Buffer[] = [];
const mostSpare = 4;

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
  const isDoneWhenWritten = isTcp(to); // others may pass on what they were given
  let gathered: Buffer = nothing;
  let length = 0;
  let isDue = false;
  const isFull = () => to.writableNeedDrain && to.writableLength > 0;
  const flush = () => {
    if (length === 0) return;
    const memory = gathered;
    const bytes = memory.subarray(0, length);
    gathered = nothing;
    length = 0;
    if (!isDoneWhenWritten || memory.length !== gatheredBytes) to.write(bytes);
    else writeAndGiveBack(to, bytes, memory);
    if (isFull()) onFull();
  };
  const makeRoom = (more: number) => {
    if (length + more <= gathered.length) return;
    const before = gathered.subarray(0, length);
    if (more > gatheredBytes) gathered = Buffer.allocUnsafeSlow(more);
    else gathered = spare.pop() ?? (length === 0 ? Buffer.allocUnsafe(more) : Buffer.allocUnsafeSlow(gatheredBytes));
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

function writeAndGiveBack(to: Duplex, bytes: Buffer, memory: Buffer): void {
  let isLent = true;
  const giveBack = () => {
    if (isLent && spare.length < mostSpare) spare.push(memory);
    isLent = false;
  };
  if (bytes.length < worthLendingBytes) {
    to.write(Buffer.from(bytes));
    giveBack();
  } else {
    to.write(bytes, giveBack);
    if (to.writableLength === 0) giveBack(); // now, and not a moment later: it is in the processor's cache
  }
}
