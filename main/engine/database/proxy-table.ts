import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { type ErrorCode, errorBlame } from '../../../preload/contract.ts';
import type { DataKey, Keyring } from './keyring.ts';
import { hasName } from './link-name.ts';
import { inTransaction } from './sqlite.ts';

/** What probing has shown of a proxy so far. */
export interface Measurement {
  readonly testedAt: number; // milliseconds since 1970
  readonly latencyMs: number | null; // of the last good probe
  readonly reason: ErrorCode | null; // why the last probe failed
  readonly successes: number;
  readonly failures: number;
}

export interface StoredProxy {
  readonly id: string; // never given twice, also after removal
  readonly link: string;
  readonly source: string; // where it came from, '' for pasted text
  readonly excluded: boolean;
  readonly addedAt: number; // milliseconds since 1970
  readonly measurement: Measurement | null;
}

/** The update of a subscription that brought a link. */
export interface Listing {
  readonly subscription: string; // id
  readonly seen: number; // another one for each update
}

export interface ProxyTable {
  load(): StoredProxy[];
  /** Rows that could not be opened, as far as known: those under a missing key, after `load` also the damaged ones. */
  unreadable(): number;
  add(links: readonly string[], source: string, listing?: Listing): (StoredProxy | null)[];
  rename(links: readonly string[], byHand: boolean): ReadonlyMap<string, string>;
  exclude(ids: readonly string[], excluded: boolean): void;
  remove(ids: readonly string[]): number;
  measure(measurements: ReadonlyMap<string, Measurement>): void;
}

type Row = Record<string, SQLOutputValue>;

/** The links, sealed, and what was measured of them. Throws SQLite's errors. */
export function createProxyTable(sql: DatabaseSync, keyring: Keyring): ProxyTable {
  gatherUnderCurrentKey(sql, keyring);
  let unreadable = countUnderMissingKeys(sql, keyring);
  return {
    load() {
      const rows = sql.prepare('SELECT * FROM proxies LEFT JOIN measurements ON proxy = id ORDER BY id').all();
      const proxies = rows.flatMap((row) => toProxy(row, openLink(row, keyring), openSource(row, keyring)) ?? []);
      unreadable = rows.length - proxies.length;
      return proxies;
    },
    unreadable: () => unreadable,
    add: (links, source, listing) => addLinks(sql, keyring, links, source, listing),
    rename: (links, byHand) => renameLinks(sql, keyring, links, byHand),
    exclude(ids, excluded) {
      const statement = sql.prepare('UPDATE proxies SET excluded = ? WHERE id = ?');
      inTransaction(sql, () => {
        for (const id of ids) statement.run(Number(excluded), toRowId(id));
      });
    },
    remove(ids) {
      const statement = sql.prepare('DELETE FROM proxies WHERE id = ?');
      return inTransaction(sql, () => ids.reduce((removed, id) => removed + Number(statement.run(toRowId(id)).changes), 0));
    },
    measure: (measurements) => saveMeasurements(sql, measurements),
  };
}

function addLinks(
  sql: DatabaseSync,
  keyring: Keyring,
  links: readonly string[],
  source: string,
  listing: Listing | undefined,
): (StoredProxy | null)[] {
  const key = keyring.current();
  const addedAt = Date.now();
  const byHand = Number(listing === undefined);
  const insert = sql.prepare(
    `INSERT INTO proxies (data_key, fingerprint, sealed_link, sealed_source, added_at, by_hand) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (fingerprint) DO NOTHING RETURNING id`,
  );
  const find = sql.prepare('UPDATE proxies SET by_hand = max(by_hand, ?) WHERE fingerprint = ? RETURNING id');
  const list = sql.prepare('INSERT INTO listed VALUES (?, ?, ?) ON CONFLICT (subscription, proxy) DO UPDATE SET seen = excluded.seen');
  const addOne = (link: string) => {
    const { fingerprint, sealed } = key.seal(link);
    const row = insert.get(key.id, fingerprint, sealed, sealSource(key, source, fingerprint), addedAt, byHand);
    const { id } = row ?? (find.get(byHand, fingerprint) as Row);
    if (listing) list.run(Number(listing.subscription), Number(id), listing.seen);
    return row === undefined ? null : { id: String(id), link, source, excluded: false, addedAt, measurement: null };
  };
  return inTransaction(sql, () => links.map(addOne));
}

/** Most names are the same as before: nothing is written for those. */
function renameLinks(sql: DatabaseSync, keyring: Keyring, links: readonly string[], byHand: boolean): Map<string, string> {
  const key = keyring.current();
  const find = sql.prepare('SELECT * FROM proxies WHERE fingerprint = ? AND by_hand <= ?');
  const update = sql.prepare('UPDATE proxies SET sealed_link = ? WHERE id = ?');
  const changes = links.filter(hasName).flatMap((link) => {
    const { fingerprint, sealed } = key.seal(link);
    const row = find.get(fingerprint, Number(byHand));
    return row === undefined || openLink(row, keyring) === link ? [] : [{ link, sealed, id: Number(row.id) }];
  });
  if (changes.length === 0) return new Map();
  return inTransaction(sql, () => {
    for (const { sealed, id } of changes) update.run(sealed, id);
    return new Map(changes.map(({ link, id }) => [link, String(id)]));
  });
}

