import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endToEnd, originRequest } from '../../main/engine/inbound/http-message.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

const refused = { code: 'bad-request' };

test('a request for a proxy becomes one for the origin', () => {
  assert.deepEqual(originRequest('GET', 'http://a.test/x?y=1', ['hOST', 'a.test', 'Accept', '*/*']), {
    destination: { host: 'a.test', port: 80 },
    path: '/x?y=1',
    headers: ['Host', 'a.test', 'Accept', '*/*', 'Connection', 'close'],
    upgrade: null,
  });
});

test('every form of an absolute address is understood', () => {
  const cases = [
    ['http://a.test', 'a.test', 80, '/'],
    ['HTTP://A.test:8080/', 'A.test', 8080, '/'],
    ['http://[::1]:81/a/../b', '::1', 81, '/a/../b'],
    ['http://a.test?q', 'a.test', 80, '/?q'],
  ] as const;
  for (const [url, host, port, path] of cases) {
    const request = originRequest('GET', url, []);
    assert.deepEqual([request.destination, request.path], [{ host, port }, path]);
  }
});

test('what is not for a proxy is refused: web pages can send such requests', () => {
  for (const url of [
    '/',
    '*',
    'a.test:80',
    'https://a.test/',
    'ftp://a.test/',
    'http:///x',
    'http://user:pass@a.test/',
    'http://a.test/#x',
  ]) {
    assert.throws(() => originRequest('GET', url, ['Host', 'a.test']), refused, url);
  }
});

test('what can be read in two ways is refused', () => {
  for (const headers of [
    ['Host', 'b.test'],
    ['Host', 'a.test:81'],
    ['Host', 'a.test', 'Host', 'a.test'],
    ['Transfer-Encoding', 'gzip, chunked'],
    ['Transfer-Encoding', 'chunked', 'Transfer-Encoding', 'chunked'],
    ['Transfer-Encoding', 'identity'],
  ]) {
    assert.throws(() => originRequest('GET', 'http://a.test/', headers), refused, String(headers));
  }
});

test('Host may say the usual port, and be in capitals', () => {
  for (const host of ['a.test:80', 'A.TEST']) assert.equal(originRequest('GET', 'http://a.test/', ['Host', host]).headers[1], 'a.test');
});

test('headers of the connection and for the proxy go no further', () => {
  const headers = [
    'Connection',
    'x-mine, Close',
    'X-Mine',
    '1',
    'Keep-Alive',
    '2',
    'Proxy-Authorization',
    'secret',
    'proxy-connection',
    '3',
  ];
  headers.push('TE', 'trailers', 'Trailer', 'x', 'Upgrade', 'websocket', 'Cookie', 'a', 'Cookie', 'b');
  assert.deepEqual(endToEnd(headers), ['Cookie', 'a', 'Cookie', 'b']);
});

test('Connection cannot take the length away', () => {
  assert.deepEqual(endToEnd(['Connection', 'Content-Length', 'Content-Length', '5']), ['Content-Length', '5']);
});

test('a body keeps its framing, and a request without one gets none', () => {
  const framing = (method: string, ...headers: string[]) => originRequest(method, 'http://a.test/', headers).headers.slice(2).join(' ');
  assert.equal(framing('POST', 'Content-Length', '5'), 'Content-Length 5 Connection close');
  assert.equal(framing('POST', 'transfer-encoding', 'Chunked'), 'Connection close Transfer-Encoding chunked');
  assert.equal(framing('POST'), 'Connection close Content-Length 0');
  assert.equal(framing('DELETE'), 'Connection close');
});
