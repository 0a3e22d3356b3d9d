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
  let list: ProxyPage = { total: 0, rows: [] };
  let inSight = [0];
  let wantsMore = true;
  let busy = false;
  let closed = false;
  let calm: ReturnType<typeof setTimeout> | undefined;
  const fresh = new Set<number>();

  const next = () => {
    const stale = inSight.find((page) => !fresh.has(page));
    if (stale !== undefined) return stale;
    return wantsMore && list.rows.length < list.total ? Math.floor(list.rows.length / pageSize) : null;
  };
  const work = async () => {
    if (busy) return;
    busy = true;
    for (let page = next(); page !== null && !closed; page = next()) {
      fresh.add(page);
      if (page * pageSize >= list.rows.length) wantsMore = false;
      const outcome = await read('listProxies', { offset: page * pageSize, limit: pageSize, ...(search !== '' && { search }) });
      if (closed) break;
      if (!outcome.ok) {
        fresh.delete(page);
        break;
      }
      list = { total: outcome.value.total, rows: withPage(list.rows, page * pageSize, outcome.value) };
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

/** The loaded rows with one page new. A row may have moved here from another page: it stays only where it was last seen. */
function withPage(rows: readonly ProxyRow[], offset: number, page: ProxyPage): readonly ProxyRow[] {
  const ids = new Set(page.rows.map((row) => row.id));
  const elsewhere = (row: ProxyRow) => !ids.has(row.id);
  return [...rows.slice(0, offset).filter(elsewhere), ...page.rows, ...rows.slice(offset + pageSize).filter(elsewhere)].slice(
    0,
    page.total,
  );
}
