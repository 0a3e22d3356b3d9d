import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';
import { drawRandom } from './random-bytes.ts';

const nonceBytes = 12;
const tagBytes = 16;

/**
 * AES-256-GCM (NIST SP 800-38D) under a 32-byte key: random nonce, ciphertext, tag. `context` is authenticated, not stored: bytes sealed
 * for one place cannot be passed off as those of another. A random nonce is good for 2^32 messages under one key. A key object is five
 * times as fast as its bytes, which Node would have to import at each call.
 */
export function sealBytes(key: KeyObject, plain: Buffer, context: Buffer): Buffer {
  const nonce = drawRandom(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes }).setAAD(context);
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** The reverse of `sealBytes`. Throws when the key or the context is another, or a bit was changed. */
export function openBytes(key: KeyObject, sealed: Buffer, context: Buffer): Buffer {
  if (sealed.length < nonceBytes + tagBytes) throw new Error('sealed bytes are too short');
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes), { authTagLength: tagBytes });
  decipher.setAAD(context).setAuthTag(sealed.subarray(-tagBytes));
  return Buffer.concat([decipher.update(sealed.subarray(nonceBytes, -tagBytes)), decipher.final()]);
}
