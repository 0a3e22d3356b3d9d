import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import {
  assertClosedHeaders,
  assertRefused,
  assertUntouched,
  call,
  callHeaders,
  change,
  head,
  type OpenCarrier,
  openCarrier,
  request,
  sendRaw,
  statusOf,
} from './open-carrier.ts';

assertNothingLeftOpen();

/** Other ways to write, or to pretend to be, our own address. */
const foreignAuthorities = ({ port }: OpenCarrier) => [
  'evil.example',
  `evil.example:${port}`,
  `localhost:${port}`,
  `127.0.0.2:${port}`,
  `127.0.0.1:${port + 1}`,
  '127.0.0.1',
  `127.1:${port}`,
  `2130706433:${port}`,
  `0.0.0.0:${port}`,
  `[::1]:${port}`,
  `127.0.0.1.evil.example:${port}`,
  `127.0.0.1:${port}.evil.example`,
  `127.0.0.1:${port}@evil.example`,
  `evil.example@127.0.0.1:${port}`,
  `127.0.0.1:0${port}`,
  ` 127.0.0.1:${port} evil`,
  `127.0.0.1:${port},evil.example`,
];

test('DNS rebinding: a Host that is not exactly ours gets nothing, with the cookie and the token too', async () => {
  await using carrier = await openCarrier();
  const Cookie = await carrier.login();
  for (const Host of foreignAuthorities(carrier)) {
    for (const path of ['/', `/?token=${carrier.token}`, '/api/state', '/assets/app-1_x.js']) {
      const answer = await request(carrier.port, { path, headers: { Host, Cookie } });
      assert.ok([400, 421].includes(answer.status), `${Host} ${answer.status}`);
      assertRefused(answer, answer.status, Host);
    }
    const answer = await call(carrier, Cookie, { headers: { Host } });
    assertRefused(answer, answer.status, Host);
    assert.ok(answer.status >= 400);
  }
  assertUntouched(carrier);
});

test('a foreign token request does not use the token up', async () => {
  await using carrier = await openCarrier();
  await request(carrier.port, { path: `/?token=${carrier.token}`, headers: { Host: 'evil.example' } });
  await request(carrier.port, { path: `/?token=${carrier.token}`, headers: { Origin: 'http://evil.example' } });
  await request(carrier.port, { path: `/?token=${carrier.token.slice(1)}` });
  await carrier.login();
});

test('another Origin gets nothing: not for a call, the state, a page or a file', async () => {
  await using carrier = await openCarrier();
  const Cookie = await carrier.login();
  const origins = [
    'null',
    '',
    'http://evil.example',
    `https://${carrier.authority}`,
    `http://localhost:${carrier.port}`,
    'file://',
    'app://paperplane',
  ];
  const almost = [
    carrier.origin.toUpperCase(),
    `${carrier.origin}/`,
    `${carrier.origin}.evil.example`,
    `${carrier.origin}, http://evil.example`,
  ];
  for (const Origin of [...origins, ...almost]) {
    assertRefused(await call(carrier, Cookie, { headers: { Origin } }), 403, Origin);
    for (const path of ['/', '/api/state', '/assets/app-1_x.js']) {
      assertRefused(await request(carrier.port, { path, headers: { Cookie, Origin } }), 403, Origin);
    }
  }
  const { Origin, ...without } = callHeaders(carrier, Cookie);
  const answer = await request(carrier.port, { method: 'POST', path: '/api/call/changeSettings', headers: without, body: change });
  assertRefused(answer, 403, 'no Origin');
  assertUntouched(carrier);
});

test('Sec-Fetch-Site of another site or another port gets nothing from the API', async () => {
  await using carrier = await openCarrier();
  const Cookie = await carrier.login();
  for (const site of ['cross-site', 'same-site', 'nonsense', 'same-origin, cross-site']) {
    assertRefused(await call(carrier, Cookie, { headers: { 'Sec-Fetch-Site': site } }), 403, site);
    assertRefused(await request(carrier.port, { path: '/api/state', headers: { Cookie, 'Sec-Fetch-Site': site } }), 403, site);
  }
  assertUntouched(carrier);
});

test('without the right cookie there is nothing, and the page says what to do', async () => {
  await using carrier = await openCarrier();
  const good = await carrier.login();
  const [name, value] = good.split('=');
  const cookies = [
    '',
    `${name}=`,
    `${name}=${value}x`,
    `${name}=${value?.slice(1)}`,
    `other=${value}`,
    `${name}=${carrier.token}`,
    value ?? '',
  ];
  for (const Cookie of cookies) {
    assertRefused(await call(carrier, Cookie), 403, Cookie);
    for (const path of ['/api/state', '/assets/app-1_x.js', '/nothing', '/api/nothing']) {
      assertRefused(await request(carrier.port, { path, headers: { Cookie } }), 403, Cookie);
    }
    const page = await request(carrier.port, { headers: { Cookie } });
    assert.equal(page.status, 403);
    assert.match(page.body, /start it again/);
    assertClosedHeaders(page);
  }
  assertUntouched(carrier);
});

test('a wrong token buys nothing, whatever it looks like', async () => {
  await using carrier = await openCarrier();
  const wrong = [
    '',
    'x',
    carrier.token.slice(0, -1),
    `${carrier.token}x`,
    carrier.token.toLowerCase(),
    '%00',
    'a'.repeat(8000),
    '%F0%28',
    '__proto__',
  ];
  for (const token of wrong) assertRefused(await request(carrier.port, { path: `/?token=${token}` }), 403, token);
  assertRefused(await request(carrier.port, { path: `/index.html?token=${carrier.token}` }), 403);
  await carrier.login();
});

test('wrong methods are refused, preflights too', async () => {
  await using carrier = await openCarrier();
  const Cookie = await carrier.login();
  const ask = { Origin: 'http://evil.example', 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'content-type' };
  for (const path of ['/', '/api/call/changeSettings', '/api/state', '/assets/app-1_x.js']) {
    for (const method of ['OPTIONS', 'PUT', 'DELETE', 'PATCH', 'TRACE', 'PROPFIND', 'QUERY']) {
      assertRefused(await request(carrier.port, { method, path, headers: { Cookie } }), 405, `${method} ${path}`);
    }
    assertRefused(await request(carrier.port, { method: 'OPTIONS', path, headers: { Cookie, ...ask } }), 405, path);
  }
  for (const path of ['/', '/api/state', '/assets/app-1_x.js']) assertRefused(await call(carrier, Cookie, { path }), 405, path);
  for (const method of ['GET', 'HEAD']) {
    assertRefused(await request(carrier.port, { method, path: '/api/call/changeSettings', headers: { Cookie } }), 405);
  }
  assertRefused(await request(carrier.port, { method: 'HEAD', path: '/api/state', headers: { Cookie } }), 405);
  assert.equal(statusOf(await sendRaw(carrier.port, head('CONNECT evil.example:443 HTTP/1.1', 'Host: evil.example:443'))) || 0, 0);
  assertUntouched(carrier);
});
