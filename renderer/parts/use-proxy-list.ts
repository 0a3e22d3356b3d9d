import { type UIEvent, useEffect, useRef, useState } from 'react';
import type { ProxyPage } from '../../preload/contract.ts';
import { createProxyPages, type ProxyPages } from '../proxy-pages.ts';
import { useStore } from '../store.ts';

/** The beginning of what a search finds. */
export interface FoundProxies extends ProxyPage {
  readonly search: string;
}

interface ProxyList {
  /** null until the first page has come; that of the search before until there is one of this. */
  readonly list: FoundProxies | null;
  readonly more: () => void;
  /** For the scrolling element: tells which rows are in sight. */
  readonly onScroll: (event: UIEvent<HTMLElement>) => void;
}

/** The proxies that match `search`, page by page, kept current while they are in sight. */
export function useProxyList(search: string): ProxyList {
  const [list, setList] = useState<FoundProxies | null>(null);
  const pages = useRef<ProxyPages | null>(null);
  useEffect(() => {
    const created = createProxyPages(search, (page) => setList({ ...page, search }));
    pages.current = created;
    const unsubscribe = useStore.subscribe(({ state }, { state: before }) => {
      if (state?.proxiesRevision !== before?.proxiesRevision) created.changed();
    });
    return () => {
      unsubscribe();
      created.close();
    };
  }, [search]);
  const rowCount = list?.rows.length ?? 0;
  return {
    list,
    more: () => pages.current?.more(),
    onScroll: ({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
      const rowAt = (top: number) => Math.floor((top / Math.max(1, scrollHeight)) * rowCount);
      pages.current?.look(rowAt(scrollTop), rowAt(scrollTop + clientHeight));
    },
  };
}
