import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { Keyring } from './keyring.ts';
import { inTransaction } from './sqlite.ts';

/** Subscriptions, sealed, and which proxies are on their lists. What a subscription consists of is the caller's matter. */
export interface SubscriptionTable {
  /** In the order in which they were added. Those whose seal cannot be opened are kept, not returned. */
  loadSubscriptions(): { readonly id: string; readonly text: string }[];
  /** How many those are. */
  countUnreadable(): number;
  /** Returns the new id, never given twice. */
  addSubscription(text: string): string;
  saveSubscription(id: string, text: string): void;
  /** Returns the ids of the proxies that nothing holds any more: no list, and no hand that added them. */
  removeSubscription(id: string): string[];
  /** How many proxies are on its list. */
  countListed(id: string): number;
  /** Takes those off the list that were not on it in the update called `seen`. Returns ids as `removeSubscription` does. */
  forgetUnseen(id: string, seen: number): string[];
}

const context = 'subscription';

/** Throws SQLite's errors. */
export function createSubscriptionTable(sql: DatabaseSync, keyring: Keyring): SubscriptionTable {
  const held = sql.prepare(
    'SELECT 1 FROM proxies WHERE id = ? AND (by_hand = 1 OR EXISTS (SELECT 1 FROM listed WHERE proxy = proxies.id))',
  );
  const unheld = (rows: readonly Record<string, SQLOutputValue>[]) =>
    rows.map(({ proxy }) => String(proxy)).filter((id) => held.get(Number(id)) === undefined);
  const open = ({ data_key, sealed }: Record<string, SQLOutputValue>): string | null => {
    try {
      return keyring.keys.get(Number(data_key))?.openText(Buffer.from(sealed as Uint8Array), context) ?? null;
    } catch {
      return null;
    }
  };
  const rows = () => sql.prepare('SELECT * FROM subscriptions ORDER BY id').all();
  return {
    loadSubscriptions: () =>
      rows().flatMap((row) => {
        const text = open(row);
        return text === null ? [] : [{ id: String(row.id), text }];
      }),
    countUnreadable: () => rows().filter((row) => open(row) === null).length,
    addSubscription(text) {
      const key = keyring.current();
      const statement = sql.prepare('INSERT INTO subscriptions (data_key, sealed) VALUES (?, ?)');
      return String(statement.run(key.id, key.sealText(text, context)).lastInsertRowid);
    },
    saveSubscription(id, text) {
      const key = keyring.current();
      const statement = sql.prepare('UPDATE subscriptions SET data_key = ?, sealed = ? WHERE id = ?');
      statement.run(key.id, key.sealText(text, context), Number(id));
    },
    removeSubscription: (id) =>
      inTransaction(sql, () => {
        const rows = sql.prepare('DELETE FROM listed WHERE subscription = ? RETURNING proxy').all(Number(id));
        sql.prepare('DELETE FROM subscriptions WHERE id = ?').run(Number(id));
        return unheld(rows);
      }),
    countListed: (id) => Number(sql.prepare('SELECT count(*) AS n FROM listed WHERE subscription = ?').get(Number(id))?.n),
    forgetUnseen: (id, seen) =>
      inTransaction(sql, () =>
        unheld(sql.prepare('DELETE FROM listed WHERE subscription = ? AND seen <> ? RETURNING proxy').all(Number(id), seen)),
      ),
  };
}
