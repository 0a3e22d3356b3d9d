import assert from 'node:assert/strict';
import { once } from 'node:events';
import { symlink, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { until } from '../rigs/until.ts';
import {
  assertRefused,
  assertUntouched,
  call,
  callHeaders,
  head,
  openCarrier,
  openStream,
  request,
  sendRaw,
  statusOf,
} from './open-carrier.ts';

assertNothingLeftOpen();

test('what a form or a script without preflight can send is no call', async () => {
  await using carrier = await openCarrier();
  const Cookie = await carrier.login();
  const types = ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/plain; application/json', ''];
  for (const type of [...types, 'application/jsonp', 'application/json-seq', 'text/json', 'x/x, application/json']) {
    assertRefused(await call(carrier, Cookie, { headers: { 'Content-Type': type } }), 415, type);
  }
  for (const type of ['application/json; charset=utf-8', 'Application/JSON', 'application/json ;x']) {
    assert.equal((await call(carrier, Cookie, { headers: { 'Content-Type': type } })).status, 200, type);
  }
});

test('a body that is not JSON, or JSON of another shape, is refused', async () => {
  await using carrier = await openCarrier();
  const Cookie = await carrier.login();
  for (const body of ['', 'x', '{', '{"a":1}{', "{'a':1}", Buffer.from('{"\xff":1}', 'latin1'), Buffer.from('{}', 'utf16le')]) {
    assertRefused(await call(carrier, Cookie, { body }), 400, String(body));
  }
  const shapes = [
    'null',
    '[]',
    '"x"',
    '1e999',
    '{"__proto__":{"text":"x"}}',
    '{"text":"x","__proto__":{"polluted":1}}',
    '{"text":"a","text":1}',
    `${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`,
    `{"text":${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}}`,
  ];
  for (const body of shapes) {
    const answer = await call(carrier, Cookie, { path: '/api/call/importText', body });
    assert.deepEqual(JSON.parse(answer.body), { ok: false, code: 'bad-arguments' }, body.slice(0, 50));
  }
  assertUntouched(carrier);
});

test('a 10 MB body is refused, announced or not, with the cookie or without', async () => {
  await using carrier = await openCarrier();
  const Cookie = await carrier.login();
  const body = Buffer.alloc(10_000_000, ' ');
  const path = '/api/call/importText';
  assertRefused(await call(carrier, Cookie, { path, body }), 413, 'Content-Length');
  assertRefused(await call(carrier, Cookie, { path, body, headers: { 'Transfer-Encoding': 'chunked' } }), 413, 'chunked');
  assertRefused(await call(carrier, 'none', { path, body }), 403);
  assertRefused(await call(carrier, 'none', { path, body, headers: { 'Transfer-Encoding': 'chunked' } }), 403);
});

test('an announced body that is too long is refused before it is sent', async () => {
  await using carrier = await openCarrier();
  const headers = Object.entries({ ...callHeaders(carrier, await carrier.login()), Connection: 'close' }).map((pair) => pair.join(': '));
  const lines = ['POST /api/call/importText HTTP/1.1', `Host: ${carrier.authority}`, ...headers, 'Content-Length: 99999999999'];
  assert.equal(statusOf(await sendRaw(carrier.port, head(...lines))), 413);
});

test('a client that goes away in the middle of a body leaves nothing behind, and is no error', async () => {
  await using carrier = await openCarrier();
  const cookie = await carrier.login();
  const headers = Object.entries(callHeaders(carrier, cookie)).map((pair) => pair.join(': '));
  const socket = net.connect(carrier.port, '127.0.0.1');
  socket.write(
    head('POST /api/call/importText HTTP/1.1', `Host: ${carrier.authority}`, ...headers, 'Expect: 100-continue', 'Content-Length: 900'),
  );
  await once(socket, 'data'); // 100 Continue: the carrier is at it
  socket.write('{"text":"');
  socket.resetAndDestroy();
  assert.equal((await call(carrier, cookie)).status, 200);
});

test('raw requests that no browser sends are refused', async () => {
  await using carrier = await openCarrier();
  const cookie = `Cookie: ${await carrier.login()}`;
  const host = `Host: ${carrier.authority}`;
  const end = 'Connection: close';
  const requests = {
    'absolute form, foreign': [`GET http://evil.example/ HTTP/1.1`, host, cookie, end],
    'absolute form, ours': [`GET ${carrier.origin}/ HTTP/1.1`, host, cookie, end],
    'absolute form, foreign Host': [`GET ${carrier.origin}/api/state HTTP/1.1`, 'Host: evil.example', cookie, end],
    'no Host, HTTP/1.0': ['GET / HTTP/1.0', cookie],
    'no Host, HTTP/1.1': ['GET / HTTP/1.1', cookie, end],
    'empty Host': ['GET / HTTP/1.1', 'Host:', cookie, end],
    'two Hosts, ours first': ['GET / HTTP/1.1', host, 'Host: evil.example', cookie, end],
    'two Hosts, ours last': ['GET / HTTP/1.1', 'Host: evil.example', host, cookie, end],
    'two Origins': ['GET / HTTP/1.1', host, `Origin: ${carrier.origin}`, 'Origin: http://evil.example', cookie, end],
    asterisk: ['OPTIONS * HTTP/1.1', host, cookie, end],
    'no slash': ['GET index.html HTTP/1.1', host, cookie, end],
    'folded header': ['GET / HTTP/1.1', host, 'X: a', ' Host: evil.example', cookie, end],
    'space before colon': ['GET / HTTP/1.1', `Host : ${carrier.authority}`, cookie, end],
    'length and chunks': ['POST /api/call/changeSettings HTTP/1.1', host, cookie, 'Content-Length: 2', 'Transfer-Encoding: chunked', end],
    'not HTTP': ['\u0016\u0003\u0001 hello'],
    'long header': ['GET / HTTP/1.1', host, `X: ${'x'.repeat(20_000)}`, cookie, end],
    'many headers': ['GET / HTTP/1.1', host, ...Array(5000).fill('A: b'), cookie, end],
  };
  for (const [what, lines] of Object.entries(requests)) {
    const answer = await sendRaw(carrier.port, head(...lines));
    assert.ok(statusOf(answer) >= 400, `${what}: ${answer.slice(0, 40)}`);
    assert.doesNotMatch(answer, /the interface|"version"|evil/, what);
  }
});

test('line breaks in a path or a token do not get into the answer, and no refusal repeats what came in', async () => {
  await using carrier = await openCarrier();
  const Cookie = await carrier.login();
  const marked = [
    '/%0d%0aSet-Cookie:marked=1',
    '/?token=%0d%0aSet-Cookie:marked=1',
    '/<script>marked</script>',
    '/api/call/marked%0d%0aX:1',
    '/api/marked',
  ];
  for (const path of marked) {
    for (const headers of [{}, { Cookie }]) {
      for (const answer of [await request(carrier.port, { path, headers }), await call(carrier, Cookie, { path, headers })]) {
        assert.doesNotMatch(answer.body + JSON.stringify(answer.headers), /marked/, path);
      }
    }
  }
  const reflected = await call(carrier, Cookie, { path: '/api/call/importText', body: '{"marked":"marked"}' });
  assert.doesNotMatch(reflected.body, /marked/);
});

test('only files of the build are served: no way out of the folder, nothing hidden', async () => {
  await using carrier = await openCarrier();
  const Cookie = await carrier.login();
  await symlink(path.join(carrier.folder, 'secret.txt'), path.join(carrier.files, 'leak.txt'));
  await symlink(carrier.folder, path.join(carrier.files, 'leaks'));
  await writeFile(`${carrier.files}.txt`, 'outside'); // its path starts like the folder's
  await symlink(`${carrier.files}.txt`, path.join(carrier.files, 'near.txt'));
  const inside = [
    '/secret.txt',
    '/.env',
    '/assets/.env',
    '/leak.txt',
    '/leaks/secret.txt',
    '/near.txt',
    '/assets',
    '/assets/',
    '/.',
    '/..',
    '/nothing.js',
  ];
  const climbs = [
    '/../secret.txt',
    '/assets/../../secret.txt',
    '//../secret.txt',
    '/..\\secret.txt',
    '/assets/..;/..;/secret.txt',
    '/../renderer.txt',
  ];
  const encoded = [
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e%2fsecret.txt',
    '/%252e%252e%252fsecret.txt',
    '/..%5csecret.txt',
    '/%2eenv',
  ];
  const strange = [
    '/..%c0%afsecret.txt',
    '/%ff',
    '/index.html%00.js',
    '/%',
    '/C:/secret.txt',
    '/index.html::$DATA',
    '//etc/passwd',
    `/${'a'.repeat(5000)}`,
  ];
  for (const path of [...inside, ...climbs, ...encoded, ...strange]) {
    const answer = await sendRaw(
      carrier.port,
      head(`GET ${path} HTTP/1.1`, `Host: ${carrier.authority}`, `Cookie: ${Cookie}`, 'Connection: close'),
    );
    const isRoot = ['/.', '/..'].includes(path); // RFC 3986 5.2.4: these are `/`
    assert.equal(statusOf(answer), isRoot ? 200 : path.includes('\\') ? 400 : 404, path);
    assert.doesNotMatch(answer, /hidden|outside|root:/, path);
  }
});

test('no more than 32 streams of states at once', async () => {
  await using carrier = await openCarrier();
  const headers = { Cookie: await carrier.login() };
  const streams = await Promise.all(Array.from({ length: 32 }, () => openStream(carrier, headers.Cookie)));
  assertRefused(await request(carrier.port, { path: '/api/state', headers }), 503);
  streams.pop()?.close();
  await until(async () => {
    const stream = await openStream(carrier, headers.Cookie);
    const { statusCode } = stream.response;
    stream.close();
    return statusCode === 200;
  });
  for (const stream of streams) stream.close();
});
