import { hkdfSync, randomBytes } from 'node:crypto';
import type { Destination } from '../../outbound.ts';
import { encodeSocksAddress } from '../../socks-address.ts';
import type { Coding } from '../../transports/coded-stream.ts';
import { createStepReader } from '../step-reader.ts';
import { type Boxes, createBoxes, uint16 } from './boxes.ts';
import { chunkSteps } from './chunk-steps.ts';
import type { Method } from './method.ts';

/** The upper two bits of a length are reserved. */
const longestChunkBytes = 0x3fff;

/** The key of one session (shadowsocks.org, AEAD ciphers). */
export function deriveSubkey(key: Buffer, salt: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha1', key, salt, 'ss-subkey', key.length));
}

/**
 * Shadowsocks with AEAD ciphers (shadowsocks.org/doc/aead.html). Salt, address and first words are one write. The salt begins with `prefix`
 * (Outline), so that it looks like the beginning of another protocol.
 */
export function createAeadCoding({ aead, keyBytes, keys: [key = noKey] }: Method, destination: Destination, prefix: Buffer): Coding {
  const salt = Buffer.concat([prefix, randomBytes(keyBytes - prefix.length)]);
  const boxes = createBoxes(aead, deriveSubkey(key, salt));
  let head: Buffer | null = encodeSocksAddress(destination);
  const reader = createStepReader({
    bytes: keyBytes,
    mayEnd: true,
    read: (theirSalt) => chunkSteps(createBoxes(aead, deriveSubkey(key, theirSalt)).open, longestChunkBytes),
  });
  return {
    encode(plain) {
      if (head === null) return Buffer.concat(sealChunks(boxes, plain, longestChunkBytes));
      const first = sealChunks(boxes, Buffer.concat([head, plain]), longestChunkBytes);
      head = null;
      return Buffer.concat([salt, ...first]);
    },
    ...reader,
  };
}

const noKey = Buffer.alloc(0);

/** As many chunks as the bytes need; none for none. */
export function sealChunks(boxes: Boxes, plain: Buffer, longestBytes: number): Buffer[] {
  const sealed: Buffer[] = [];
  for (let at = 0; at < plain.length; at += longestBytes) {
    const chunk = plain.subarray(at, at + longestBytes);
    sealed.push(boxes.seal(uint16(chunk.length)), boxes.seal(chunk));
  }
  return sealed;
}
