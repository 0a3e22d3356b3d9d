/**
 * Makes this process's node:crypto lack what Electron's BoringSSL lacks, for whatever is imported after this. The list is that of Electron 45's
 * own patches; what is named here does not exist: neither in the lists nor to be created.
 */
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';

const lacks = (name: string) =>
  /^(id-)?(x?chacha20|aes-?\d+-(ccm|ocb|wrap|xts)|aria|camellia|sm4|seed)|^(shake|sha3-|blake2|blake3|sm3)|^aes\d+$/i.test(name);

const { getCiphers, getHashes, getCipherInfo } = crypto;
const known = {
  ciphers: new Set(getCiphers().filter((name) => !lacks(name))),
  hashes: new Set(getHashes().filter((name) => !lacks(name))),
};

/** The same function, which refuses names that are not known. */
function refusing<F extends (name: string, ...rest: never[]) => unknown>(create: F, message: string): F {
  return ((name: string, ...rest: never[]) => {
    if (lacks(name)) throw Object.assign(new Error(message), { code: 'ERR_OSSL_EVP_UNSUPPORTED' });
    return create(name, ...rest);
  }) as F;
}

Object.assign(crypto, {
  getCiphers: () => [...known.ciphers],
  getHashes: () => [...known.hashes],
  getCipherInfo: (...args: Parameters<typeof crypto.getCipherInfo>) => (lacks(String(args[0])) ? undefined : getCipherInfo(...args)),
  createCipheriv: refusing(crypto.createCipheriv, 'Unknown cipher'),
  createDecipheriv: refusing(crypto.createDecipheriv, 'Unknown cipher'),
  createHash: refusing(crypto.createHash, 'Digest method not supported'),
  createHmac: refusing(crypto.createHmac, 'Digest method not supported'),
  hash: refusing(crypto.hash, 'Digest method not supported'),
});
syncBuiltinESMExports();
