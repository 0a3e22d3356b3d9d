/** The cryptography of a Shadowsocks server, of other parts than ours where there are any: @noble/ciphers in place of OpenSSL and libsodium. */
import { createHash, hkdfSync } from 'node:crypto';
import { ecb, gcm } from '@noble/ciphers/aes.js';
import { chacha20poly1305, xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { blake3 } from '@noble/hashes/blake3.js';

export interface ServerMethod {
  readonly is2022: boolean;
  readonly keyBytes: number;
  readonly nonceBytes: number;
  readonly key: Buffer;
  /** Where a client must name its key to a server that has several: that server's own (SIP023). */
  readonly identityKey: Buffer | undefined;
  readonly isChaCha: boolean;
}

export function serverMethod(name: string, secret: string): ServerMethod {
  const is2022 = name.startsWith('2022-blake3-');
  const keyBytes = Number(/aes-(\d+)/.exec(name)?.[1] ?? 256) / 8;
  const secrets = secret.split(':');
  const keys = is2022 ? secrets.map((text) => Buffer.from(text, 'base64')) : [passwordKey(secret, keyBytes)];
  return {
    is2022,
    keyBytes,
    nonceBytes: name.startsWith('xchacha') ? 24 : 12,
    key: keys.at(-1) as Buffer,
    identityKey: keys.length > 1 ? keys[0] : undefined,
    isChaCha: name.includes('chacha'),
  };
}

function passwordKey(password: string, length: number): Buffer {
  const blocks: Buffer[] = [];
  for (let last = Buffer.alloc(0); blocks.length * 16 < length; blocks.push(last)) {
    last = createHash('md5').update(last).update(password).digest();
  }
  return Buffer.concat(blocks).subarray(0, length);
}

const bytes = (text: string) => Uint8Array.from(Buffer.from(text));

export function subkey({ is2022, key, keyBytes }: ServerMethod, salt: Uint8Array): Uint8Array {
  if (!is2022) return new Uint8Array(hkdfSync('sha1', key, salt, 'ss-subkey', keyBytes));
  return blake3(Buffer.concat([key, salt]), { context: bytes('shadowsocks 2022 session subkey'), dkLen: keyBytes });
}

/** The identity header that names the key to the server with `identityKey`. */
export function identityHeader({ identityKey, key, keyBytes }: ServerMethod, salt: Uint8Array): Buffer {
  const context = bytes('shadowsocks 2022 identity subkey');
  const under = blake3(Buffer.concat([identityKey as Buffer, salt]), { context, dkLen: keyBytes });
  return block(under, blake3(key).subarray(0, 16));
}

export function block(key: Uint8Array, plain: Uint8Array): Buffer {
  return Buffer.from(ecb(key, { disablePadding: true }).encrypt(plain));
}

export function unblock(key: Uint8Array, sealed: Uint8Array): Buffer {
  return Buffer.from(ecb(key, { disablePadding: true }).decrypt(sealed));
}

export function seal({ isChaCha }: ServerMethod, key: Uint8Array, nonce: Uint8Array, plain: Uint8Array): Buffer {
  return Buffer.from(cipher(isChaCha, key, nonce).encrypt(plain));
}

/** Throws at a wrong key. */
export function unseal({ isChaCha }: ServerMethod, key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array): Buffer {
  return Buffer.from(cipher(isChaCha, key, nonce).decrypt(sealed));
}

function cipher(isChaCha: boolean, key: Uint8Array, nonce: Uint8Array) {
  if (!isChaCha) return gcm(key, nonce);
  return nonce.length === 24 ? xchacha20poly1305(key, nonce) : chacha20poly1305(key, nonce);
}

/** The nonces of a stream. */
export function createCounter({ nonceBytes }: ServerMethod): () => Uint8Array {
  let count = 0;
  return () => {
    const nonce = new Uint8Array(nonceBytes);
    new DataView(nonce.buffer).setUint32(0, count++, true);
    return nonce;
  };
}
