import { basename } from 'node:path';
import { formatAddress, type ProxyAddress, parseProxyAddress } from './proxy-address.ts';
import { isProxyVariable } from './shell-files.ts';
import type { Suspect } from './suspect.ts';

/** The proxy variables that this process was started with, those with the same address together. */
export function findVariables(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): readonly Suspect[] {
  const byAddress = new Map<string, { address: ProxyAddress; names: string[] }>();
  for (const [name, value = ''] of Object.entries(env)) {
    const address = isProxyVariable(name) ? parseProxyAddress(value) : null;
    if (address === null) continue;
    const key = formatAddress(address);
    const group = byAddress.get(key) ?? { address, names: [] };
    group.names.push(name);
    byAddress.set(key, group);
  }
  return [...byAddress.values()].map(({ address, names }) => {
    const sorted = names.sort();
    const command = forgetting(sorted, env, platform);
    return {
      finding: { code: 'variable-dead', place: sorted.join(', '), change: { kind: 'command', command, why: 'this-terminal' } },
      leadsTo: [address],
      repair: null,
    };
  });
}

/** In the words of the shell that is most likely in use. */
function forgetting(names: readonly string[], env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  if (platform === 'win32') return names.map((name) => `set ${name}=`).join(' & ');
  return `${basename(env.SHELL ?? '') === 'fish' ? 'set -e' : 'unset'} ${names.join(' ')}`;
}
