import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { EngineError } from '../../main/engine/errors.ts';
import { createDirect } from '../../main/engine/outbounds/direct.ts';
import { type CodedStreamOptions, type Coding, createCodedStream } from '../../main/engine/transports/coded-stream.ts';
import { soon } from '../rigs/connecting.ts';
import { startServer } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { readAll, readExactly } from '../rigs/streams.ts';
import { until } from '../rigs/until.ts';

assertNothingLeftOpen();

/** `>` once, then frames of two bytes of length and content, with every bit turned; a frame of nothing is the end. */
function createTurning({ marksEnd = true } = {}): Coding {
  let rest: Buffer = Buffer.alloc(0);
  let hasBegun = false;
  const turn = (bytes: Uint8Array) => Buffer.from(bytes.map((byte) => byte ^ 0xff));
  const frame = (bytes: Uint8Array) => [Buffer.of(bytes.length >> 8, bytes.length & 255), turn(bytes)];
  return {
    encode(plain) {
      const frames = hasBegun ? [] : [Buffer.from('>')];
      hasBegun = true;
      for (let at = 0; at < plain.length; at += 0xffff) frames.push(...frame(plain.subarray(at, at + 0xffff)));
      return frames;
    },
    ...(marksEnd && { encodeEnd: () => Buffer.alloc(2) }),
    *decode(wire) {
      rest = Buffer.concat([rest, wire]);
      while (rest.length >= 2 && rest.length >= 2 + rest.readUInt16BE()) {
        const length = rest.readUInt16BE();
        if (length === 0xfffe) throw new EngineError('proxy-protocol', 'a frame that this test calls garbage');
        yield length === 0 ? null : turn(rest.subarray(2, 2 + length));
        rest = rest.subarray(2 + length);
      }
    },
    decodeEnd() {
      if (rest.length > 0) throw new EngineError('proxy-closed', 'within a frame');
    },
  };
}

/** What a whole side says: the plain pieces as they were written, to the last. */
const encodeAll = (pieces: readonly Uint8Array[], coding = createTurning()) =>
  Buffer.concat([...pieces.flatMap((piece) => coding.encode(Buffer.from(piece))), coding.encodeEnd?.() ?? Buffer.alloc(0)]);

/** A coded stream over TCP, and the other end of its wire. */
async function openPair(coding: Coding, options?: CodedStreamOptions) {
  const accepted = Promise.withResolvers<Socket>();
  const server = await startServer((socket) => accepted.resolve(socket));
  const inner = await createDirect().connect(server, soon());
  const stream = createCodedStream(inner, coding, options);
  return { stream, inner, wire: await accepted.promise, server, [Symbol.asyncDispose]: () => close(stream, server) };
}

async function close(stream: Duplex, server: AsyncDisposable): Promise<void> {
  stream.destroy();
  await server[Symbol.asyncDispose]();
}

/** Rejects when the stream closes instead. */
async function next(stream: Duplex): Promise<Buffer> {
  for (;;) {
    const bytes: Buffer | null = stream.read();
    if (bytes !== null) return bytes;
    assert.ok(!stream.destroyed, 'it is closed');
    await new Promise(setImmediate);
  }
}

const pieces = fc.array(fc.uint8Array({ minLength: 1, maxLength: 500 }), { maxLength: 8 });
const words = (bytes: readonly Uint8Array[]) => Buffer.concat(bytes);

