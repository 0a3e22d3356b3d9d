import { createSecretKey } from 'node:crypto';
import { openBytes, sealBytes } from './aes-gcm.ts';
import type { Secrets } from './platform.ts';

const context = Buffer.from('paperplane keyring secrets v1');
const mark = 'keyring:';

/**
 * Secrets under AES-256-GCM with a 32-byte key from the system's keyring; `key` is null where there is none now. What was sealed without
 * a keyring, by the headless program or before this desktop had one, goes on being opened by `withoutKeyring`, which also seals while
 * there is no key. `open` throws for what the keyring sealed while it is away.
 */
export function createKeyringSecrets(key: Buffer | null, withoutKeyring: Secrets): Secrets {
  const keyObject = key === null ? null : createSecretKey(key);
  return {
    seal(text) {
      if (keyObject === null) return withoutKeyring.seal(text);
      return mark + sealBytes(keyObject, Buffer.from(text), context).toString('base64');
    },
    open(sealed) {
      if (!sealed.startsWith(mark)) return withoutKeyring.open(sealed); // base64 has no colon
      if (keyObject === null) throw new Error('the keyring is not there');
      return openBytes(keyObject, Buffer.from(sealed.slice(mark.length), 'base64'), context).toString();
    },
  };
}
