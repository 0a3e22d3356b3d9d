import { createHash } from 'node:crypto';
import { LinkError } from '../errors.ts';

/**
 * The 16 bytes of an id: a UUID with or without dashes, or any text of at most 30 bytes, which stands for the UUID that Xray makes of it
 * (its common/uuid: version 5 in the namespace of zeros). Throws LinkError.
 */
export function parseUuid(text: string): Buffer {
  const digits = text.replaceAll('-', '');
  if (/^[\da-f]{32}$/i.test(digits)) return Buffer.from(digits, 'hex');
  const bytes = Buffer.from(text);
  if (bytes.length === 0) throw new LinkError('no-secret');
  if (bytes.length > 30) throw new LinkError('bad-encoding', 'id');
  const id = createHash('sha1').update(Buffer.alloc(16)).update(bytes).digest().subarray(0, 16);
  id[6] = ((id[6] as number) & 0x0f) | 0x50;
  id[8] = ((id[8] as number) & 0x3f) | 0x80;
  return id;
}
