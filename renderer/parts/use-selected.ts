import { useCallback, useState } from 'react';
import type { Selection } from 'react-aria-components';
import { idsFound } from './links-of.ts';
import type { FoundProxies } from './use-proxy-list.ts';

/** The proxies that the person has selected, by id. They stay while pages come and go, and while the search changes. */
export interface Selected {
  readonly ids: ReadonlySet<string>;
  readonly change: (to: Selection) => void;
  /** Adds all that the search finds, whether they are in the page or not. */
  readonly addFound: () => void;
  readonly clear: () => void;
  /** Lets go of those that are not there any more, as far as this list can tell. */
  readonly keepThoseIn: (list: FoundProxies) => void;
}

const none: ReadonlySet<string> = new Set();

export function useSelected(search: string): Selected {
  const [ids, setIds] = useState(none);
  const keepThoseIn = useCallback(({ search, rows, total }: FoundProxies) => {
    if (search !== '' || rows.length < total) return;
    const there = new Set(rows.map(({ id }) => id));
    setIds((before) => ([...before].every((id) => there.has(id)) ? before : new Set([...before].filter((id) => there.has(id)))));
  }, []);
  const addFound = () => void idsFound(search).then((found) => setIds((before) => new Set([...before, ...found])));
  return {
    ids,
    addFound,
    change: (to) => (to === 'all' ? addFound() : setIds(to as ReadonlySet<string>)), // itself: it also knows where a range began
    clear: () => setIds(none),
    keepThoseIn,
  };
}
