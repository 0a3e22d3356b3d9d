import { createHmac, createSecretKey, hkdfSync, randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { openBytes, sealBytes } from '../aes-gcm.ts';
import { EngineError } from '../errors.ts';
import type { Secrets } from '../platform.ts';
import { withoutName } from './link-name.ts';

/** A link as it is stored. */
interface SealedLink {
  /** Keyed, so that it finds duplicates without telling what the link is. */
  readonly fingerprint: Buffer;
  readonly sealed: Buffer;
}

/** Seals links and what comes with them. It is itself stored sealed by the platform, whose own seal may be slow or ask the person. */
export interface DataKey {
  readonly id: number;
  seal(link: string): SealedLink;
  /** Throws when the row is damaged. */
  open(link: SealedLink): string;
  /** Any other text. It opens only in the same context, which says what it is and whose. */
  sealText(text: string, context: string): Buffer;
  /** Throws when it was sealed in another context, or is damaged. */
  openText(sealed: Buffer, context: string): string;
}

export interface Keyring {
  /** The keys that the platform could open. */
  readonly keys: ReadonlyMap<number, DataKey>;
  /** The key for new links; made when none could be opened. Throws `data-folder-unusable` when the platform cannot seal. */
  current(): DataKey;
}

/** A key that cannot be opened now stays in the file: its links come back when the platform can open it again. */
export function openKeyring(sql: DatabaseSync, secrets: Secrets): Keyring {
  const keys = new Map<number, DataKey>();
  for (const { id, sealed } of sql.prepare('SELECT id, sealed FROM data_keys ORDER BY id').all()) {
    try {
      keys.set(Number(id), createDataKey(Number(id), Buffer.from(secrets.open(String(sealed)), 'base64')));
    } catch {
      // Counted by the caller as unreadable links.
    }
  }
  const make = () => {
    const bytes = randomBytes(32);
    const { lastInsertRowid } = sql.prepare('INSERT INTO data_keys (sealed) VALUES (?)').run(sealKey(secrets, bytes));
    const key = createDataKey(Number(lastInsertRowid), bytes);
    keys.set(key.id, key);
    return key;
  };
  return { keys, current: () => [...keys.values()].at(-1) ?? make() };
}

function sealKey(secrets: Secrets, bytes: Buffer): string {
  try {
    return secrets.seal(bytes.toString('base64'));
  } catch {
    throw new EngineError('data-folder-unusable', 'the data key could not be sealed');
  }
}

/** Both keys come from one by HKDF (RFC 5869), so that neither use tells anything about the other. */
function createDataKey(id: number, bytes: Buffer): DataKey {
  if (bytes.length !== 32) throw new Error('a data key has 32 bytes');
  const derive = (purpose: string) => createSecretKey(Buffer.from(hkdfSync('sha256', bytes, Buffer.alloc(0), purpose, 32)));
  const sealingKey = derive('paperplane link sealing v1');
  const fingerprintKey = derive('paperplane link fingerprint v1');
  return {
    id,
    seal(link) {
      const fingerprint = createHmac('sha256', fingerprintKey).update(withoutName(link)).digest();
      return { fingerprint, sealed: sealBytes(sealingKey, Buffer.from(link), fingerprint) };
    },
    open: ({ fingerprint, sealed }) => openBytes(sealingKey, sealed, fingerprint).toString(),
    sealText: (text, context) => sealBytes(sealingKey, Buffer.from(text), Buffer.from(context)),
    openText: (sealed, context) => openBytes(sealingKey, sealed, Buffer.from(context)).toString(),
  };
}
