import type { Duplex } from 'node:stream';
import { EngineError } from '../errors.ts';

/**
 * Does one step on a stream. When the step fails or the signal aborts, the stream is destroyed and the promise rejects: with the step's own
 * error, or with EngineError `aborted`. The step need not look at the signal: it ends because the stream does.
 */
export async function underSignal<T>(stream: Duplex, signal: AbortSignal, step: () => T | Promise<T>): Promise<T> {
  const destroy = () => stream.destroy();
  signal.addEventListener('abort', destroy, { once: true });
  try {
    signal.throwIfAborted();
    const result = await step();
    signal.throwIfAborted();
    return result;
  } catch (error) {
    stream.destroy();
    throw signal.aborted ? new EngineError('aborted') : error;
  } finally {
    signal.removeEventListener('abort', destroy);
  }
}

/** For streams that are handed from one step to the next: an error between two steps must not end the process. The close tells it too. */
export function ignoreErrors<S extends Duplex>(stream: S): S {
  return stream.on('error', () => {});
}

/** Resolves at the event; rejects with the stream's error, or undefined, when the stream fails or closes first. */
export function untilEvent(stream: Duplex, event: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => stream.off(event, onEvent).off('error', onFailure).off('close', onFailure);
    const onEvent = () => {
      stop();
      resolve();
    };
    const onFailure = (error?: unknown) => {
      stop();
      reject(error);
    };
    stream.on(event, onEvent).on('error', onFailure).on('close', onFailure);
  });
}
