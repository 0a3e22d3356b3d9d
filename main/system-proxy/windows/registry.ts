import { isDeepStrictEqual } from 'node:util';
import type { Run } from '../backend.ts';
import { SystemProxyError } from '../system-proxy-error.ts';
import { type Connection, type ConnectionChange, connectionFlags } from './connection.ts';
import { type ConnectionBlob, readConnectionBlob, writeConnectionBlob } from './connection-blob.ts';

const settingsKey = 'HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings';
const connectionsKey = `${settingsKey}\\Connections`;
const policyKey = 'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows\\CurrentVersion\\Internet Settings';
const lanValue = 'DefaultConnectionSettings';
/** Windows' copy of the LAN connection, by which it sees that the plain values were changed. */
const lanCopy = 'SavedLegacySettings';
const notConnections: readonly string[] = [lanValue, lanCopy, 'WinHttpSettings', '(Default)'];

/** The values of a key as `reg query` prints them. Only the names of types are the same in every language. */
export function parseRegistry(printed: string): Map<string, string> {
  const lines = [...printed.matchAll(/^ {4}(.+?) {4}REG_[A-Z_]+(?: {4}(.*?))?\r?$/gm)];
  return new Map(lines.map(([, name = '', value = '']) => [name, value]));
}

/** The connections that the registry tells of. The plain values count before the LAN's blob: programs that know no better write only them. */
export function readConnections(plain: ReadonlyMap<string, string>, blobs: ReadonlyMap<string, string>): Connection[] {
  const named = [...blobs].flatMap(([name, hex]) => {
    const blob = notConnections.includes(name) || !isAscii(name) ? null : parseBlob(hex);
    return blob === null ? [] : [pick(name, blob)];
  });
  return [readLan(plain, parseBlob(blobs.get(lanValue))), ...named];
}

function readLan(plain: ReadonlyMap<string, string>, blob: ConnectionBlob | null): Connection {
  const text = (name: string, otherwise = '') => {
    const value = plain.get(name);
    return value === undefined || !isAscii(value) ? otherwise : value; // reg prints other letters in the console's code page
  };
  const { proxy, autoConfigUrl } = connectionFlags;
  const kept = (blob?.flags ?? connectionFlags.direct) & ~(proxy | autoConfigUrl);
  const isOn = Number(plain.get('ProxyEnable') ?? 0) === 1;
  return {
    name: '',
    flags: kept | (isOn ? proxy : 0) | (plain.has('AutoConfigURL') ? autoConfigUrl : 0),
    server: text('ProxyServer', blob?.server),
    bypass: text('ProxyOverride', blob?.bypass),
    autoConfigUrl: text('AutoConfigURL', blob?.autoConfigUrl),
  };
}

/** The arguments of every `reg` run that makes this connection so. Throws RangeError; see `writeConnectionBlob`. */
export function registryCommands(wanted: Connection, blobs: ReadonlyMap<string, string>): string[][] {
  const blob = (name: string) => {
    const bytes = writeConnectionBlob(wanted, parseBlob(blobs.get(name)));
    return ['add', connectionsKey, '/v', name, '/t', 'REG_BINARY', '/d', bytes.toString('hex'), '/f'];
  };
  if (wanted.name !== '') return [blob(wanted.name)];
  const set = (name: string, type: string, value: string) => ['add', settingsKey, '/v', name, '/t', type, '/d', value, '/f'];
  const unset = (name: string) => ['delete', settingsKey, '/v', name, '/f'];
  const text = (name: string, value: string) => (value === '' ? unset(name) : set(name, 'REG_SZ', value));
  const isOn = (wanted.flags & connectionFlags.proxy) !== 0;
  const hasScript = (wanted.flags & connectionFlags.autoConfigUrl) !== 0;
  return [
    text('ProxyServer', wanted.server),
    text('ProxyOverride', wanted.bypass),
    hasScript ? set('AutoConfigURL', 'REG_SZ', wanted.autoConfigUrl) : unset('AutoConfigURL'), // that it is there says that it counts
    set('ProxyEnable', 'REG_DWORD', isOn ? '1' : '0'),
    blob(lanCopy),
    blob(lanValue),
  ];
}

/** Why a change is denied: a policy makes Windows ignore what this user sets. */
export const managed = 'Windows uses the settings of the computer';

/** What the registry says at one moment. */
export interface RegistryView {
  readonly connections: readonly Connection[];
  readonly blobs: ReadonlyMap<string, string>;
  /** Whether the plain values say what WinINET reads, the LAN's blob. */
  readonly isAgreed: boolean;
  /** The same as before as long as nothing has changed. */
  readonly text: string;
}

/**
 * The way without PowerShell: values in the registry, by reg.exe. Programs that watch the registry see them at once, others when they start.
 * Entries with a name beyond ASCII stay as they are, and those on which nothing was ever set are not seen.
 */
export function createRegistry(reg: (args: readonly string[], signal: AbortSignal) => ReturnType<Run>) {
  const read = async (signal: AbortSignal): Promise<RegistryView> => {
    const answers = await Promise.all([settingsKey, connectionsKey].map((key) => reg(['query', key], signal)));
    const [plain = new Map(), blobs = new Map()] = answers.map(({ stdout }) => parseRegistry(stdout));
    if (plain.size === 0) throw new SystemProxyError('system-proxy-failed', 'reg query: no settings');
    const blob = parseBlob(blobs.get(lanValue));
    const isAgreed = blob !== null && isDeepStrictEqual(readLan(plain, blob), pick('', blob));
    return { connections: readConnections(plain, blobs), blobs, isAgreed, text: answers.map(({ stdout }) => stdout).join('') };
  };
  return {
    read,
    async write(changes: readonly ConnectionChange[], signal: AbortSignal) {
      const policy = await reg(['query', policyKey, '/v', 'ProxySettingsPerUser'], signal);
      if (parseRegistry(policy.stdout).get('ProxySettingsPerUser') === '0x0') throw new SystemProxyError('system-proxy-denied', managed);
      const { connections, blobs } = await read(signal);
      for (const change of changes) {
        const present = connections.find(({ name }) => name === change.name);
        if (present === undefined) continue; // it was deleted meanwhile
        const { on, off, ...texts } = change;
        const wanted = { ...present, ...texts, flags: (present.flags & ~off) | on };
        for (const args of registryCommands(wanted, blobs)) await must(reg, args, signal);
      }
    },
  };
}

async function must(reg: (args: readonly string[], signal: AbortSignal) => ReturnType<Run>, args: readonly string[], signal: AbortSignal) {
  const { code } = await reg(args, signal);
  if (code !== 0 && args[0] === 'add') throw new SystemProxyError('system-proxy-failed', `reg add ${args[3]}: ${code}`);
}

const parseBlob = (hex: string | undefined): ConnectionBlob | null => (hex ? readConnectionBlob(Buffer.from(hex, 'hex')) : null);
const isAscii = (text: string): boolean => /^[\x20-\x7e]*$/.test(text);
const pick = (name: string, { flags, server, bypass, autoConfigUrl }: ConnectionBlob): Connection => ({
  name,
  flags,
  server,
  bypass,
  autoConfigUrl,
});
