import type { DatabaseSync } from 'node:sqlite';
import { EngineError } from '../errors.ts';
import { inTransaction } from './sqlite.ts';

/**
 * One entry a schema version, oldest first; the file's `user_version` says how many it has. An entry that was released is never changed.
 *
 * Ids are never given twice (AUTOINCREMENT): an interface that still shows a removed proxy must not act on another one. Nothing in the
 * clear tells whose proxies these are: links and their sources are sealed, links and found again by a keyed fingerprint.
 */
const migrations: readonly string[] = [
  `CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE data_keys (id INTEGER PRIMARY KEY AUTOINCREMENT, sealed TEXT NOT NULL) STRICT;
   CREATE TABLE proxies (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     data_key INTEGER NOT NULL REFERENCES data_keys (id),
     fingerprint BLOB NOT NULL UNIQUE,
     sealed_link BLOB NOT NULL,
     added_at INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE measurements (
     proxy INTEGER PRIMARY KEY REFERENCES proxies (id) ON DELETE CASCADE,
     tested_at INTEGER NOT NULL,
     latency_ms REAL,
     reason TEXT,
     successes INTEGER NOT NULL,
     failures INTEGER NOT NULL
   ) STRICT;`,
  // Null: pasted. A source is a file's name or an address, which can tell as much as a link.
  `ALTER TABLE proxies ADD COLUMN sealed_source BLOB;
   ALTER TABLE proxies ADD COLUMN excluded INTEGER NOT NULL DEFAULT 0;`,
  // A subscription's address holds a secret, and what is known of it tells whose it is: all is sealed. `seen` counts the updates in which a
  // proxy was on the list.
  `ALTER TABLE proxies ADD COLUMN by_hand INTEGER NOT NULL DEFAULT 1;
   CREATE TABLE subscriptions (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     data_key INTEGER NOT NULL REFERENCES data_keys (id),
     sealed BLOB NOT NULL
   ) STRICT;
   CREATE TABLE listed (
     subscription INTEGER NOT NULL REFERENCES subscriptions (id) ON DELETE CASCADE,
     proxy INTEGER NOT NULL REFERENCES proxies (id) ON DELETE CASCADE,
     seen INTEGER NOT NULL,
     PRIMARY KEY (subscription, proxy)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX listed_by_proxy ON listed (proxy);`,
];

/** Throws `database-too-new` when a later version of the program wrote the file, without having changed it. */
export function refuseNewer(sql: DatabaseSync): void {
  const version = readVersion(sql);
  if (version > migrations.length) throw new EngineError('database-too-new', `schema ${version}, known up to ${migrations.length}`);
}

/** Brings an older or new file up to date, each step in its own transaction. */
export function migrate(sql: DatabaseSync): void {
  for (let version = readVersion(sql); version < migrations.length; version++) {
    inTransaction(sql, () => sql.exec(`${migrations[version]}; PRAGMA user_version = ${version + 1}`));
  }
}

function readVersion(sql: DatabaseSync): number {
  return Number(sql.prepare('PRAGMA user_version').get()?.user_version);
}
