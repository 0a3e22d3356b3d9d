import type { ProxyPage, ProxyRow } from '../preload/contract.ts';
import { read } from './store.ts';

const pageSize = 200;
const calmMs = 400; // rows that change order more often than this cannot be read

/** The beginning of the list, as far as the person has scrolled. */
export interface ProxyPages {
  /** The list has changed: what the person sees is asked for again; the rest when it comes into sight. */
  changed(): void;
  /** These rows are in sight, as indexes into what was shown. */
  look(first: number, last: number): void;
  /** The end of what is loaded is in sight. */
  more(): void;
  close(): void;
}

/** Loads pages one after another and calls `show` with everything loaded so far. */
export function createProxyPages(search: string, show: (page: ProxyPage) => void): ProxyPages {
  let pages: (readonly ProxyRow[])[] = [];
  let list: ProxyPage = { total: 0, rows: [] };
  let inSight = [0];
  let wantsMore = true;
  let busy = false;
  let closed = false;
  let calm: ReturnType<typeof setTimeout> | undefined;
  const fresh = new Set<number>();

  const next = () => {
    const stale = inSight.find((page) => page <= pages.length && !fresh.has(page));
    if (stale !== undefined) return stale;
    if (pages.length * pageSize < list.total) return wantsMore ? pages.length : null;
    // A row that moves from a page that is yet to be read to one that has been is on none: those are read again.
    const older = list.rows.length < list.total ? pages.findIndex((_, page) => !fresh.has(page)) : -1;
    return older < 0 ? null : older;
  };
  const work = async () => {
    if (busy) return;
    busy = true;
    for (let page = next(); page !== null && !closed; page = next()) {
      fresh.add(page);
      if (page >= pages.length) wantsMore = false;
      const outcome = await read('listProxies', { offset: page * pageSize, limit: pageSize, ...(search !== '' && { search }) });
      if (closed) break;
      if (!outcome.ok) {
        fresh.delete(page);
        break;
      }
      pages = withPage(pages, page, outcome.value);
      list = { total: outcome.value.total, rows: pages.flat() };
      show(list);
    }
    busy = false;
  };
  const refresh = () => {
    fresh.clear();
    void work();
  };
  void work();
  return {
    changed: () => {
      calm ??= setTimeout(() => {
        calm = undefined;
        refresh();
      }, calmMs);
    },
    look: (first, last) => {
      inSight = pagesOf(first, Math.min(last, list.rows.length - 1));
      void work();
    },
    more: () => {
      wantsMore = true;
      void work();
    },
    close: () => {
      closed = true;
      clearTimeout(calm);
    },
  };
}

function pagesOf(first: number, last: number): number[] {
  const from = Math.max(0, Math.floor(first / pageSize));
  return Array.from({ length: Math.max(1, Math.floor(last / pageSize) - from + 1) }, (_, index) => from + index);
}

/** The loaded pages with one of them new. A row may have moved here from another page: it stays only where it was last seen. */
function withPage(pages: readonly (readonly ProxyRow[])[], index: number, { rows, total }: ProxyPage): (readonly ProxyRow[])[] {
  const ids = new Set(rows.map((row) => row.id));
  const others: (readonly ProxyRow[])[] = pages.map((page) => page.filter((row) => !ids.has(row.id)));
  others[index] = rows;
  return others.slice(0, Math.ceil(total / pageSize));
}
