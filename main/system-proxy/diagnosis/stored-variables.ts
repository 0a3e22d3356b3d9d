import { join } from 'node:path';
import type { BackendParts } from '../backend.ts';
import { windowsProgram } from '../places.ts';
import { SystemProxyError } from '../system-proxy-error.ts';
import { parseRegistry } from '../windows/registry.ts';
import { type Folders, readSmallFile } from './config-files.ts';
import { maskProxy, parseProxyAddress } from './proxy-address.ts';
import { isProxyVariable } from './shell-files.ts';
import type { Suspect } from './suspect.ts';

/** Where variables for new programs are kept by a program of its own, not in a file that people write. */
interface Store {
  readonly name: string; // for people
  read(): Promise<ReadonlyMap<string, string>>;
  forget(name: string): Promise<void>;
}

const deadlineMs = 10_000;

/** The proxy variables that fish keeps for all its sessions, Windows for all programs of the user, and macOS for those of this login. */
export async function findStoredVariables(parts: BackendParts & { readonly folders: Folders }): Promise<readonly Suspect[]> {
  const found = await Promise.all(storesOf(parts).map(findInStore));
  return found.flat();
}

function storesOf(parts: BackendParts & { readonly folders: Folders }): readonly Store[] {
  if (parts.platform === 'win32') return [windowsStore(parts)];
  const fish = fishStore(parts, parts.folders);
  return parts.platform === 'darwin' ? [fish, launchdStore(parts)] : [fish];
}

async function findInStore(store: Store): Promise<readonly Suspect[]> {
  const variables = await store.read().catch(() => new Map<string, string>()); // mostly: there are none
  return [...variables].flatMap(([name, value]) => {
    const address = isProxyVariable(name) ? parseProxyAddress(value) : null;
    if (address === null) return [];
    const place = `${name} (${store.name})`;
    const change = { kind: 'settings', changes: [{ setting: place, before: maskProxy(value), after: '' }] } as const;
    return [{ finding: { code: 'variable-file-dead', place, change }, leadsTo: [address], repair: () => forget(store, name) }];
  });
}

async function forget(store: Store, name: string): Promise<void> {
  await store.forget(name);
  if ((await store.read()).has(name)) throw new SystemProxyError('repair-failed', `${name} is still there`);
}

/** Its file says that it is not to be edited: a running fish would write it again. */
function fishStore({ run, env }: BackendParts, { config }: Folders): Store {
  return {
    name: 'fish',
    read: async () => parseFishVariables((await readSmallFile(join(config, 'fish/fish_variables'))).text),
    async forget(name) {
      await run('fish', ['-c', `set --erase --universal ${name}`], { env, signal: AbortSignal.timeout(deadlineMs) });
    },
  };
}

/** `SETUVAR --export NAME:value`, with \x and two digits for what is not plain. Only exported ones concern other programs. */
function parseFishVariables(text: string): ReadonlyMap<string, string> {
  const lines = [...text.matchAll(/^SETUVAR (?:--\w+ )*--export (?:--\w+ )*(\w+):(.*)$/gm)];
  const decode = (value: string) => value.replace(/\\x([0-9a-f]{2})/gi, (_all, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return new Map(lines.map(([, name = '', value = '']) => [name, decode(value)]));
}

const launchdNames = ['http_proxy', 'https_proxy', 'ftp_proxy', 'all_proxy'].flatMap((name) => [name, name.toUpperCase()]);

/** What `launchctl setenv` has set: programs that are started from the Dock get it. It cannot be listed, only asked for by name. */
function launchdStore({ run, env }: BackendParts): Store {
  const launchctl = (...args: string[]) => run('/bin/launchctl', args, { env, signal: AbortSignal.timeout(deadlineMs) });
  return {
    name: 'launchctl',
    async read() {
      const asked = launchdNames.map(async (name) => [name, (await launchctl('getenv', name)).stdout.trim()] as const);
      return new Map((await Promise.all(asked)).filter(([, value]) => value !== ''));
    },
    async forget(name) {
      await launchctl('unsetenv', name);
    },
  };
}

/** A variable of the user; programs see it from the next sign-in on. */
function windowsStore({ run, env }: BackendParts): Store {
  const key = 'HKCU\\Environment';
  const reg = (...args: string[]) => run(windowsProgram(env, 'reg.exe'), args, { env, signal: AbortSignal.timeout(deadlineMs) });
  return {
    name: key,
    read: async () => parseRegistry((await reg('query', key)).stdout),
    async forget(name) {
      await reg('delete', key, '/v', name, '/f');
    },
  };
}
