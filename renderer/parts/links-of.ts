import type { Arguments } from '../../preload/contract.ts';
import { call } from '../store.ts';

/** The links with their secrets, at the person's request. null where they could not be had, which `call` has shown. */
export async function linksOf(ids: Arguments<'exportLinks'>['ids']): Promise<string | null> {
  const outcome = await call('exportLinks', { ids });
  return outcome.ok ? outcome.value.text : null;
}
