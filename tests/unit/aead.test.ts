import assert from 'node:assert/strict';
import { getCiphers } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { type AeadName, createAead, tagBytes } from '../../main/engine/aead.ts';
import { EngineError } from '../../main/engine/errors.ts';

const provider = getCiphers().includes('chacha20-poly1305') ? 'OpenSSL' : 'BoringSSL';

const sizes: Record<AeadName, readonly [key: number, nonce: number]> = {
  'aes-128-gcm': [16, 12],
  'aes-192-gcm': [24, 12],
  'aes-256-gcm': [32, 12],
  'chacha20-poly1305': [32, 12],
  'xchacha20-poly1305': [32, 24],
};
const names = Object.keys(sizes) as AeadName[];

const range = (from: number, length: number) => Buffer.from(Array.from({ length }, (_, at) => from + at));
const sunscreen = Buffer.from(
  "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.",
);
const context = Buffer.from('50515253c0c1c2c3c4c5c6c7', 'hex');

/** RFC 8439, section 2.8.2; draft-irtf-cfrg-xchacha-03, appendix A.3.1; NIST's GCM specification, test case 4. */
const vectors = [
  {
    name: 'chacha20-poly1305',
    key: range(0x80, 32),
    nonce: '070000004041424344454647',
    plain: sunscreen,
    context,
    sealed:
      'd31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691',
  },
  {
    name: 'xchacha20-poly1305',
    key: range(0x80, 32),
    nonce: range(0x40, 24).toString('hex'),
    plain: sunscreen,
    context,
    sealed:
      'bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff921f9664c97637da9768812f615c68b13b52ec0875924c1c7987947deafd8780acf49',
  },
  {
    name: 'aes-128-gcm',
    key: Buffer.from('feffe9928665731c6d6a8f9467308308', 'hex'),
    nonce: 'cafebabefacedbaddecaf888',
    plain: Buffer.from(
      'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39',
      'hex',
    ),
    context: Buffer.from('feedfacedeadbeeffeedfacedeadbeefabaddad2', 'hex'),
    sealed:
      '42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e0915bc94fbc3221a5db94fae95ae7121a47',
  },
] as const;

for (const { name, key, nonce, plain, context, sealed } of vectors) {
  test(`${name} of ${provider} has the bytes of its specification`, () => {
    const aead = createAead(name, key);
    assert.equal(aead.seal(Buffer.from(nonce, 'hex'), plain, context).toString('hex'), sealed);
    assert.deepEqual(aead.open(Buffer.from(nonce, 'hex'), Buffer.from(sealed, 'hex'), context), plain);
  });
}

test(`what ${provider} seals, it opens, and nothing else`, () => {
  const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
  const cases = fc
    .constantFrom(...names)
    .chain((name) =>
      fc.tuple(fc.constant(name), bytes(sizes[name][0]), bytes(sizes[name][1]), fc.uint8Array({ maxLength: 200 }), fc.nat()),
    );
  fc.assert(
    fc.property(cases, ([name, key, nonce, plain, at]) => {
      const aead = createAead(name, key);
      const sealed = aead.seal(nonce, plain);
      assert.equal(sealed.length, plain.length + tagBytes);
      assert.deepEqual(aead.open(nonce, sealed), Buffer.from(plain));
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(at % changed.length) ^ 1, at % changed.length);
      for (const forged of [changed, sealed.subarray(1), sealed.subarray(0, at % sealed.length)]) {
        assert.throws(() => aead.open(nonce, forged), EngineError);
      }
      assert.throws(() => aead.open(nonce, sealed, Buffer.from('other')), EngineError);
    }),
  );
});