describe('a coded stream', () => {
  test('does not take a reader that holds it up for silence after the end', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    await using pair = await openPair(createTurning({ marksEnd: false }), { quietAfterEndMs: 5000 });
    const { stream, wire } = pair;
    const said = Array.from({ length: 400 }, (_, i) => Buffer.alloc(50_000, i));
    wire.write(encodeAll(said, createTurning({ marksEnd: false })).subarray(1));
    stream.end();
    stream.read(0);
    while (stream.readableLength < stream.readableHighWaterMark || !stream.writableFinished) await new Promise(setImmediate);
    t.mock.timers.tick(20_000);
    const heard: Buffer[] = [];
    for (let length = 0; length < 400 * 50_000; length += heard.at(-1)?.length ?? 0) heard.push(await next(stream));
    assert.ok(Buffer.concat(heard).equals(Buffer.concat(said)));
  });

  test('says the pieces that come together one by one, because each may be a datagram', async () => {
    await using pair = await openPair(createTurning());
    const heard: string[] = [];
    pair.stream.on('data', (piece: Buffer) => heard.push(String(piece)));
    const wire = encodeAll(
      ['one', 'two', 'three'].map((word) => Buffer.from(word)),
      createTurning({ marksEnd: false }),
    );
    pair.wire.write(wire.subarray(1)); // without what a client says first
    await until(() => heard.join('').length === 'onetwothree'.length);
    assert.deepEqual(heard, ['one', 'two', 'three']);
  });

  test('carries both directions and both ends, however the wire cuts them', async () => {
    await fc.assert(
      fc.asyncProperty(pieces, pieces, fc.integer({ min: 1, max: 700 }), fc.boolean(), async (said, heard, cut, marksEnd) => {
        await using pair = await openPair(createTurning({ marksEnd }), { firstWordsMs: 10_000 });
        for (const piece of said) pair.stream.write(piece);
        pair.stream.end();
        assert.deepEqual(
          await readAll(pair.wire),
          words(said.length ? [encodeAll(said, createTurning({ marksEnd }))] : [Buffer.from(marksEnd ? '>\0\0' : '>')]),
        );
        const coded = encodeAll(heard, createTurning({ marksEnd })).subarray(heard.length > 0 ? 1 : 0);
        for (let at = 0; at < coded.length; at += cut) {
          pair.wire.write(coded.subarray(at, at + cut));
          await new Promise(setImmediate);
        }
        pair.wire.end();
        assert.deepEqual(await readAll(pair.stream), words(heard));
        if (!pair.stream.closed) await once(pair.stream, 'close');
      }),
      { numRuns: 60 },
    );
  });

  test('goes on hearing after it has ended, and goes on speaking after the other side has', async () => {
    for (const marksEnd of [true, false]) {
      await using first = await openPair(createTurning({ marksEnd }));
      first.stream.end('question');
      await readAll(first.wire);
      first.wire.write(Buffer.of(0, 2, 0xff ^ 79, 0xff ^ 75));
      assert.equal((await readExactly(first.stream, 2)).toString(), 'OK');

      await using second = await openPair(createTurning({ marksEnd }));
      second.wire[marksEnd ? 'write' : 'end'](Buffer.alloc(marksEnd ? 2 : 0));
      assert.equal((await readAll(second.stream)).length, 0);
      second.stream.write('x');
      assert.deepEqual(await readExactly(second.wire, 4), Buffer.of(62, 0, 1, 0xff ^ 120));
    }
  });

  test('is silent until it is spoken to where nothing precedes its words', async () => {
    await using pair = await openPair(createTurning({ marksEnd: false }));
    pair.stream.end();
    assert.equal((await readAll(pair.wire)).length, 0);
  });

  test('sends what precedes the first words with them, and alone when they do not come', async () => {
    await using spoken = await openPair(createTurning(), { firstWordsMs: 10_000 });
    spoken.stream.write('a');
    const [together] = await once(spoken.wire, 'data');
    assert.deepEqual(together, Buffer.of(62, 0, 1, 0xff ^ 97));

    await using silent = await openPair(createTurning(), { firstWordsMs: 1 });
    const [alone] = await once(silent.wire, 'data');
    assert.equal(String(alone), '>');
    silent.stream.write('a');
    const [later] = await once(silent.wire, 'data');
    assert.deepEqual(later, Buffer.of(0, 1, 0xff ^ 97));
  });

  test('slows down who writes to it when the wire is not read, and then loses nothing', async () => {
    await using pair = await openPair(createTurning());
    const block = Buffer.alloc(64 * 1024, 'x');
    let written = 0;
    while (pair.stream.write(block)) {
      written += block.length;
      await new Promise(setImmediate);
      assert.ok(written < 256 * 1024 * 1024, 'no end to it');
    }
    written += block.length;
    const drained = once(pair.stream, 'drain');
    const all = readAll(pair.wire);
    await drained;
    pair.stream.end();
    const frames = 2 * (written / block.length);
    assert.equal((await all).length, 1 + written + 2 * frames + 2);
  });

  test('does not close before all is out', async () => {
    await using pair = await openPair({ encode: (plain) => plain, decode: (wire) => [wire] });
    pair.wire.end();
    await readAll(pair.stream);
    pair.stream.end(Buffer.alloc(20_000_000));
    await turns(5);
    assert.equal((await readAll(pair.wire)).length, 20_000_000);
  });

  test('slows down the wire when it is not read, and then loses nothing', async () => {
    await using pair = await openPair(createTurning());
    const frame = encodeAll([Buffer.alloc(60_000, 'x')], createTurning({ marksEnd: false })).subarray(1);
    pair.wire.write(frame);
    await once(pair.stream, 'readable');
    let sent = 1;
    for (let isFree = true; isFree; sent++) {
      isFree = pair.wire.write(frame) || (await Promise.race([once(pair.wire, 'drain').then(() => true), turns(200).then(() => false)]));
      assert.ok(sent * 60_000 < 256 * 1024 * 1024, 'no end to it');
    }
    assert.ok(pair.stream.readableLength <= 1024 * 1024, `${pair.stream.readableLength} bytes are kept`);
    pair.wire.end();
    assert.equal((await readAll(pair.stream)).length, sent * 60_000);
  });

  test('takes what was there before it, and an end', async () => {
    await using pair = await openPair({ encode: (plain) => plain, decode: (wire) => [wire] });
    pair.inner.unshift(Buffer.from('before '));
    pair.wire.end('and after');
    assert.equal((await readAll(pair.stream)).toString(), 'before and after');
  });

  test('keeps large pieces although the socket uses their memory again', async () => {
    await using pair = await openPair({ encode: (plain) => plain, decode: (wire) => [wire] });
    const bytes = Buffer.from(Array.from({ length: 3_000_000 }, (_, at) => at % 251));
    pair.wire.end(bytes);
    assert.ok((await readAll(pair.stream)).equals(bytes));
  });
});

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise(setImmediate);
}

