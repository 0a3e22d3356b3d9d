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

/** The proxies that a search finds; '' finds all. None where they could not be had, which `call` has shown. */
export async function idsFound(search: string): Promise<readonly string[]> {
  const outcome = await call('listProxyIds', search === '' ? {} : { search });
  return outcome.ok ? outcome.value : [];
}
