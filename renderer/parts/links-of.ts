import type { Arguments, ExportFormat, Result } from '../../preload/contract.ts';
import { call } from '../store.ts';

type Ids = Arguments<'exportProxies'>['ids'];

/** The proxies with their secrets, at the person's request. null where they could not be had, which `call` has shown. */
export async function exported(ids: Ids, format: ExportFormat): Promise<Result<'exportProxies'> | null> {
  const outcome = await call('exportProxies', { ids, format });
  return outcome.ok ? outcome.value : null;
}

export async function linksOf(ids: Ids): Promise<string | null> {
  return (await exported(ids, 'links'))?.text ?? null;
}

const pageSize = 500;

/** The proxies that a search finds; '' finds all. */
export async function idsFound(search: string): Promise<Ids> {
  if (search === '') return 'all';
  const ids = new Set<string>();
  for (let offset = 0; ; offset += pageSize) {
    const page = await call('listProxies', { offset, limit: pageSize, search });
    if (!page.ok) return [...ids];
    for (const { id } of page.value.rows) ids.add(id);
    if (offset + pageSize >= page.value.total) return [...ids];
  }
}
