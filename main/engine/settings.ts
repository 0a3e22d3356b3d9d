import { modes, type Settings } from '../../preload/contract.ts';
import type { Database } from './database.ts';

/** The person's settings as the last run left them; what was never set, or is not known to this version, is as at the first start. */
export function readSettings(database: Database): Settings {
  const mode = database.readSetting('mode');
  return {
    claimTelegramLinks: database.readSetting('claimTelegramLinks') === 'true',
    mode: modes.find((known) => known === mode) ?? 'automatic',
    group: database.readSealedSetting('group'),
    allowDirectCheck: database.readSetting('allowDirectCheck') === 'true',
    allowDirectFetch: database.readSetting('allowDirectFetch') === 'true',
  };
}

/** Writes what is given. The group is a source, which may tell as much as a link: it is sealed. */
export function writeSettings(database: Database, { group, ...plain }: Partial<Settings>): void {
  for (const [name, value] of Object.entries(plain)) database.writeSetting(name, String(value));
  if (group !== undefined) database.writeSealedSetting('group', group);
}
