import { setImmediate as breathe } from 'node:timers/promises';

/** Cuts long work into slices, so that everything else on the event loop gets its turn. */
export interface Pacer {
  isDue(): boolean;
  /** Lets the event loop run once. Rejects with the signal's reason once it is aborted. */
  pause(): Promise<void>;
}

const sliceMs = 8;

export function createPacer(signal?: AbortSignal): Pacer {
  signal?.throwIfAborted();
  let sliceStart = performance.now();
  return {
    isDue: () => performance.now() - sliceStart > sliceMs,
    async pause() {
      await breathe();
      signal?.throwIfAborted();
      sliceStart = performance.now();
    },
  };
}
