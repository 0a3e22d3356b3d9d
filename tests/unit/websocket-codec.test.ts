import assert from 'node:assert/strict';
import type { Writable } from 'node:stream';
import { test } from 'node:test';
import fc from 'fast-check';
import * as ws from 'ws';
import { EngineError } from '../../main/engine/errors.ts';
import { acceptOf, createFrameReader, encodeFrame, opcodes } from '../../main/engine/transports/websocket-codec.ts';
import { cutAnywhere } from '../rigs/pieces.ts';

/** What @types/ws does not tell of. */
const { Receiver, Sender } = ws as unknown as {
  Receiver: new (options: { isServer: boolean }) => Writable;
  Sender: { frame(data: Buffer, options: object): Buffer[] };
};

test('the answer to the key of RFC 6455', () => assert.equal(acceptOf('dGhlIHNhbXBsZSBub25jZQ=='), 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='));

const payloads = fc.uint8Array({ maxLength: 70_000, size: 'max' });

test('the ws package reads our frames', async () => {
  await fc.assert(
    fc.asyncProperty(payloads, async (payload) => {
      const receiver = new Receiver({ isServer: true });
      const message = new Promise<Buffer>((resolve) => receiver.once('message', resolve));
      receiver.write(encodeFrame(opcodes.binary, Buffer.from(payload)));
      assert.ok((await message).equals(payload));
    }),
    { numRuns: 40 },
  );
});

test('the frames of the ws package are read, however they are cut, with what stands between them', () => {
  const frames = fc.array(fc.tuple(fc.constantFrom(opcodes.binary, opcodes.continuation, opcodes.ping), payloads), { maxLength: 6 });
  fc.assert(
    fc.property(frames, cutAnywhere, (given, cut) => {
      const sent = given.map(([opcode, data]) => [opcode, opcode === opcodes.ping ? data.subarray(0, 125) : data] as const);
      const options = { fin: true, rsv1: false, mask: false, readOnly: true };
      const wire = Buffer.concat(sent.flatMap(([opcode, data]) => Sender.frame(Buffer.from(data), { ...options, opcode })));
      const pings: Buffer[] = [];
      const read = createFrameReader((_opcode, payload) => pings.push(payload));
      const heard = Buffer.concat(cut(wire).flatMap(read));
      const isPing = ([opcode]: readonly [number, Uint8Array]) => opcode === opcodes.ping;
      assert.ok(heard.equals(Buffer.concat(sent.filter((frame) => !isPing(frame)).map(([, data]) => data))));
      assert.deepEqual(
        pings.map(String),
        sent.filter(isPing).map(([, data]) => String(Buffer.from(data))),
      );
    }),
    { numRuns: 60 },
  );
});

test('garbage is found out, or waits for more', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), cutAnywhere, (garbage, cut) => {
      try {
        cut(Buffer.from(garbage)).flatMap(createFrameReader(() => {}));
      } catch (error) {
        assert.ok(error instanceof EngineError && error.code === 'proxy-protocol', String(error));
      }
    }),
    { numRuns: 300 },
  );
  const wrong = [
    [0x82, 0x81, 0, 0, 0, 0, 0],
    [0xc2, 0],
    [0x83, 0],
    [0x09, 0],
    [0x89, 126, 0, 126],
    [0x82, 127, 1, 0, 0, 0, 0, 0, 0, 0],
  ];
  for (const head of wrong) assert.throws(() => createFrameReader(() => {})(Buffer.from(head)), { code: 'proxy-protocol' }, String(head));
});