describe('a coded stream that breaks', () => {
  const closed = async (stream: Duplex) => {
    const errors: unknown[] = [];
    let closes = 0;
    stream.on('error', (error) => errors.push(error)).on('close', () => closes++);
    stream.resume();
    await new Promise((resolve) => stream.once('close', resolve));
    await turns(3);
    assert.equal(closes, 1);
    return errors.map((error) => (error instanceof EngineError ? error.code : error));
  };

  test('closes when the wire is reset, and says so once', async () => {
    await using pair = await openPair(createTurning());
    pair.wire.resetAndDestroy();
    assert.deepEqual(await closed(pair.stream), ['proxy-closed']);
  });

  test('closes when the stream underneath is destroyed, even before it was wrapped', async () => {
    await using pair = await openPair(createTurning());
    pair.inner.destroy();
    assert.deepEqual(await closed(pair.stream), ['proxy-closed']);
    assert.deepEqual(await closed(createCodedStream(pair.inner, createTurning())), ['proxy-closed']);
  });

  test('closes the wire when it is destroyed, with a write under way and with none', async () => {
    for (const size of [0, 50_000_000]) {
      await using pair = await openPair(createTurning(), { firstWordsMs: 10_000 });
      if (size > 0) pair.stream.write(Buffer.alloc(size));
      pair.stream.destroy();
      pair.wire.resume().end();
      await pair.server.empty();
    }
  });

  test('throws nothing but EngineError at garbage, at an end within a frame, and whatever comes', async () => {
    for (const [wire, code] of [
      [Buffer.concat([Buffer.of(0xff, 0xfe), Buffer.alloc(0xfffe)]), 'proxy-protocol'],
      [Buffer.of(0, 9, 1), 'proxy-closed'],
    ] as const) {
      await using pair = await openPair(createTurning());
      pair.wire.end(wire);
      assert.deepEqual(await closed(pair.stream), [code]);
      pair.wire.resume().end();
      await pair.server.empty();
    }
  });
});

test('where no direction can end alone, the other side goes on until it is quiet; then the end is said, and all closes as broken', async () => {
  await using pair = await openPair(createTurning(), { quietAfterEndMs: 100 });
  const { stream, inner, wire } = pair;
  stream.end();
  await once(stream, 'finish');
  assert.equal(inner.writableEnded, false);
  wire.write(encodeAll([Buffer.from('more')], createTurning({ marksEnd: false })).subarray(1)); // without what only we begin with
  assert.equal((await readExactly(stream, 4)).toString(), 'more');
  await new Promise((closed) => stream.resume().once('close', closed));
  assert.ok(stream.errored instanceof EngineError && stream.errored.code === 'proxy-closed');
  assert.deepEqual(await readAll(wire), createTurning().encodeEnd?.());
});

test('an EngineError of the stream underneath is its own', async () => {
  await using pair = await openPair(createTurning());
  pair.inner.destroy(new EngineError('proxy-unreachable'));
  await new Promise((closed) => pair.stream.once('close', closed));
  assert.ok(pair.stream.errored instanceof EngineError && pair.stream.errored.code === 'proxy-unreachable');
});
