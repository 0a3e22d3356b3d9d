import type { Duplex } from 'node:stream';
import type { ErrorCode } from '../../preload/contract.ts';
import { isBulk } from './bulk-socket.ts';
import { EngineError } from './errors.ts';

/** A complete message at the start of the bytes and its length there; null while more bytes are needed. Throws EngineError on garbage. */
export type Decode<T> = (bytes: Buffer) => { readonly value: T; readonly length: number } | null;

export interface ReadLimits {
  readonly limitBytes: number; // a message that is not complete within this is garbage
  readonly closed: ErrorCode; // the code when the stream ends first
  readonly malformed: ErrorCode; // the code when the limit is passed
}

const nothing = Buffer.alloc(0);

/**
 * Reads exactly one message from a paused stream, however its bytes are cut up. Bytes that follow the message are put back, so that the
 * next reader sees them. The wait ends with the stream: whoever has the deadline destroys the stream, and this rejects with EngineError.
 */
export function readMessage<T>(stream: Duplex, decode: Decode<T>, limits: ReadLimits): Promise<T> {
  return new Promise((resolve, reject) => {
    let bytes: Buffer = nothing;
    let isDone = false;
    const stop = () => {
      isDone = true;
      if (isBulk(stream)) stream.stopPouring();
      else stream.off('readable', readAll).off('end', onClosed).off('close', onClosed).off('error', onClosed);
    };
    const fail = (error: unknown) => {
      stop();
      reject(error);
    };
    const onClosed = () => fail(new EngineError(limits.closed));
    const take = (chunk: Buffer) => {
      bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
      try {
        const message = decode(bytes);
        if (message === null && bytes.length >= limits.limitBytes) throw new EngineError(limits.malformed, 'message too long');
        if (message === null) return true;
        stop();
        if (message.length < bytes.length) stream.unshift(bytes.subarray(message.length));
        resolve(message.value);
      } catch (error) {
        fail(error);
      }
      return true;
    };
    const readAll = () => {
      for (let chunk = stream.read(); chunk !== null && take(chunk) && !isDone; ) chunk = stream.read();
    };
    if (stream.destroyed || stream.readableEnded) return onClosed();
    // Without the machinery of `readable`, which costs as much as the message.
    if (isBulk(stream)) return stream.pour({ sink: take, over: onClosed });
    stream.on('readable', readAll).on('end', onClosed).on('close', onClosed).on('error', onClosed);
    readAll();
  });
}
