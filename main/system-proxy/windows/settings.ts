import type { Meaning, Settings, Target } from '../backend.ts';
import { toWindowsBypass } from './bypass.ts';
import { type Connection, type ConnectionChange, connectionFlags } from './connection.ts';

/** Goes around the proxy besides what the person wishes: names without a dot, which only the local network knows. */
const simpleNames = '<local>';
const lan = '';

/** `flags@` is the LAN connection's, `flags@Work VPN` that of the entry of this name. */
export function toSettings(connections: readonly Connection[]): Settings {
  return Object.fromEntries(
    connections.flatMap(({ name, flags, server, bypass, autoConfigUrl }) => [
      [`server@${name}`, server],
      [`bypass@${name}`, bypass],
      [`autoConfigUrl@${name}`, autoConfigUrl],
      [`flags@${name}`, String(flags)],
    ]),
  );
}

/** The connections that settings speak of, with what they say of each; null counts as empty, and as direct. */
export function toChanges(settings: Settings): ConnectionChange[] {
  const changes = new Map<string, Record<string, string | number>>();
  for (const [key, value] of Object.entries(settings)) {
    const [, field = '', name = ''] = /^(\w+)@(.*)$/s.exec(key) ?? [];
    const change = changes.get(name) ?? {};
    changes.set(name, change);
    change[field] = field === 'flags' ? Number(value ?? connectionFlags.direct) : (value ?? '');
  }
  return [...changes].map(([name, change]) => ({ ...change, name }));
}

/** Every connection, so that a VPN that is dialled later goes through the proxy too. An unused script's address stays where it is. */
export function wanted({ host, port, pacUrl, bypass }: Target, present: Settings): Settings {
  return Object.assign({}, ...connectionsIn(present).map((name) => (pacUrl === null ? manual(name) : script(name, pacUrl))));

  function manual(name: string): Settings {
    const kept = (present[`bypass@${name}`] ?? '').split(/[;\s]+/).filter((entry) => entry !== '');
    return {
      [`server@${name}`]: `${host.includes(':') ? `[${host}]` : host}:${port}`,
      [`bypass@${name}`]: [...new Set([...kept, ...toWindowsBypass(bypass), simpleNames])].join(';'),
      [`flags@${name}`]: String(connectionFlags.direct | connectionFlags.proxy),
    };
  }
}

function script(name: string, url: string): Settings {
  return { [`autoConfigUrl@${name}`]: url, [`flags@${name}`]: String(connectionFlags.direct | connectionFlags.autoConfigUrl) };
}

/** Automatic detection stays: it finds nothing where there is nothing. */
export function off(present: Settings): Settings {
  const { direct, proxy, autoConfigUrl } = connectionFlags;
  const flagsOf = (name: string) => (Number(present[`flags@${name}`]) & ~(proxy | autoConfigUrl)) | direct;
  return Object.fromEntries(connectionsIn(present).map((name) => [`flags@${name}`, String(flagsOf(name))]));
}

const connectionsIn = (settings: Settings): string[] =>
  Object.keys(settings).flatMap((key) => (key.startsWith('flags@') ? [key.slice('flags@'.length)] : []));

/** Which mode counts is in the flags, whose sense is in the addresses; a bypass list belongs to its server. */
export function company(key: string): readonly string[] {
  const [, field, name] = /^(\w+)(@.*)$/s.exec(key) ?? [];
  if (field === 'flags') return [`server${name}`, `autoConfigUrl${name}`];
  return field === 'bypass' ? [`server${name}`] : [];
}

/** What the LAN connection says, which counts for all but dial-up and VPN connections. A script comes before a proxy, as in Windows. */
export function meaning(settings: Settings): Meaning {
  const flags = Number(settings[`flags@${lan}`] ?? connectionFlags.direct);
  const server = settings[`server@${lan}`] ?? '';
  return { mode: modeOf(flags), ...addresses(server), pacUrl: settings[`autoConfigUrl@${lan}`] || null };
}

/** Automatic detection is on with most people and finds nothing, so it counts last. */
function modeOf(flags: number): Meaning['mode'] {
  if (flags & connectionFlags.autoConfigUrl) return 'pac';
  if (flags & connectionFlags.proxy) return 'manual';
  return flags & connectionFlags.autoDetect ? 'detect' : 'none';
}

/** `host:port` for all, or `http=host:port;https=host:port;socks=host:port`, each perhaps with a scheme before it. */
function addresses(server: string): Pick<Meaning, 'http' | 'https' | 'socks'> {
  const entries = server.split(/[;\s]+/).filter((entry) => entry !== '');
  const plain = entries.find((entry) => !entry.includes('='));
  const of = (scheme: string) => {
    const entry = entries.find((text) => text.toLowerCase().startsWith(`${scheme}=`));
    const address = entry?.slice(scheme.length + 1) ?? (scheme === 'socks' ? undefined : plain);
    return address?.replace(/^\w+:\/\//, '').replace(/^.*@/, '') || null;
  };
  return { http: of('http'), https: of('https'), socks: of('socks') };
}
