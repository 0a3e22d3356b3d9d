import type { Duplex } from 'node:stream';
import { BulkSocket, isBulk, isTcp } from './bulk-socket.ts';
import { finish } from './finish.ts';
import { createGatherer } from './gatherer.ts';

/** Counted as bytes pass; whoever shows them reads them from time to time. */
export interface Meter {
  upBytes: number; // from applications, since start
  downBytes: number; // to applications, since start
  connections: number; // open now
}

/** What measures the bytes that come from the remote. */
export interface Gauge {
  /** Returns whether it wants more. Times are those of performance.now(). */
  take(bytes: Buffer, now: number): boolean;
  /** The client does not keep up. */
  spoil(): void;
  /** The remote ended or broke while the client was there. */
  cut(): void;
}

/**
 * Carries bytes both ways until both streams are closed; never rejects. A stream that ends half-closes the other one; a stream that breaks
 * resets the other one, so that applications notice. A slow reader slows its writer down. An idle tunnel stays, however long.
 */
export function relay(client: Duplex, remote: Duplex, meter: Meter, gauge?: Gauge): Promise<void> {
  return new Promise((resolve) => {
    let open = 2;
    const closed = () => {
      open--;
      if (open === 0) resolve();
    };
    carry(client, remote, meter, 'upBytes', closed);
    carry(remote, client, meter, 'downBytes', closed, gauge);
  });
}

function carry(from: Duplex, to: Duplex, meter: Meter, count: 'upBytes' | 'downBytes', closed: () => void, gauge?: Gauge): void {
  let measuring = gauge;
  const gatherer = from instanceof BulkSocket ? null : createGatherer(to, () => hold(from, measuring));
  const writer = gatherer ?? to;
  const over = () => {
    gatherer?.flush();
    if (!to.readableEnded && !to.destroyed) measuring?.cut();
  };
  const onEnd = () => {
    over();
    finish(to);
  };
  const onClose = () => {
    over();
    if (!from.readableEnded || !to.readableEnded) reset(to);
    closed();
  };
  from.on('error', ignore).on('end', onEnd);
  to.on('drain', () => from.resume());
  if (from.closed) onClose();
  else from.on('close', onClose);
  if (from.readableEnded) finish(to);

  // A full chunk makes write() say that it is too much, although the kernel mostly has taken all of it at once.
  const sink = (bytes: Buffer) => {
    meter[count] += bytes.length;
    if (measuring?.take(bytes, performance.now()) === false) measuring = undefined;
    const isTaken = writer.write(bytes) || to.writableLength === 0;
    if (!isTaken) measuring?.spoil();
    return isTaken;
  };
  if (isBulk(from) && (gatherer || isBulk(to))) from.pour({ sink, isQuick: gatherer !== null });
  else {
    from.on('data', (bytes: Buffer) => {
      if (!sink(bytes)) from.pause();
    });
    from.resume();
  }
}

function hold(from: Duplex, gauge: Gauge | undefined): void {
  gauge?.spoil();
  from.pause();
}

// The close that follows an error tells all there is to know.
function ignore() {}

/** As a broken connection looks to the other side, where it can be: a plain TCP socket that is not at its end already. */
function reset(stream: Duplex): void {
  const isEnding = stream.writableEnded && !stream.writableFinished; // libuv refuses to reset then
  if (isTcp(stream) && !stream.destroyed && !isEnding) stream.resetAndDestroy();
  else stream.destroy();
}
