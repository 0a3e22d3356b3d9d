import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { EngineError } from '../../main/engine/errors.ts';
import * as http from '../../main/engine/inbound/http-codec.ts';
import { decodeOpening } from '../../main/engine/inbound/opening.ts';
import * as socks4 from '../../main/engine/inbound/socks4-codec.ts';
import * as socks5 from '../../main/engine/inbound/socks5-codec.ts';
import { encodeConnect as encodeHttpConnect } from '../../main/engine/outbounds/http-codec.ts';
import * as outgoing from '../../main/engine/outbounds/socks5-codec.ts';
import type { Decode } from '../../main/engine/read-message.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

const name = fc.domain().filter((host) => host.length <= 255);
const host = fc.oneof(name, fc.ipV4(), fc.ipV6().map(canonical));
const destination = fc.record({ host, port: fc.integer({ min: 1, max: 65_535 }) }, { noNullPrototype: true });
const word = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => Buffer.byteLength(text) <= 255);
const tail = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes));

function canonical(literal: string): string {
  return new URL(`http://[${literal}]`).hostname.slice(1, -1);
}

/** However little or much of it is there, a message is decoded exactly when it is complete, and nothing after it matters. */
function decodesExactly<T>(decode: Decode<T>, message: Buffer, after: Buffer, expected: T): void {
  for (let length = 0; length < message.length; length++) assert.equal(decode(message.subarray(0, length)), null, `at ${length}`);
  assert.deepEqual(decode(Buffer.concat([message, after])), { value: expected, length: message.length });
}

test('a SOCKS5 greeting is read exactly', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 255 }), tail, (methods, after) => {
      decodesExactly(socks5.decodeGreeting, outgoing.encodeGreeting(methods), after, methods);
    }),
  );
});

test('a SOCKS5 login is read exactly', () => {
  fc.assert(
    fc.property(word, word, tail, (username, password, after) => {
      decodesExactly(socks5.decodeLogin, outgoing.encodeLogin({ username, password }), after, { username, password });
    }),
  );
});

test('a SOCKS5 request is read exactly, with names and addresses', () => {
  fc.assert(
    fc.property(destination, tail, (wanted, after) => {
      decodesExactly(socks5.decodeRequest, outgoing.encodeConnect(wanted), after, { command: 1, destination: wanted });
    }),
  );
});

test('a SOCKS5 request with an unknown kind of address has no destination', () => {
  assert.deepEqual(socks5.decodeRequest(Buffer.of(5, 1, 0, 2, 9))?.value, { command: 1, destination: null });
});

test('a SOCKS4 request is read exactly, with an address and, as SOCKS4a, with a name', () => {
  const user = fc.stringMatching(/^[a-z]{0,20}$/);
  fc.assert(
    fc.property(fc.ipV4(), fc.integer({ min: 0, max: 65_535 }), user, tail, (address, port, userId, after) => {
      fc.pre(!address.startsWith('0.0.0.'));
      const head = Buffer.of(4, 1, port >> 8, port & 0xff);
      const message = Buffer.concat([head, Buffer.from(address.split('.').map(Number)), Buffer.from(`${userId}\0`)]);
      decodesExactly(socks4.decodeRequest, message, after, { command: 1, destination: { host: address, port } });
    }),
  );
  fc.assert(
    fc.property(name, fc.integer({ min: 0, max: 65_535 }), user, tail, (wanted, port, userId, after) => {
      const message = Buffer.concat([Buffer.of(4, 1, port >> 8, port & 0xff, 0, 0, 0, 9), Buffer.from(`${userId}\0${wanted}\0`)]);
      decodesExactly(socks4.decodeRequest, message, after, { command: 1, destination: { host: wanted, port } });
    }),
  );
});

test('0.0.0.0 is an address in SOCKS4, not the sign of a name', () => {
  const message = Buffer.of(4, 1, 0, 80, 0, 0, 0, 0, 0);
  assert.deepEqual(socks4.decodeRequest(message)?.value.destination, { host: '0.0.0.0', port: 80 });
});

test('the head of a CONNECT is read exactly, with its login', () => {
  fc.assert(
    fc.property(destination, word, word, tail, (wanted, username, password, after) => {
      fc.pre(!username.includes(':'));
      const message = Buffer.from(encodeHttpConnect(wanted, { username, password }));
      const decoded = http.decodeConnect(Buffer.concat([message, after]));
      assert.equal(decoded?.length, message.length);
      assert.deepEqual(http.parseAuthority(decoded?.value?.authority ?? ''), wanted);
      assert.deepEqual(http.parseBasicLogin(decoded?.value?.authorization), { username, password });
      for (let length = 0; length < message.length; length++) assert.equal(http.decodeConnect(message.subarray(0, length)), null);
    }),
  );
});

test('other requests, and a CONNECT that is not well-formed, are left as they are', () => {
  for (const head of ['GET http://a.test/ HTTP/1.1', 'CONNECT a.test:443', 'CONNECT a b:1 HTTP/1.1', 'CONNECT a:1 HTTP/1.1\r\nno colon']) {
    assert.deepEqual(http.decodeConnect(Buffer.from(`${head}\r\n\r\n`)), { value: null, length: 0 });
  }
});

test('an authority is a host and a port and nothing else', () => {
  assert.deepEqual(http.parseAuthority('[::1]:443'), { host: '::1', port: 443 });
  assert.deepEqual(http.parseAuthority('a.test', 80), { host: 'a.test', port: 80 });
  for (const bad of [
    'a.test',
    ':80',
    'a.test:',
    'a.test:x',
    'a.test:123456',
    'user@a.test:80',
    '::1:80',
    '[a.test]:80',
    '[::1',
    'a:b:80',
    '',
  ]) {
    assert.throws(() => http.parseAuthority(bad), { code: 'bad-request' }, bad);
  }
});

test('a Basic login that is none is none', () => {
  for (const none of [undefined, '', 'Basic', 'Bearer abc', `Basic ${Buffer.from('no colon').toString('base64')}`, 'Basic ???']) {
    assert.equal(http.parseBasicLogin(none), null);
  }
});

test('garbage is refused at its first byte or waits for more, and never breaks anything', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 600 }), fc.constantFrom(4, 5, 0x43, null), (random, first) => {
      const bytes = Buffer.from(random);
      if (first !== null) bytes[0] = first;
      try {
        const decoded = decodeOpening(bytes);
        if (decoded) assert.ok(decoded.length <= bytes.length);
      } catch (error) {
        assert.ok(error instanceof EngineError);
        assert.equal(error.code, 'bad-request');
      }
    }),
    { numRuns: 2000 },
  );
  for (const first of [0x00, 0x03, 0x06, 0x16, 0x20, 0x40, 0x5b, 0x60, 0x7b, 0x80, 0xff]) {
    assert.throws(() => decodeOpening(Buffer.of(first)), { code: 'bad-request' }, String(first));
  }
});

test('a SOCKS5 reply has ten bytes and an empty IPv4 address', () => {
  for (const reply of Object.values(socks5.replies)) {
    assert.deepEqual([...socks5.encodeReply(reply)], [5, reply, 0, 1, 0, 0, 0, 0, 0, 0]);
    assert.equal(outgoing.decodeReply(socks5.encodeReply(reply))?.value, reply);
  }
});
