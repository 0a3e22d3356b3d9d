import { isDeepStrictEqual } from 'node:util';
import type { StoreApi } from 'zustand/vanilla';

const pauseMs = 250;

/**
 * Gives `listener` the state now and after changes, at most four times a second: of the states within a pause only the newest counts,
 * and one that equals the last is not given again. `listener` must not throw. Returns the unsubscriber, which gives the newest one first.
 */
export function pushStates<T>(store: Pick<StoreApi<T>, 'getState' | 'subscribe'>, listener: (state: T) => void): () => void {
  let pause: NodeJS.Timeout | undefined;
  let changed = false;
  let last: T | undefined;

  const give = () => {
    changed = false;
    const state = store.getState();
    if (isDeepStrictEqual(state, last)) return;
    last = state;
    listener(state);
  };
  const push = () => {
    pause = setTimeout(afterPause, pauseMs).unref();
    give();
  };
  const afterPause = () => {
    pause = undefined;
    if (changed) push();
  };
  const unsubscribe = store.subscribe(() => {
    changed = true;
    if (pause === undefined) push();
  });
  push();
  return () => {
    unsubscribe();
    clearTimeout(pause);
    if (changed) give();
  };
}
