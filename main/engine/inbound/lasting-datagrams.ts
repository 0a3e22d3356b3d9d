import type { Datagrams, Destination } from '../outbound.ts';

/** A way that closes as soon as it is open must not be opened as often as datagrams come. */
const leastBetweenMs = 1000;
const mostWaiting = 64;

/** Opens a way. Rejects with EngineError; after `signal` aborts nothing stays open. */
export type OpenDatagrams = (signal: AbortSignal) => Promise<Datagrams>;

/**
 * Datagrams that outlive their way: when it closes, the next datagram opens a new one, at most once a second; meanwhile a few wait, the others are
 * lost. The first way is open when this resolves; rejects as `open` does. Ends only with `close`.
 */
export async function openLasting(open: OpenDatagrams, signal: AbortSignal): Promise<Pick<Datagrams, 'send' | 'onMessage' | 'close'>> {
  const closing = new AbortController();
  let way: Datagrams | null = null;
  let openedAt = performance.now();
  let waiting: { readonly destination: Destination; readonly payload: Buffer }[] | null = null; // null: none is being opened
  let hear: Parameters<Datagrams['onMessage']>[0] = () => {};
  const use = (opened: Datagrams) => {
    way = opened;
    opened.onMessage((source, payload) => hear(source, payload));
    opened.onClose(() => {
      if (way === opened) way = null;
    });
  };
  const reopen = async () => {
    openedAt = performance.now();
    const opened = await open(closing.signal).catch(() => null);
    if (opened) use(opened);
    for (const { destination, payload } of waiting ?? []) opened?.send(destination, payload);
    waiting = null;
  };
  use(await open(signal));
  return {
    send(destination, payload) {
      if (way) return way.send(destination, payload);
      if (closing.signal.aborted) return;
      if (waiting === null) {
        if (performance.now() - openedAt < leastBetweenMs) return;
        waiting = [];
        void reopen();
      }
      if (waiting.length < mostWaiting) waiting.push({ destination, payload });
    },
    onMessage(listener) {
      hear = listener;
    },
    close() {
      closing.abort();
      way?.close();
    },
  };
}
