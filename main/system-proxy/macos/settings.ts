import type { Meaning, Settings, Target } from '../backend.ts';
import { hostOf, isLoopback, proxyKinds } from './networksetup.ts';

/** The services that settings speak of, the primary one first. */
export const servicesOf = (settings: Settings): string[] =>
  Object.keys(settings).flatMap((key) => (key.startsWith('webState@') ? [key.slice('webState@'.length)] : []));

/**
 * Every service that is switched on, so that changing from cable to Wi-Fi does not go around the proxy. SOCKS as well, beside HTTP and HTTPS:
 * what is there otherwise would lead programs around, and the endpoint speaks it on the same port.
 */
export function wanted({ host, port, pacUrl, bypass }: Target, present: Settings): Settings {
  const settings: Record<string, string | null> = {};
  for (const service of servicesOf(present)) {
    const off = (name: string) => {
      if (present[`${name}@${service}`] === 'on') settings[`${name}@${service}`] = 'off';
    };
    off('discoveryState');
    if (pacUrl === null) {
      const kept = present[`bypass@${service}`]?.split('\n') ?? [];
      for (const kind of proxyKinds) settings[`${kind}@${service}`] = `${host} ${port}`;
      settings[`bypass@${service}`] = [...new Set([...kept, ...bypass.flatMap(toMacBypass)])].join('\n') || null;
      for (const kind of proxyKinds) settings[`${kind}State@${service}`] = 'on';
      off('autoproxyState');
    } else {
      settings[`autoproxy@${service}`] = pacUrl;
      settings[`autoproxyState@${service}`] = 'on';
      for (const kind of proxyKinds) off(`${kind}State`);
    }
  }
  return settings;
}

/** A plain name is that host alone here; addresses and ranges are as they are everywhere. */
function toMacBypass(entry: string): string[] {
  const isName = !/[:/]|^[\d.]+$/.test(entry);
  if (!isName || entry.startsWith('*')) return [entry];
  const name = entry.replace(/^\./, '');
  return name === entry && name !== 'localhost' ? [name, `*.${name}`] : [name === entry ? name : `*.${name}`];
}

export function off(present: Settings): Settings {
  return Object.fromEntries(
    Object.keys(present).flatMap((key) => (/^\w+State@/.test(key) && !key.startsWith('discovery') ? [[key, 'off']] : [])),
  );
}

/** Who has set a proxy of their own wants no script of ours or of before, and the other way round. */
export function company(key: string): readonly string[] {
  const [, name = '', service] = /^(\w+)(@.*)$/s.exec(key) ?? [];
  const values = ['web', 'secureweb', 'autoproxy'].map((value) => value + service);
  if (name === 'bypass') return values.slice(0, 2);
  if (name === 'autoproxyState' || name === 'discoveryState') return values;
  return name.endsWith('State') ? [name.slice(0, -'State'.length) + service, `autoproxy${service}`] : [];
}

/** Whether programs of this service are led to this computer, and so to nobody once we are gone. */
export function leadsHere(settings: Settings, service: string): boolean {
  const { http, https, socks, pacUrl, mode } = meaningOf(settings, service);
  return mode === 'pac'
    ? isLoopback(hostOf(pacUrl ?? ''))
    : [http, https, socks].some((address) => isLoopback(hostOf(`http://${address}`)));
}

/** What the primary service says: it is the one that macOS goes by. A script comes before proxies. */
export const meaning = (settings: Settings): Meaning => meaningOf(settings, servicesOf(settings)[0] ?? '');

function meaningOf(settings: Settings, service: string): Meaning {
  const isOn = (name: string) => settings[`${name}State@${service}`] === 'on';
  const address = (kind: string) => {
    const [host = '', port] = settings[`${kind}@${service}`]?.split(' ') ?? [];
    if (host === '' || !isOn(kind)) return null;
    return `${host.includes(':') ? `[${host}]` : host}:${port}`;
  };
  const [http = null, https = null, socks = null] = proxyKinds.map(address);
  return { mode: modeOf(isOn), http, https, socks, pacUrl: settings[`autoproxy@${service}`] ?? null };
}

function modeOf(isOn: (name: string) => boolean): Meaning['mode'] {
  if (isOn('autoproxy')) return 'pac';
  if (proxyKinds.some(isOn)) return 'manual';
  return isOn('discovery') ? 'detect' : 'none';
}
