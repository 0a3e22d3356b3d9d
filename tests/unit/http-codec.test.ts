import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { EngineError } from '../../main/engine/errors.ts';
import * as codec from '../../main/engine/outbounds/http-codec.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

const decode = (text: string) => codec.decodeAnswer(Buffer.from(text, 'latin1'));
const isProtocolError = (error: unknown) => error instanceof EngineError && error.code === 'proxy-protocol';

test('CONNECT names the destination twice, IPv6 in brackets, and logs in with UTF-8', () => {
  assert.equal(
    codec.encodeConnect({ host: 'a.test', port: 80 }, { username: '', password: '' }),
    'CONNECT a.test:80 HTTP/1.1\r\nHost: a.test:80\r\n\r\n',
  );
  assert.equal(
    codec.encodeConnect({ host: '2001:db8::1', port: 443 }, { username: 'test', password: '123£' }), // the example of RFC 7617
    'CONNECT [2001:db8::1]:443 HTTP/1.1\r\nHost: [2001:db8::1]:443\r\nProxy-Authorization: Basic dGVzdDoxMjPCow==\r\n\r\n',
  );
});

test('heads of all kinds are understood', () => {
  for (const [head, status] of [
    ['HTTP/1.1 200 Connection established\r\n\r\n', 200],
    ['HTTP/1.0 200\r\n\r\n', 200],
    ['HTTP/1.1 200 \n\n', 200],
    ['HTTP/1.1 200 OK\r\nVia: x\n\r\n', 200],
    ['HTTP/1.1 204 No Content\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n', 204],
    ['HTTP/1.1 407 Proxy Authentication Required\nProxy-Authenticate: Basic\n\n', 407],
    ['HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\nLink: x\n\nHTTP/1.1 200 OK\r\n\r\n', 200],
    ['HTTP/1.1 200 \xff\xfe\r\n\r\n', 200],
  ] as const) {
    assert.deepEqual(decode(`${head}tunnel`), { value: status, length: head.length }, head);
  }
});

test('what is not HTTP/1 is known by its first wrong byte', () => {
  for (const bytes of ['\x05\x00', 'HTTP/2', 'http/1', 'I', '<html>', 'HTTP/1.1 100 Continue\r\n\r\nSSH-2.0']) {
    assert.throws(() => decode(bytes), isProtocolError, bytes);
  }
  for (const line of ['HTTP/1.1 20', 'HTTP/1.1 2000 OK', 'HTTP/1.2 200 OK', 'HTTP/1.1  OK', 'HTTP/1.1 200X']) {
    assert.throws(() => decode(`${line}\r\n\r\n`), isProtocolError, line);
  }
});

const lineEnd = fc.constantFrom('\r\n', '\n');
const line = fc.stringMatching(/^[ -~]{1,30}$/);
const heads = fc
  .tuple(fc.integer({ min: 200, max: 599 }), fc.array(line, { maxLength: 5 }), lineEnd, lineEnd)
  .map(([status, lines, end, last]) => ({ status, text: [`HTTP/1.1 ${status} Reason`, ...lines].map((l) => l + end).join('') + last }));

test('a head ends at its blank line, and is not taken for complete before', () => {
  fc.assert(
    fc.property(heads, fc.string(), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), ({ status, text }, rest, cut) => {
      assert.deepEqual(decode(text + rest), { value: status, length: text.length });
      assert.equal(decode(text.slice(0, Math.floor(cut * text.length))), null);
    }),
  );
});

test('random bytes never give anything but an answer, a wait or proxy-protocol', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string().map((text) => `HTTP/1.${text}`),
      ),
      (text) => {
        try {
          decode(text);
        } catch (error) {
          assert.ok(isProtocolError(error), String(error));
        }
      },
    ),
  );
});

test('every status has its error', () => {
  for (const [status, loginSent, code] of [
    [407, false, 'proxy-login-required'],
    [407, true, 'proxy-login-rejected'],
    [401, true, 'proxy-login-rejected'],
    [403, false, 'destination-forbidden'],
    [405, false, 'proxy-unsupported'],
    [501, false, 'proxy-unsupported'],
    [502, false, 'destination-unreachable'],
    [503, false, 'destination-unreachable'],
    [504, false, 'destination-timeout'],
    [302, false, 'proxy-failed'],
    [400, false, 'proxy-failed'],
    [500, false, 'proxy-failed'],
  ] as const) {
    assert.equal(codec.statusError(status, loginSent).code, code, `${status}`);
  }
});
