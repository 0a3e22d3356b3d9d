import type { Duplex } from 'node:stream';

/**
 * Calls back once when the other side ends, breaks or says something while it is our turn to speak. A paused stream notices that only as long
 * as somebody listens for `readable`. Nothing is read: after the returned function has ended the watch, the next reader gets every byte.
 */
export function watchLoss(stream: Duplex, onLost: () => void): () => void {
  let isOver = false;
  const stop = () => {
    isOver = true;
    stream.off('readable', lost).off('end', lost).off('close', lost);
  };
  const lost = () => {
    if (isOver) return;
    stop();
    onLost();
  };
  stream.on('readable', lost).on('end', lost).on('close', lost);
  if (stream.closed || stream.readableEnded) process.nextTick(lost); // the events have been
  return stop;
}
