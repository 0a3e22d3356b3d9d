/** What a bulk socket reads lies in memory that is used again: no stream of several layers may say that it is done with a part that waits. */
import assert from 'node:assert/strict';
import { Duplex } from 'node:stream';
import { test } from 'node:test';
import { type Coding, createCodedStream } from '../../main/engine/transports/coded-stream.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

const partBytes = 16_000;
const whole: Coding = { encode: (plain) => plain, decode: (wire) => [wire] };
/** As VMess has it without encryption: chunks that are parts of what is said. */
const inParts: Coding = {
  ...whole,
  encode: (plain) => [0, 1, 2, 3, 4].map((part) => plain.subarray(partBytes * part, partBytes * (part + 1))),
};

test('a stream that passes on part by part is not done with what waits below', () => {
  let writes = 0;
  const slow = new Duplex({
    read() {},
    write(bytes: Buffer, _encoding, done) {
      if (++writes < 4 && bytes.length < 64 * 1024) done(); // as a kernel that takes so much
    },
  });
  const stream = createCodedStream(createCodedStream(slow, whole), inParts);
  stream.write(Buffer.alloc(4 * partBytes + 1600));
  assert.ok(slow.writableLength > 0);
  assert.ok(stream.writableLength > 0, 'it says that all is written');
  stream.destroy();
});
