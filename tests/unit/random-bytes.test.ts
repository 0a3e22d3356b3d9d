import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { drawRandom } from '../../main/engine/random-bytes.ts';

test('as many bytes as are wanted, and none of them twice', () => {
  const given = new Map<ArrayBufferLike, [from: number, to: number][]>();
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4096 }), (length) => {
      const { buffer, byteOffset: from, byteLength } = drawRandom(length);
      assert.equal(byteLength, length);
      const others = given.get(buffer) ?? [];
      assert.ok(others.every(([start, end]) => from >= end || from + length <= start));
      given.set(buffer, [...others, [from, from + length]]);
    }),
    { numRuns: 2000 },
  );
  const sixteen = Array.from({ length: 2000 }, () => drawRandom(16).toString('hex'));
  assert.equal(new Set(sixteen).size, sixteen.length);
});
