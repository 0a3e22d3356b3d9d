import { type CipherGCMTypes, createCipheriv, createDecipheriv, createSecretKey, getCiphers } from 'node:crypto';
import { hchacha } from '@noble/ciphers/chacha.js';
import { EngineError } from './errors.ts';

export type AeadName = 'aes-128-gcm' | 'aes-192-gcm' | 'aes-256-gcm' | 'chacha20-poly1305' | 'xchacha20-poly1305';

/** Authenticated encryption under one key. Sealed bytes are 16 longer than plain ones. No nonce may be used twice. */
export interface Aead {
  seal(nonce: Uint8Array, plain: Uint8Array, context?: Uint8Array): Buffer;
  /** Throws EngineError `proxy-protocol` when key, nonce or context is another, or a bit was changed. */
  open(nonce: Uint8Array, sealed: Uint8Array, context?: Uint8Array): Buffer;
}

export const tagBytes = 16;

/** AES-GCM (NIST SP 800-38D), ChaCha20-Poly1305 (RFC 8439) with a nonce of 12 bytes, XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha) with one of 24. */
export function createAead(name: AeadName, key: Uint8Array): Aead {
  if (name === 'xchacha20-poly1305') return sodium ? createSodiumXChaCha(sodium, key) : createXChaCha(key);
  if (name === 'chacha20-poly1305' && sodium) return createSodiumChaCha(sodium, key);
  return createNative(name as CipherGCMTypes, key);
}

/**
 * ChaCha20 is not in Electron's BoringSSL. Of the libraries libsodium (WebAssembly) is by far the fastest, as `npm run bench:aead` shows; it is
 * loaded where it is needed, and before anything that imports this file runs.
 */
const sodium = getCiphers().includes('chacha20-poly1305') ? null : await loadSodium();

async function loadSodium() {
  const { default: library } = await import('libsodium-wrappers');
  await library.ready;
  return library;
}

type Sodium = NonNullable<typeof sodium>;

function createNative(name: CipherGCMTypes, bytes: Uint8Array): Aead {
  const key = createSecretKey(bytes);
  const options = { authTagLength: tagBytes };
  return {
    seal(nonce, plain, context) {
      const cipher = createCipheriv(name, key, nonce, options);
      if (context) cipher.setAAD(context);
      const text = cipher.update(plain);
      cipher.final();
      return Buffer.concat([text, cipher.getAuthTag()], plain.length + tagBytes);
    },
    open(nonce, sealed, context) {
      const end = sealed.length - tagBytes;
      if (end < 0) throw forged();
      const decipher = createDecipheriv(name, key, nonce, options).setAuthTag(sealed.subarray(end));
      if (context) decipher.setAAD(context);
      const plain = decipher.update(sealed.subarray(0, end));
      try {
        decipher.final();
      } catch {
        throw forged();
      }
      return plain;
    },
  };
}

/** ChaCha20-Poly1305 under a key made of the first 16 bytes of the nonce. */
function createXChaCha(key: Uint8Array): Aead {
  const inner = (nonce: Uint8Array) => createNative('chacha20-poly1305' as CipherGCMTypes, deriveKey(key, nonce.subarray(0, 16)));
  const shortNonce = (nonce: Uint8Array) => Buffer.concat([Buffer.alloc(4), nonce.subarray(16)]);
  return {
    seal: (nonce, plain, context) => inner(nonce).seal(shortNonce(nonce), plain, context),
    open: (nonce, sealed, context) => inner(nonce).open(shortNonce(nonce), sealed, context),
  };
}

const sigma = words(Buffer.from('expand 32-byte k'));

function deriveKey(key: Uint8Array, input: Uint8Array): Uint8Array {
  const derived = new Uint32Array(8);
  hchacha(sigma, words(key), words(input), derived);
  return new Uint8Array(derived.buffer);
}

/** A copy, because the words of a view may not be aligned. All machines that Electron runs on are little-endian, as ChaCha20 is. */
function words(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(Uint8Array.from(bytes).buffer);
}

function createSodiumChaCha(library: Sodium, key: Uint8Array): Aead {
  return {
    seal: (nonce, plain, context) => asBuffer(library.crypto_aead_chacha20poly1305_ietf_encrypt(plain, context ?? null, null, nonce, key)),
    open: (nonce, sealed, context) =>
      unlessForged(() => library.crypto_aead_chacha20poly1305_ietf_decrypt(null, sealed, context ?? null, nonce, key)),
  };
}

function createSodiumXChaCha(library: Sodium, key: Uint8Array): Aead {
  return {
    seal: (nonce, plain, context) => asBuffer(library.crypto_aead_xchacha20poly1305_ietf_encrypt(plain, context ?? null, null, nonce, key)),
    open: (nonce, sealed, context) =>
      unlessForged(() => library.crypto_aead_xchacha20poly1305_ietf_decrypt(null, sealed, context ?? null, nonce, key)),
  };
}

function unlessForged(open: () => Uint8Array): Buffer {
  try {
    return asBuffer(open());
  } catch {
    throw forged();
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function forged(): EngineError {
  return new EngineError('proxy-protocol', 'sealed bytes');
}
