import { type Aead, type AeadName, createAead } from '../../aead.ts';

/** Seals or opens one piece after the other. Each has the next nonce: a counter, little-endian, from 0. */
export interface Boxes {
  seal(plain: Uint8Array): Buffer;
  /** Throws EngineError `proxy-protocol`. */
  open(sealed: Uint8Array): Buffer;
}

export function createBoxes(name: AeadName, key: Uint8Array): Boxes {
  const aead: Aead = createAead(name, key);
  const nonce = Buffer.alloc(name === 'xchacha20-poly1305' ? 24 : 12);
  let count = 0;
  // Node is done with the nonce when it returns, so one buffer will do. 2^48 pieces are more than any stream has.
  const next = () => {
    nonce.writeUIntLE(count++, 0, 6);
    return nonce;
  };
  return { seal: (plain) => aead.seal(next(), plain), open: (sealed) => aead.open(next(), sealed) };
}

/** A length, as all editions write it. */
export function uint16(value: number): Buffer {
  return Buffer.of(value >> 8, value & 0xff);
}
