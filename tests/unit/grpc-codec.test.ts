import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { EngineError } from '../../main/engine/errors.ts';
import { createHunkReader, encodeHunkHead } from '../../main/engine/transports/grpc-codec.ts';
import { cutAnywhere } from '../rigs/pieces.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

test('what precedes a message', () => {
  assert.deepEqual(encodeHunkHead(0), hex('00 00000002 0a 00'));
  assert.deepEqual(encodeHunkHead(5), hex('00 00000007 0a 05'));
  assert.deepEqual(encodeHunkHead(300), hex('00 0000012f 0a ac02'));
  assert.deepEqual(encodeHunkHead(70_000), hex('00 00011174 0a f0a204'));
});

test('messages are read, however they are cut, with any number of fields', () => {
  const hunk = fc.uint8Array({ maxLength: 70_000, size: 'max' });
  const messages = fc.array(fc.array(hunk, { maxLength: 3 }), { maxLength: 4 });
  fc.assert(
    fc.property(messages, cutAnywhere, (given, cut) => {
      const fields = given.map((parts) => Buffer.concat(parts.flatMap((part) => [encodeHunkHead(part.length).subarray(5), part])));
      const prefixed = fields.map((field) => {
        const prefix = Buffer.alloc(5);
        prefix.writeUInt32BE(field.length, 1);
        return Buffer.concat([prefix, field]);
      });
      const read = createHunkReader();
      const heard = Buffer.concat(cut(Buffer.concat(prefixed)).flatMap(read));
      assert.ok(heard.equals(Buffer.concat(given.flat())));
    }),
    { numRuns: 60 },
  );
});

test('garbage is found out, or waits for more', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), cutAnywhere, (garbage, cut) => {
      try {
        cut(Buffer.from(garbage)).flatMap(createHunkReader());
      } catch (error) {
        assert.ok(error instanceof EngineError && error.code === 'proxy-protocol', String(error));
      }
    }),
    { numRuns: 300 },
  );
});

const wrong = [
  ['a compressed message', '01 00000002 0a 00'],
  ['another field', '00 00000002 12 00'],
  ['a field of another type', '00 00000002 08 00'],
  ['a field longer than its message', '00 00000003 0a 02'],
  ['a length that has no end', '00 00000010 0a ffffffffff'],
  ['a message that ends after its tag', '00 00000001 0a'],
  ['a message that ends within the length', '00 00000002 0a 80'],
] as const;
for (const [what, wire] of wrong)
  test(`refused: ${what}`, () => assert.throws(() => createHunkReader()(hex(wire)), { code: 'proxy-protocol' }));

test('a length of four gigabytes takes no memory', () => {
  const read = createHunkReader();
  assert.deepEqual(read(hex('00 ffffffff 0a f9ffffff0f')), []);
  assert.deepEqual(read(Buffer.from('abc')), [Buffer.from('abc')]);
});
