import { setTimeout as sleep } from 'node:timers/promises';

const pollMs = 10_000;

/**
 * Looks every ten seconds and calls back when it sees something else than the time before, until the returned function is called. For
 * systems whose own notification would cost a process that stays. A look that fails is not a change.
 */
export function followChanges(look: (signal: AbortSignal) => Promise<string>, listener: () => void, everyMs = pollMs): () => void {
  const stopping = new AbortController();
  const { signal } = stopping;
  const follow = async () => {
    let before: string | undefined;
    while (!signal.aborted) {
      const now = await look(signal).catch(() => before);
      if (before !== undefined && now !== before && !signal.aborted) listener();
      before = now;
      await sleep(everyMs, undefined, { signal, ref: false });
    }
  };
  follow().catch(() => {}); // stopped
  return () => stopping.abort();
}
