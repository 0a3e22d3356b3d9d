import type { Meaning, Settings, Target } from '../backend.ts';
import { toWindowsBypass } from './bypass.ts';
import { type Connection, type ConnectionChange, connectionFlags } from './connection.ts';

const lan = '';

const flagNames = { proxy: connectionFlags.proxy, script: connectionFlags.autoConfigUrl, detection: connectionFlags.autoDetect } as const;

/**
 * `server@` is the LAN connection's, `server@Work VPN` that of the entry of this name. Each flag is a setting of its own, on or off, so that a
 * change that was broken off in the middle is understood.
 */
export function toSettings(connections: readonly Connection[]): Settings {
  return Object.fromEntries(
    connections.flatMap(({ name, flags, server, bypass, autoConfigUrl }) => [
      [`server@${name}`, server],
      [`bypass@${name}`, bypass],
      [`autoConfigUrl@${name}`, autoConfigUrl],
      ...Object.entries(flagNames).map(([key, flag]) => [`${key}@${name}`, flags & flag ? 'on' : 'off']),
    ]),
  );
}

/** The connections that settings speak of, with what they say of each; null counts as empty, and as off. */
export function toChanges(settings: Settings): ConnectionChange[] {
  const changes = new Map<string, ConnectionChange>();
  for (const [key, value] of Object.entries(settings)) {
    const [, field = '', name = ''] = /^(\w+)@(.*)$/s.exec(key) ?? [];
    const change = changes.get(name) ?? { name, on: 0, off: 0 };
    const flag = flagOf(field);
    if (flag === 0) changes.set(name, { ...change, [field]: value ?? '' });
    else if (value === 'on') changes.set(name, { ...change, on: change.on | flag });
    else changes.set(name, { ...change, off: change.off | flag });
  }
  return [...changes.values()];
}

/** Every connection, so that a VPN that is dialled later goes through the proxy too. An unused script's address stays where it is. */
export function wanted({ host, port, pacUrl, bypass }: Target, present: Settings): Settings {
  return Object.assign({}, ...connectionsIn(present).map((name) => (pacUrl === null ? manual(name) : script(name, pacUrl))));

  function manual(name: string): Settings {
    const kept = (present[`bypass@${name}`] ?? '').split(/[;\s]+/).filter((entry) => entry !== '');
    return {
      [`server@${name}`]: `${host.includes(':') ? `[${host}]` : host}:${port}`,
      [`bypass@${name}`]: [...new Set([...kept, ...toWindowsBypass(bypass)])].join(';'),
      ...modes(name, { proxy: 'on' }),
    };
  }
}

const script = (name: string, url: string): Settings => ({ [`autoConfigUrl@${name}`]: url, ...modes(name, { script: 'on' }) });

/** One way counts, and no other: detection and scripts come before a proxy. */
const modes = (name: string, on: Partial<Record<keyof typeof flagNames, 'on'>>): Settings =>
  Object.fromEntries(
    Object.entries({ proxy: 'off', script: 'off', detection: 'off', ...on }).map(([key, value]) => [`${key}@${name}`, value]),
  );

/** Automatic detection stays: it finds nothing where there is nothing. */
export function off(present: Settings): Settings {
  return Object.assign({}, ...connectionsIn(present).map((name) => ({ [`proxy@${name}`]: 'off', [`script@${name}`]: 'off' })));
}

const connectionsIn = (settings: Settings): string[] =>
  Object.keys(settings).flatMap((key) => (key.startsWith('server@') ? [key.slice('server@'.length)] : []));

/** The flags have their sense by the addresses; a bypass list belongs to its server. */
export function company(key: string): readonly string[] {
  const [, field = '', name] = /^(\w+)(@.*)$/s.exec(key) ?? [];
  if (flagOf(field) !== 0) return [`server${name}`, `autoConfigUrl${name}`];
  return field === 'bypass' ? [`server${name}`] : [];
}

const flagOf = (field: string): number => Object.entries(flagNames).find(([key]) => key === field)?.[1] ?? 0;

/** What the LAN connection says, which counts for all but dial-up and VPN connections. A script comes before a proxy, as in Windows. */
export function meaning(settings: Settings): Meaning {
  return { mode: modeOf(settings), ...addresses(settings[`server@${lan}`] ?? ''), pacUrl: settings[`autoConfigUrl@${lan}`] || null };
}

/** Automatic detection is on with most people and finds nothing, so it counts last. */
function modeOf(settings: Settings): Meaning['mode'] {
  const isOn = (key: keyof typeof flagNames) => settings[`${key}@${lan}`] === 'on';
  if (isOn('script')) return 'pac';
  if (isOn('proxy')) return 'manual';
  return isOn('detection') ? 'detect' : 'none';
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
