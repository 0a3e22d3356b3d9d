import type { StoreApi } from 'zustand/vanilla';
import type { AppState } from '../../preload/contract.ts';
import { pushStates } from './push.ts';

const heartbeatMs = 15_000;
const heartbeat = ':\n\n'; // a comment: no event, but both ends notice a connection that broke silently

export interface StateStream {
  readonly body: ReadableStream<Uint8Array>;
  end(): void;
}

/**
 * Server-sent events (HTML Living Standard 9.2), each one an AppState as JSON; the present state first. A slow reader misses states, but
 * never the newest: at most two wait for it. `onEnd` is called once, when either side has ended the stream.
 */
export function createStateStream(store: StoreApi<AppState>, onEnd: () => void): StateStream {
  const encoder = new TextEncoder();
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  let waiting: string | null = null;

  const deliver = () => {
    if (waiting === null || !controller?.desiredSize) return;
    controller.enqueue(encoder.encode(waiting));
    waiting = null;
  };
  const offer = (text: string) => {
    waiting = text;
    deliver();
  };
  const stop = () => {
    clearInterval(beat);
    unsubscribe();
    onEnd();
  };
  const body = new ReadableStream<Uint8Array>({
    start: (started) => {
      controller = started;
    },
    pull: deliver,
    cancel: stop,
  });
  const unsubscribe = pushStates(store, (state) => offer(`data: ${JSON.stringify(state)}\n\n`));
  const beat = setInterval(() => offer(waiting ?? heartbeat), heartbeatMs).unref();
  return {
    body,
    end() {
      stop();
      controller?.close();
    },
  };
}
