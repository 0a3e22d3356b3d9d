import { join } from 'node:path';
import { prepareDataFolder } from './data-folder.ts';
import { lockFolder } from './database/folder-lock.ts';
import { openKeyring } from './database/keyring.ts';
import { openFile } from './database/open-file.ts';
import { createProxyTable, type Listing, type Measurement, type StoredProxy } from './database/proxy-table.ts';
import { createSettingTable, type SettingTable } from './database/setting-table.ts';
import { storing } from './database/sqlite.ts';
import { createSubscriptionTable, type SubscriptionTable } from './database/subscription-table.ts';
import type { Platform } from './platform.ts';

export type { Listing, Measurement, StoredProxy };

/**
 * What is kept between runs. Every call is synchronous and what it changed is on the disk when it returns: a crash or a power failure
 * afterwards loses nothing of it. Every call throws EngineError `data-folder-unusable` when the disk does not oblige.
 */
export interface Database extends SettingTable, Omit<SubscriptionTable, 'countUnreadable'> {
  /** The path to which an unreadable file was moved at opening; the new one is empty. */
  readonly setAside: string | null;
  /** Links and subscriptions whose seal could not be opened: kept, not returned. Those damaged one by one are counted by `loadProxies`. */
  readonly unreadableLinks: number;
  /** In the order in which they were added. */
  loadProxies(): StoredProxy[];
  /**
   * All or none of them, as coming from `source`. null for a link that is already there, its `#name` aside; it stays as it is, and so does its
   * source. With a `listing` they are on that subscription's list; without one they were added by hand.
   */
  addProxies(links: readonly string[], source?: string, listing?: Listing): (StoredProxy | null)[];
  /**
   * Those of these links that are there under another name have this one from now on; their ids by link. What was added by hand is renamed by hand
   * alone, and a link without a name changes nothing.
   */
  renameProxies(links: readonly string[], byHand: boolean): ReadonlyMap<string, string>;
  /** By id; an id that is not there is passed over. */
  setExcluded(ids: readonly string[], excluded: boolean): void;
  /** How many were there to remove. */
  removeProxies(ids: readonly string[]): number;
  /** By id; an id that is not there is passed over. */
  saveMeasurements(measurements: ReadonlyMap<string, Measurement>): void;
  /** Lets go of the data folder. May be called twice. */
  close(): void;
}

/**
 * Opens the database in the platform's data folder, which is made where it is missing. Throws EngineError: `data-folder-in-use` when
 * another process has it, `database-too-new` when a later version wrote it, `data-folder-unusable` when it cannot be read or written.
 * A file that is no sound database is moved aside, with its log, and an empty one is made.
 */
export function openDatabase(platform: Platform): Database {
  return storing(() => {
    prepareDataFolder(platform.dataFolder);
    const lock = lockFolder(platform.dataFolder);
    try {
      return openLocked(platform, lock.release);
    } catch (error) {
      lock.release();
      throw error;
    }
  });
}

function openLocked(platform: Platform, release: () => void): Database {
  const { sql, setAside } = openFile(join(platform.dataFolder, 'paperplane.db'));
  const keyring = openKeyring(sql, platform.secrets);
  const proxies = createProxyTable(sql, keyring);
  const settings = createSettingTable(sql, keyring);
  const subscriptions = createSubscriptionTable(sql, keyring);
  return {
    setAside,
    get unreadableLinks() {
      return proxies.unreadable() + subscriptions.countUnreadable();
    },
    loadProxies: () => storing(() => proxies.load()),
    addProxies: (links, source = '', listing) => storing(() => proxies.add(links, source, listing)),
    renameProxies: (links, byHand) => storing(() => proxies.rename(links, byHand)),
    setExcluded: (ids, excluded) => storing(() => proxies.exclude(ids, excluded)),
    removeProxies: (ids) => storing(() => proxies.remove(ids)),
    saveMeasurements: (measurements) => storing(() => proxies.measure(measurements)),
    readSetting: (name) => storing(() => settings.readSetting(name)),
    writeSetting: (name, value) => storing(() => settings.writeSetting(name, value)),
    readSealedSetting: (name) => storing(() => settings.readSealedSetting(name)),
    writeSealedSetting: (name, value) => storing(() => settings.writeSealedSetting(name, value)),
    loadSubscriptions: () => storing(() => subscriptions.loadSubscriptions()),
    addSubscription: (text) => storing(() => subscriptions.addSubscription(text)),
    saveSubscription: (id, text) => storing(() => subscriptions.saveSubscription(id, text)),
    removeSubscription: (id) => storing(() => subscriptions.removeSubscription(id)),
    countListed: (id) => storing(() => subscriptions.countListed(id)),
    forgetUnseen: (id, seen) => storing(() => subscriptions.forgetUnseen(id, seen)),
    close() {
      if (!sql.isOpen) return;
      sql.close();
      release();
    },
  };
}