/** Proxies that were removed meanwhile are passed over. */
function saveMeasurements(sql: DatabaseSync, measurements: ReadonlyMap<string, Measurement>): void {
  const statement = sql.prepare(
    `INSERT INTO measurements (proxy, tested_at, latency_ms, reason, successes, failures)
     SELECT id, ?, ?, ?, ?, ? FROM proxies WHERE id = ?
     ON CONFLICT (proxy) DO UPDATE SET tested_at = excluded.tested_at, latency_ms = excluded.latency_ms, reason = excluded.reason,
       successes = excluded.successes, failures = excluded.failures`,
  );
  inTransaction(sql, () => {
    for (const [id, { testedAt, latencyMs, reason, successes, failures }] of measurements)
      statement.run(testedAt, latencyMs, reason, successes, failures, toRowId(id));
  });
}

/**
 * When a key that was missing is back, there are links under two keys, perhaps the same link twice, because fingerprints of two keys do
 * not meet. Seals all that can be opened under the current key again; of two equal links the one under the current key stays.
 */
function gatherUnderCurrentKey(sql: DatabaseSync, keyring: Keyring): void {
  if (keyring.keys.size < 2) return;
  const key = keyring.current();
  const update = sql.prepare('UPDATE OR IGNORE proxies SET data_key = ?, fingerprint = ?, sealed_link = ?, sealed_source = ? WHERE id = ?');
  const remove = sql.prepare('DELETE FROM proxies WHERE id = ?');
  const move = (row: Row) => {
    const link = openLink(row, keyring);
    if (link === null) return;
    const { fingerprint, sealed } = key.seal(link);
    const source = sealSource(key, openSource(row, keyring), fingerprint);
    if (update.run(key.id, fingerprint, sealed, source, Number(row.id)).changes === 0) remove.run(Number(row.id));
  };
  inTransaction(sql, () => {
    sql.prepare('SELECT * FROM proxies WHERE data_key <> ?').all(key.id).forEach(move);
    const forget = sql.prepare(
      'DELETE FROM data_keys WHERE id = ? AND id NOT IN (SELECT data_key FROM proxies UNION SELECT data_key FROM subscriptions)',
    );
    for (const id of keyring.keys.keys()) if (id !== key.id) forget.run(id);
  });
}

function countUnderMissingKeys(sql: DatabaseSync, keyring: Keyring): number {
  const rows = sql.prepare('SELECT data_key, count(*) AS links FROM proxies GROUP BY data_key').all();
  return rows.reduce((sum, row) => sum + (keyring.keys.has(Number(row.data_key)) ? 0 : Number(row.links)), 0);
}

/** null: the row's key is missing or the row is damaged. */
function openLink(row: Row, keyring: Keyring): string | null {
  try {
    return keyring.keys.get(Number(row.data_key))?.open({ fingerprint: bytes(row.fingerprint), sealed: bytes(row.sealed_link) }) ?? null;
  } catch {
    return null;
  }
}

/** Under the link's fingerprint: the source of one link cannot be passed off as that of another. */
function sealSource(key: DataKey, source: string, fingerprint: Buffer): Buffer | null {
  return source === '' ? null : key.sealText(source, sourceContext(fingerprint));
}

/** '' where it cannot be read: a link without its source is still a link. */
function openSource(row: Row, keyring: Keyring): string {
  if (row.sealed_source === null) return '';
  try {
    const context = sourceContext(bytes(row.fingerprint));
    return keyring.keys.get(Number(row.data_key))?.openText(bytes(row.sealed_source), context) ?? '';
  } catch {
    return '';
  }
}

const sourceContext = (fingerprint: Buffer) => `source ${fingerprint.toString('hex')}`;

function bytes(value: SQLOutputValue | undefined): Buffer {
  if (!(value instanceof Uint8Array)) throw new TypeError('not a blob');
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}

function toProxy(row: Row, link: string | null, source: string): StoredProxy | null {
  if (link === null) return null;
  return {
    id: String(row.id),
    link,
    source,
    excluded: row.excluded === 1,
    addedAt: Number(row.added_at),
    measurement: row.tested_at === null ? null : toMeasurement(row),
  };
}

function toMeasurement(row: Row): Measurement {
  return {
    testedAt: Number(row.tested_at),
    latencyMs: row.latency_ms === null ? null : Number(row.latency_ms),
    reason: row.reason === null ? null : toErrorCode(String(row.reason)),
    successes: Number(row.successes),
    failures: Number(row.failures),
  };
}

/** Another version of the program may have had codes that this one does not know. */
function toErrorCode(text: string): ErrorCode {
  return Object.hasOwn(errorBlame, text) ? (text as ErrorCode) : 'internal';
}

/** null, which no row has, for text that is no id. */
function toRowId(id: string): number | null {
  return /^[1-9]\d{0,14}$/.test(id) ? Number(id) : null;
}
