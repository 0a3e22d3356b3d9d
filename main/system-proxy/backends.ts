import type { Backend, BackendId, BackendParts } from './backend.ts';
import { createGnome } from './gnome.ts';

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
  if (platform === 'win32') return { id: null, desktop: 'Windows' };
  if (platform === 'darwin') return { id: null, desktop: 'macOS' };
  const names = (env.XDG_CURRENT_DESKTOP ?? '').split(':').filter((name) => name !== '');
  const kin = names.map((name) => gnomeKin[name.toLowerCase()]).find((name) => name !== undefined);
  if (kin !== undefined) return { id: 'gnome', desktop: kin };
  return { id: null, desktop: names[0] ?? '' };
}

/** The backend of that name, for this system or for a journal. null: it does not exist on this system. */
export function createBackend(id: BackendId, parts: BackendParts): Backend | null {
  const desktop = findDesktop(parts).desktop;
  if (id === 'gnome') return createGnome({ ...parts, desktop });
  return null;
}
