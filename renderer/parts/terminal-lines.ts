import type { AppState } from '../../preload/contract.ts';

export const shells = ['sh', 'fish', 'powershell', 'cmd'] as const;
export type Shell = (typeof shells)[number];

/** What is typed into a terminal so that the programs started in it use the endpoint, and what undoes it. */
export interface TerminalLines {
  readonly on: string;
  readonly off: string;
}

type Endpoint = NonNullable<AppState['endpoint']>;

/** Lower case, which every program reads; curl reads no HTTP_PROXY. */
const names = ['http_proxy', 'https_proxy', 'all_proxy'] as const;

/** The address as http: for every kind of traffic, because many programs stop at a scheme with SOCKS in it that they do not know. */
export function terminalLines(endpoint: Endpoint, shell: Shell): TerminalLines {
  const url = `http://${endpoint.needsLogin ? 'USER:PASSWORD@' : ''}${hostOf(endpoint)}:${endpoint.port}`;
  switch (shell) {
    case 'sh':
      return { on: `export ${names.map((name) => `${name}=${url}`).join(' ')}`, off: `unset ${names.join(' ')}` };
    case 'fish':
      return { on: names.map((name) => `set -gx ${name} ${url}`).join('; '), off: `set -e ${names.join(' ')}` };
    case 'powershell':
      return {
        on: `${names.map((name) => `$env:${name}`).join(' = ')} = '${url}'`,
        off: `Remove-Item ${names.map((name) => `Env:${name}`).join(', ')} -ErrorAction SilentlyContinue`,
      };
    case 'cmd':
      return {
        on: names.map((name) => `set "${name}=${url}"`).join(' & '),
        off: names.map((name) => `set "${name}="`).join(' & '),
      };
  }
}

/** Who listens on all addresses is reached on this computer's own. */
function hostOf({ host }: Endpoint): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
