import { hash } from 'node:crypto';

type Hash = (message: Buffer) => Buffer;

const blockBytes = 64;
const sha256: Hash = (message) => hash('sha256', message, 'buffer');

/** HMAC (RFC 2104) over any hash with blocks of 64 bytes; no key here is longer than that. */
function createHmac(over: Hash, key: Buffer): Hash {
  const pad = (value: number) => {
    const block = Buffer.alloc(blockBytes, value);
    for (let i = 0; i < key.length; i++) block[i] = (key[i] as number) ^ value;
    return block;
  };
  const [inner, outer] = [pad(0x36), pad(0x5c)];
  return (message) => over(Buffer.concat([outer, over(Buffer.concat([inner, message]))]));
}

const root = createHmac(sha256, Buffer.from('VMess AEAD KDF'));

/**
 * 32 bytes made of a key for one purpose: HMAC within HMAC, one for each part of the path (v2fly's proxy/vmess/aead, kdf.go).
 */
export function deriveKey(key: Buffer, ...path: readonly (string | Buffer)[]): Buffer {
  return path.reduce<Hash>((over, part) => createHmac(over, Buffer.from(part as string)), root)(key);
}

/** The first 16 of them. */
export function deriveKey16(key: Buffer, ...path: readonly (string | Buffer)[]): Buffer {
  return deriveKey(key, ...path).subarray(0, 16);
}
