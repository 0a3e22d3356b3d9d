import type { Backend, BackendId, BackendParts } from './backend.ts';
import { beside } from './beside.ts';
import { createGnome } from './gnome.ts';
import { createKde } from './kde.ts';
import { createMacos } from './macos/macos.ts';
import { createWindows } from './windows/windows.ts';

/** Desktops that keep their proxy in GNOME's schema, by their names in XDG_CURRENT_DESKTOP. */
const gnomeKin: Readonly<Record<string, string>> = {
  gnome: 'GNOME',
  'x-cinnamon': 'Cinnamon',
  cinnamon: 'Cinnamon',
  mate: 'MATE',
  budgie: 'Budgie',
  unity: 'Unity',
  pantheon: 'Pantheon',
};

/** Where this system keeps its proxy setting, and what the person calls the system. id null: nowhere that we know. */
export function findDesktop({ platform, env }: Pick<BackendParts, 'platform' | 'env'>): { id: BackendId | null; desktop: string } {
  if (platform === 'win32') return { id: 'windows', desktop: 'Windows' };
  if (platform === 'darwin') return { id: 'macos', desktop: 'macOS' };
  const names = (env.XDG_CURRENT_DESKTOP ?? '').split(':').filter((name) => name !== '');
  const kin = names.map((name) => gnomeKin[name.toLowerCase()]).find((name) => name !== undefined);
  if (kin !== undefined) return { id: 'gnome', desktop: kin };
  if (names.some((name) => name.toLowerCase() === 'kde')) return { id: 'kde', desktop: 'KDE' };
  return { id: null, desktop: names[0] ?? '' };
}

/** The backend of that name, for this system or for a journal. null: it does not exist on this system. */
export function createBackend(id: BackendId, parts: BackendParts): Backend | null {
  const desktop = findDesktop(parts).desktop;
  if (id === 'gnome') return createGnome({ ...parts, desktop });
  if (id === 'kde') return beside(createKde(parts), createGnome({ ...parts, desktop }));
  if (id === 'windows' && parts.platform === 'win32') return createWindows({ ...parts, desktop });
  if (id === 'macos' && parts.platform === 'darwin') return createMacos({ ...parts, desktop });
  return null;
}
