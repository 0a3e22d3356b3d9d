import type { Change } from '../../../preload/diagnosis.ts';
import type { Backend, BackendParts, Meaning, Settings } from '../backend.ts';
import { createBackend, findDesktop } from '../backends.ts';
import { SystemProxyError } from '../system-proxy-error.ts';
import { parseProxyAddress } from './proxy-address.ts';
import type { Suspect } from './suspect.ts';

/** Where the desktop's own setting sends programs; null where it has none that we can read. */
export async function findInSystem(parts: BackendParts, signal: AbortSignal): Promise<readonly Suspect[] | null> {
  const { id } = findDesktop(parts);
  const backend = id === null ? null : createBackend(id, parts);
  if (backend === null) return null;
  try {
    const present = await backend.read(signal);
    return suspectsIn(backend, present);
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
  return [{ finding: { code, place: backend.desktop, change: turningOff(backend, present) }, leadsTo, repair: () => turnOff(backend) }];
}

function placesOf({ mode, http, https, socks, pacUrl }: Meaning): Suspect['leadsTo'] {
  if (mode === 'pac') return pacUrl === null ? [] : [{ script: pacUrl }];
  if (mode !== 'manual') return [];
  const addresses = [...new Set([http, https, socks])].filter((address) => address !== null);
  return addresses.map(parseProxyAddress).filter((address) => address !== null);
}

/** What `off` changes holds no address: a setting's value is shown as it is. */
function turningOff(backend: Backend, present: Settings): Change {
  const changes = Object.entries(backend.off(present)).filter(([name, value]) => present[name] !== value);
  return {
    kind: 'settings',
    changes: changes.map(([setting, after]) => ({ setting, before: present[setting] ?? '', after: after ?? '' })),
  };
}

/** What is written is read back: some tools say that all went well, and have done nothing. */
async function turnOff(backend: Backend): Promise<void> {
  const signal = AbortSignal.timeout(repairMs);
  await backend.write(backend.off(await backend.read(signal)), signal);
  if (backend.meaning(await backend.read(signal)).mode !== 'none') throw new SystemProxyError('system-proxy-failed', 'still on');
}

const repairMs = 15_000;
