import { sha256 } from '@noble/hashes/sha2.js';

/** Of a message in parts, which are heard one after the other. */
type Hash = (...parts: readonly Uint8Array[]) => Uint8Array;
type Heard = ReturnType<typeof sha256.create>;

const blockBytes = 64;

/** A key as HMAC (RFC 2104) wants it, for any hash with blocks of 64 bytes; no key here is longer than that. */
function pad(key: Uint8Array, value: number): Buffer {
  const block = Buffer.alloc(blockBytes, value);
  for (let i = 0; i < key.length; i++) block[i] = (key[i] as number) ^ value;
  return block;
}

function createHmac(over: Hash, key: Uint8Array): Hash {
  const [inner, outer] = [pad(key, 0x36), pad(key, 0x5c)];
  return (...parts) => over(outer, over(inner, ...parts));
}

const scratch = sha256.create();

/** SHA-256 that has heard something already. Node's own cannot be cloned cheaply. */
function after(heard: Heard): Hash {
  return (...parts) => {
    heard._cloneInto(scratch);
    for (const part of parts) scratch.update(part);
    return scratch.digest();
  };
}

const rootKey = Buffer.from('VMess AEAD KDF');
const rootInner = sha256.create().update(pad(rootKey, 0x36));
const rootOuter = after(sha256.create().update(pad(rootKey, 0x5c)));

/** What no connection changes is heard once: the root, and the first part of a path. */
function createPurpose(name: string): Hash {
  const rootAfter = (block: Buffer): Hash => {
    const inner = after(rootInner.clone().update(block));
    return (...parts) => rootOuter(inner(...parts));
  };
  const key = Buffer.from(name);
  const [inner, outer] = [rootAfter(pad(key, 0x36)), rootAfter(pad(key, 0x5c))];
  return (...parts) => outer(inner(...parts));
}

const purposes = new Map<string, Hash>();

/**
 * 32 bytes made of a key for one purpose: HMAC within HMAC, one for each part of the path (v2fly's proxy/vmess/aead, kdf.go). Purposes are
 * the few that the protocol names.
 */
export function deriveKey(key: Buffer, purpose: string, ...path: readonly Buffer[]): Buffer {
  const hash = purposes.get(purpose) ?? createPurpose(purpose);
  purposes.set(purpose, hash);
  const { buffer, byteOffset, length } = path.reduce(createHmac, hash)(key);
  return Buffer.from(buffer, byteOffset, length);
}

/** The first 16 of them. */
export function deriveKey16(key: Buffer, purpose: string, ...path: readonly Buffer[]): Buffer {
  return deriveKey(key, purpose, ...path).subarray(0, 16);
}
