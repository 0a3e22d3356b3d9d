import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { EngineError } from '../../main/engine/errors.ts';
import { commands, createTrojanCoding, encodePassword, encodeRequest } from '../../main/engine/outbounds/trojan-codec.ts';
import { createVlessCoding, createVlessDatagramCoding } from '../../main/engine/outbounds/vless-codec.ts';
import { cutAnywhere } from '../rigs/pieces.ts';

const head = encodeRequest(encodePassword('correct horse'), commands.connect, { host: 'a.test', port: 443 });
const answer = Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n');
const get = Buffer.from('GET / HTTP/1.1\r\n\r\n');

test('a request names password, command and destination', () => {
  const hash = 'be678ecb0e1e13fd0c1440995f43225ca83aeb66717e8ea790b867f2';
  assert.deepEqual(head, Buffer.from(`${hash}\r\n\x01\x03\x06a.test\x01\xbb\r\n`, 'latin1'));
});

test('HTTP that answers what is no HTTP says that the password is wrong, however it is cut', () => {
  fc.assert(
    fc.property(cutAnywhere, (cut) => {
      const coding = createTrojanCoding(head);
      coding.encode(Buffer.of(22, 3, 1));
      assert.throws(() => cut(answer).map(coding.decode), { code: 'proxy-login-rejected' });
    }),
  );
});

test('HTTP that answers HTTP is the answer, also where the head went alone', () => {
  for (const words of [[get], [Buffer.alloc(0), get]]) {
    const coding = createTrojanCoding(head);
    const wire = Buffer.concat(words.map((plain) => coding.encode(plain) as Buffer));
    assert.deepEqual(wire, Buffer.concat([head, get]));
    assert.deepEqual([...coding.decode(answer)], [answer]);
  }
});

test('VLESS: what follows the answer is read, however it is cut, and garbage is found out', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { maxLength: 5 }), cutAnywhere, (payloads, cut) => {
      const coding = createVlessDatagramCoding(head);
      const framed = payloads.map((payload) => Buffer.concat([Buffer.of(payload.length >> 8, payload.length & 0xff), payload]));
      const datagrams = cut(Buffer.concat([Buffer.of(0, 1, 9), ...framed])).flatMap((wire) => [...coding.decode(wire)]);
      assert.deepEqual(
        datagrams,
        payloads.map((payload) => Buffer.from(payload)),
      );
    }),
  );
  assert.throws(() => createVlessCoding(head).decode(answer), { code: 'proxy-login-rejected' });
  assert.throws(
    () => createVlessCoding(head).decode(Buffer.of(5)),
    (error) => error instanceof EngineError && error.code === 'proxy-protocol',
  );
});
