import { tidyName } from '../name.ts';
import { parseSubscriptionAddress, type SubscriptionAddress } from '../subscription-address.ts';
import { type Fields, fieldsOf, isFields, refuseChain, textOf } from './fields.ts';
import type { List } from './list.ts';

const heading = /^(?:proxy-providers|"proxy-providers"|'proxy-providers'):/m;

/** Whether the configuration has its proxies, or some of them, from other lists. */
export const hasProviders = (text: string) => heading.test(text);

/** The lists that `proxy-providers:` names (MetaCubeX/mihomo, docs/config.yaml): to be asked for, never fetched by themselves. */
export function* providerItems(text: string, readWhole: () => unknown): List {
  const line = text.slice(0, text.search(heading)).split(/\r\n?|\n/).length;
  const providers: (readonly [string, Fields])[] = [];
  const read = () => {
    const whole = readWhole();
    const named = Object.entries(fieldsOf(isFields(whole) ? whole : {}, 'proxy-providers'));
    providers.push(...named.flatMap(([name, provider]) => (isFields(provider) ? [[name, provider] as const] : [])));
    return [];
  };
  yield { line, read };
  for (const [name, provider] of providers) yield { line, read: () => [], readAddresses: () => addressOf(name, provider) };
}

function addressOf(name: string, provider: Fields): readonly SubscriptionAddress[] {
  const address = parseSubscriptionAddress(textOf(provider, 'url'));
  if (address === null) return [];
  refuseChain('dialer-proxy', textOf(provider, 'dialer-proxy') || textOf(fieldsOf(provider, 'override'), 'dialer-proxy'));
  return [{ ...address, name: address.name || tidyName(name) }];
}
