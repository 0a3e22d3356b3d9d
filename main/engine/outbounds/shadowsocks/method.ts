import { hash } from 'node:crypto';
import type { AeadName } from '../../aead.ts';
import { LinkError } from '../../errors.ts';

/** How a Shadowsocks proxy seals, with the keys that belong to it. */
export interface Method {
  readonly edition: 'aead' | '2022';
  readonly aead: AeadName;
  readonly keyBytes: number; // of a key, and of a salt
  /** The key; in the 2022 edition before it those that name the user to servers on the way (SIP023). */
  readonly keys: readonly Buffer[];
}

type Cipher = Omit<Method, 'keys'>;

const ciphers = new Map<string, Cipher>([
  ['aes-128-gcm', { edition: 'aead', aead: 'aes-128-gcm', keyBytes: 16 }],
  ['aes-192-gcm', { edition: 'aead', aead: 'aes-192-gcm', keyBytes: 24 }],
  ['aes-256-gcm', { edition: 'aead', aead: 'aes-256-gcm', keyBytes: 32 }],
  ['chacha20-ietf-poly1305', { edition: 'aead', aead: 'chacha20-poly1305', keyBytes: 32 }],
  ['xchacha20-ietf-poly1305', { edition: 'aead', aead: 'xchacha20-poly1305', keyBytes: 32 }],
  ['2022-blake3-aes-128-gcm', { edition: '2022', aead: 'aes-128-gcm', keyBytes: 16 }],
  ['2022-blake3-aes-256-gcm', { edition: '2022', aead: 'aes-256-gcm', keyBytes: 32 }],
  ['2022-blake3-chacha20-poly1305', { edition: '2022', aead: 'chacha20-poly1305', keyBytes: 32 }],
]);

/** What is written for a cipher in links, as `ciphers` has it: other spellings are `chacha20-poly1305`, `AEAD_AES_256_GCM` and `plain`. */
export function cipherName(written: string): string {
  const name = written
    .toLowerCase()
    .replaceAll('_', '-')
    .replace(/^aead-/, '');
  return name.replace(/^(x?chacha20)-poly1305$/, '$1-ietf-poly1305').replace(/^plain$/, 'none');
}

// Everybody on the way can read or change what these seal.
const broken =
  /^(none|plain|table|rc4(-md5(-6)?)?|(aes|camellia)-(128|192|256)-(cfb|ctr|ofb)(1|8)?|x?chacha20(-ietf)?|salsa20|(bf|cast5|des|idea|rc2|seed)-cfb)$/;
/** Sound, but nobody has them. */
const rare =
  /^(aes-(128|256)-(gcm-siv|ccm|ocb)|2022-blake3-chacha8-poly1305|2022-blake3-chacha12-poly1305|(rabbit128|ascon128|lea-\d+-gcm|aegis-[\w-]+|deoxys-[\w-]+))$/;

/** The name of a cipher that is known and not spoken; null for one that is. Throws LinkError for what is none: it may be part of a secret. */
export function cipherNotSpoken(name: string): string | null {
  if (ciphers.has(name)) return null;
  if (broken.test(name) || rare.test(name)) return name;
  throw new LinkError('bad-encoding', 'cipher');
}

/** Throws LinkError where the key of a 2022 cipher is not what it must be; any other is a password. */
export function checkKey(name: string, key: string): void {
  const cipher = ciphers.get(name);
  if (cipher?.edition === '2022') decodeKeys(key, cipher);
}

/** Throws LinkError, but not for what has been checked. */
export function createMethod(name: string, key: string): Method {
  const cipher = ciphers.get(name);
  if (cipher === undefined) throw new LinkError('bad-encoding', 'cipher');
  return { ...cipher, keys: cipher.edition === '2022' ? decodeKeys(key, cipher) : [deriveKey(key, cipher.keyBytes)] };
}

/** How long salts are. */
export function saltBytes(name: string): number {
  return ciphers.get(name)?.keyBytes ?? 0;
}

/** OpenSSL's EVP_BytesToKey with MD5 and without salt, which Shadowsocks makes keys of passwords with. */
export function deriveKey(password: string, length: number): Buffer {
  let key = hash('md5', password, 'buffer');
  for (let last = key; key.length < length; ) {
    last = hash('md5', Buffer.concat([last, Buffer.from(password)]), 'buffer');
    key = Buffer.concat([key, last]);
  }
  return key.subarray(0, length);
}

/** Base64 of exactly the cipher's length, with colons between (SIP022, SIP023). A key of another length is never stretched. */
function decodeKeys(text: string, { aead, keyBytes }: Cipher): Buffer[] {
  const keys = text.split(':').map((part) => (/^[\w+/-]+={0,2}$/.test(part) ? Buffer.from(part, 'base64') : Buffer.alloc(0)));
  const isOne = aead === 'chacha20-poly1305'; // it has no identities
  if (keys.some(({ length }) => length !== keyBytes) || (isOne && keys.length > 1)) throw new LinkError('bad-encoding', 'key');
  return keys;
}
