import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { EngineError } from '../../main/engine/errors.ts';
import { parseUuid } from '../../main/engine/outbounds/uuid.ts';
import { createBodyReader, createBodyWriter, optionsFor, type Security } from '../../main/engine/outbounds/vmess-body.ts';
import { commandKey, createAnswerDecoder, createCommander } from '../../main/engine/outbounds/vmess-header.ts';
import { deriveKey16 } from '../../main/engine/outbounds/vmess-kdf.ts';
import { cutAnywhere } from '../rigs/pieces.ts';

const key = commandKey(parseUuid('b831381d-6324-4d53-ad4f-8cda48b30811'));
const session = { key: Buffer.alloc(16, 1), iv: Buffer.alloc(16, 0x10), tag: 7 };

test('an id is a UUID with or without dashes, or a short text that stands for one', () => {
  assert.deepEqual(parseUuid('b831381d63244d53ad4f8cda48b30811'), parseUuid('B831381D-6324-4d53-ad4f-8cda48b30811'));
  assert.equal(parseUuid('hello').toString('hex'), 'b7502f40115259f2ba1069aeed522cdf');
  assert.throws(() => parseUuid(''), { code: 'no-secret' });
  assert.throws(() => parseUuid('a'.repeat(31)), { code: 'bad-encoding' });
});

test('keys are derived as other programs do', () => {
  assert.equal(key.toString('hex'), 'b50d916ac0cec067981af8e5f38a758f');
  assert.equal(deriveKey16(key, 'AES Auth ID Encryption').toString('hex'), '1415ba74ca8b3d041a8f583fb4116315');
  const path = ['VMess Header AEAD Key', Buffer.alloc(16, 1), Buffer.alloc(8, 2)] as const;
  assert.equal(deriveKey16(key, ...path).toString('hex'), 'd8e18cbf8ae273bbe1cb930db8da8494');
});

test('who asks and when is sealed as other programs do, the same for every request', () => {
  const { sealAuthId } = createCommander(key);
  const sealed = () => sealAuthId(1_700_000_000_999, Buffer.of(1, 2, 3, 4)).toString('hex');
  assert.deepEqual([sealed(), sealed()], ['4774fe5cc901ea4f81f2159909767a36', '4774fe5cc901ea4f81f2159909767a36']);
});

test('a length is under the mask of its stream', () => {
  const write = createBodyWriter(session, 'none', optionsFor('none', false));
  const head = (plain: Buffer) => (write(plain)[0] as Buffer).readUInt16BE() ^ plain.length;
  const mask = [head(Buffer.alloc(5)), head(Buffer.alloc(300)), head(Buffer.alloc(0))];
  assert.deepEqual(mask, [0xb5f9, 0x9de1, 0xbb5b]);
});

const security = fc.constantFrom<Security>('aes-128-gcm', 'chacha20-poly1305', 'none', 'zero');

test('what one side writes the other one reads, however it is cut, and its end', () => {
  fc.assert(
    fc.property(
      security,
      fc.boolean(),
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 40_000 }), { maxLength: 4 }),
      cutAnywhere,
      (...given) => {
        const [kind, authenticatesLength, messages, cut] = given;
        const option = optionsFor(kind, authenticatesLength);
        const write = createBodyWriter(session, kind, option);
        const wire = Buffer.concat([
          ...messages.flatMap((message) => write(Buffer.from(message))),
          ...(kind === 'zero' ? [] : write(Buffer.alloc(0))),
        ]);
        const read = createBodyReader(session, kind, option);
        const heard = cut(wire).flatMap(read);
        if (kind !== 'zero') assert.equal(heard.pop(), null);
        assert.ok(Buffer.concat(heard as Buffer[]).equals(Buffer.concat(messages)));
      },
    ),
    { numRuns: 60 },
  );
});

test('garbage is found out, or waits for more', () => {
  fc.assert(
    fc.property(security, fc.boolean(), fc.uint8Array({ maxLength: 3000 }), cutAnywhere, (kind, authenticatesLength, garbage, cut) => {
      const read = createBodyReader(session, kind, optionsFor(kind, authenticatesLength));
      const decodeAnswer = createAnswerDecoder(session);
      for (const decode of [read, decodeAnswer]) {
        try {
          for (const piece of cut(Buffer.from(garbage))) decode(piece);
        } catch (error) {
          assert.ok(error instanceof EngineError && error.code === 'proxy-protocol', String(error));
        }
      }
    }),
  );
});
