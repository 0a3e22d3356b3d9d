import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { EngineError } from '../../main/engine/errors.ts';
import * as codec from '../../main/engine/outbounds/socks5-codec.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

const hex = (bytes: Buffer) => bytes.toString('hex');

test('greeting and login are the bytes of RFC 1928 and RFC 1929', () => {
  assert.equal(hex(codec.encodeGreeting([0, 2])), '05020002');
  assert.equal(hex(codec.encodeLogin({ username: 'bob', password: 'пы' })), `0103${Buffer.from('bob').toString('hex')}04d0bfd18b`);
  assert.equal(hex(codec.encodeLogin({ username: 'bob', password: '' })), `0103${Buffer.from('bob').toString('hex')}00`);
});

test('CONNECT carries names as names and every spelling of an address as its bytes', () => {
  const encoded = (host: string) => hex(codec.encodeConnect({ host, port: 443 }));
  assert.equal(encoded('a.test'), '0501000306612e7465737401bb');
  assert.equal(encoded('192.0.2.1'), '05010001c000020101bb');
  assert.equal(encoded('::'), `05010004${'00'.repeat(16)}01bb`);
  assert.equal(encoded('::1'), `05010004${'00'.repeat(15)}0101bb`);
  assert.equal(encoded('2001:DB8::7:8'), `0501000420010db8${'00'.repeat(8)}0007000801bb`);
  assert.equal(encoded('::ffff:192.0.2.1'), `05010004${'00'.repeat(10)}ffffc000020101bb`);
  assert.equal(encoded('1:2:3:4:5:6:7:8'), '050100040001000200030004000500060007000801bb');
});

test('IPv6 addresses keep their 16 bytes', () => {
  fc.assert(
    fc.property(fc.ipV6(), (host) => {
      const groups = new URL(`http://[${host}]`).hostname;
      const bytes = codec.encodeConnect({ host, port: 1 }).subarray(4, 20);
      const written = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(2 * i).toString(16)).join(':');
      assert.equal(new URL(`http://[${written}]`).hostname, groups);
    }),
  );
});

/** A reply with its address, and what comes after it. */
const replies = fc
  .tuple(
    fc.nat(255),
    fc.oneof(
      fc.uint8Array({ minLength: 4, maxLength: 4 }).map((address) => [1, ...address]),
      fc.uint8Array({ minLength: 16, maxLength: 16 }).map((address) => [4, ...address]),
      fc.uint8Array({ maxLength: 255 }).map((name) => [3, name.length, ...name]),
    ),
    fc.uint8Array({ minLength: 2, maxLength: 2 }),
  )
  .map(([code, address, port]) => ({ code, bytes: Buffer.from([5, code, 0, ...address, ...port]) }));

test('a reply ends where its address type says, and is not taken for complete before', () => {
  fc.assert(
    fc.property(replies, fc.uint8Array(), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), ({ code, bytes }, rest, cut) => {
      assert.ok(bytes.length <= codec.longestReplyBytes);
      assert.deepEqual(codec.decodeReply(Buffer.concat([bytes, rest])), { value: code, length: bytes.length });
      assert.equal(codec.decodeReply(bytes.subarray(0, Math.floor(cut * bytes.length))), null);
    }),
  );
});

test('anything else is proxy-protocol at once', () => {
  const isProtocolError = (error: unknown) => error instanceof EngineError && error.code === 'proxy-protocol';
  for (const decode of [codec.decodeChoice, codec.decodeReply, codec.decodeLoginStatus]) {
    assert.throws(() => decode(Buffer.from('H')), isProtocolError);
    assert.equal(decode(Buffer.alloc(0)), null);
  }
  assert.throws(() => codec.decodeReply(Buffer.of(5, 0, 0, 2, 0)), isProtocolError); // address type 2
  fc.assert(
    fc.property(fc.uint8Array({ minLength: codec.longestReplyBytes }), (bytes) => {
      for (const decode of [codec.decodeChoice, codec.decodeReply, codec.decodeLoginStatus]) {
        try {
          assert.ok((decode(Buffer.from(bytes))?.length ?? Number.NaN) <= codec.longestReplyBytes);
        } catch (error) {
          assert.ok(isProtocolError(error), String(error));
        }
      }
    }),
  );
});

test('a login status may carry the version of the protocol around it', () => {
  assert.deepEqual(codec.decodeLoginStatus(Buffer.of(1, 0)), { value: true, length: 2 });
  assert.deepEqual(codec.decodeLoginStatus(Buffer.of(5, 0)), { value: true, length: 2 });
  assert.deepEqual(codec.decodeLoginStatus(Buffer.of(1, 255)), { value: false, length: 2 });
});

test('every reply code has its error', () => {
  const errors = Array.from({ length: 10 }, (_, reply) => codec.replyError(reply).code);
  assert.deepEqual(errors.slice(1), [
    'proxy-failed',
    'destination-forbidden',
    'destination-unreachable',
    'destination-unreachable',
    'destination-refused',
    'destination-timeout',
    'proxy-unsupported',
    'proxy-unsupported',
    'proxy-failed',
  ]);
});
