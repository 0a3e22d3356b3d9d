import type { DatabaseSync } from 'node:sqlite';
import type { Keyring } from './keyring.ts';

export interface SettingTable {
  readSetting(name: string): string | null;
  /** null removes it. */
  writeSetting(name: string, value: string | null): void;
  /** A setting that would tell what a link tells. null also when the key that sealed it is missing. */
  readSealedSetting(name: string): string | null;
  /** null removes it. */
  writeSealedSetting(name: string, value: string | null): void;
}

/** Throws SQLite's errors. */
export function createSettingTable(sql: DatabaseSync, keyring: Keyring): SettingTable {
  const readSetting = (name: string) => {
    const row = sql.prepare('SELECT value FROM settings WHERE name = ?').get(name);
    return row === undefined ? null : String(row.value);
  };
  const writeSetting = (name: string, value: string | null) => {
    if (value === null) sql.prepare('DELETE FROM settings WHERE name = ?').run(name);
    else sql.prepare('INSERT INTO settings VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value').run(name, value);
  };
  return {
    readSetting,
    writeSetting,
    readSealedSetting(name) {
      const [keyId, sealed = ''] = readSetting(name)?.split(' ') ?? [];
      try {
        return keyring.keys.get(Number(keyId))?.openText(Buffer.from(sealed, 'base64'), contextOf(name)) ?? null;
      } catch {
        return null;
      }
    },
    writeSealedSetting(name, value) {
      if (value === null) return writeSetting(name, null);
      const key = keyring.current();
      writeSetting(name, `${key.id} ${key.sealText(value, contextOf(name)).toString('base64')}`);
    },
  };
}

const contextOf = (name: string) => `setting ${name}`;
