import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { isBulk, isTcp } from './bulk-socket.ts';

/**
 * Nothing more comes for this stream. Where nothing comes from it either and all is out, a socket is closed: that says it with one system call
 * less than half-closing, and in TLS without a record for somebody who has left. `done` is called once all is out.
 */
export function finish(stream: Duplex, done: () => void = () => {}): void {
  if (!(isOwn(stream) && stream.readableEnded && stream.writableLength === 0)) return void stream.end(() => done());
  stream.destroy();
  done();
}

/** What it has written is with the kernel, and not with another stream underneath. */
function isOwn(stream: Duplex): boolean {
  return isTcp(stream) || (stream instanceof Socket && isBulk(stream));
}
