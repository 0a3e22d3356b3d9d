import { useSyncExternalStore } from 'react';

const views = ['status', 'proxies', 'import', 'fix'] as const;
export type View = (typeof views)[number];

/** The view is the address's fragment, so that back, forward and reload do what people expect. */
export function useView(): View {
  return useSyncExternalStore(watch, () => views.find((view) => location.hash === `#/${view}`) ?? 'status');
}

function watch(listener: () => void): () => void {
  addEventListener('hashchange', listener);
  return () => removeEventListener('hashchange', listener);
}
