import { isDeepStrictEqual } from 'node:util';
import type { StoreApi } from 'zustand/vanilla';

const pauseMs = 250;

/**
 * Gives `listener` the state now and after changes, at most four times a second: of the states within a pause only the newest counts,
 * and one that equals the last is not given again. `listener` must not throw. Returns the unsubscriber.
 */
export function pushStates<T>(store: Pick<StoreApi<T>, 'getState' | 'subscribe'>, listener: (state: T) => void): () => void {
  let pause: NodeJS.Timeout | undefined;
  let changed = false;
  let last: T | undefined;

  const push = () => {
    changed = false;
    pause = setTimeout(afterPause, pauseMs).unref();
    const state = store.getState();
    if (isDeepStrictEqual(state, last)) return;
    last = state;
    listener(state);
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
  };
}
