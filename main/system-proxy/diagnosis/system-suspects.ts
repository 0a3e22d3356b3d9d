import type { Backend, BackendParts, Meaning, Settings } from '../backend.ts';
import { createBackend, findDesktop } from '../backends.ts';
import { createGnome } from '../gnome.ts';
import { createKde } from '../kde.ts';
import { SystemProxyError } from '../system-proxy-error.ts';
import { parseProxyAddress } from './proxy-address.ts';
import { settingsChange } from './settings-change.ts';
import type { Suspect } from './suspect.ts';

const repairMs = 15_000;

/** Where the desktop's own settings send programs; null where it has none that we can read. */
export async function findInSystem(parts: BackendParts, signal: AbortSignal): Promise<readonly Suspect[] | null> {
  const found = await Promise.all(storesOf(parts).map((backend) => findInStore(backend, signal)));
  return found.every((suspects) => suspects === null) ? null : found.flatMap((suspects) => suspects ?? []);
}

/** Each on its own: GTK programs on KDE go by GNOME's settings, whatever KDE's own say. */
function storesOf(parts: BackendParts): readonly Backend[] {
  const { id } = findDesktop(parts);
  if (id === 'kde') return [createKde(parts), createGnome({ ...parts, desktop: 'GTK' })];
  return [id === null ? null : createBackend(id, parts)].filter((backend) => backend !== null);
}

async function findInStore(backend: Backend, signal: AbortSignal): Promise<readonly Suspect[] | null> {
  try {
    return suspectsIn(backend, await backend.read(signal));
  } catch (error) {
    if (error instanceof SystemProxyError) return null;
    throw error;
  }
}

function suspectsIn(backend: Backend, present: Settings): readonly Suspect[] {
  const meaning = backend.meaning(present);
  const leadsTo = placesOf(meaning);
  if (leadsTo.length === 0) return [];
  const code = meaning.mode === 'pac' ? 'system-pac-dead' : 'system-proxy-dead';
  const change = settingsChange(backend.off(present), present);
  return [{ finding: { code, place: backend.desktop, change }, leadsTo, repair: () => turnOff(backend) }];
}

/** Automatic detection (WPAD) asks the network each time: whether somebody answers cannot be told from the setting, and nobody is no fault. */
function placesOf({ mode, http, https, socks, pacUrl }: Meaning): Suspect['leadsTo'] {
  if (mode === 'pac') return pacUrl === null ? [] : [{ script: pacUrl }];
  if (mode !== 'manual') return [];
  const addresses = [...new Set([http, https, socks])].filter((address) => address !== null);
  return addresses.map(parseProxyAddress).filter((address) => address !== null);
}

/** What is written is read back: some tools say that all went well, and have done nothing. */
async function turnOff(backend: Backend): Promise<void> {
  const signal = AbortSignal.timeout(repairMs);
  await backend.write(backend.off(await backend.read(signal)), signal);
  if (placesOf(backend.meaning(await backend.read(signal))).length > 0) throw new SystemProxyError('system-proxy-failed', 'still on');
}
