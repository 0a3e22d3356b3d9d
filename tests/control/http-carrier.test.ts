import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import { mock, test } from 'node:test';
import { startHttpCarrier } from '../../main/control/http-carrier.ts';
import { usedAddressPage } from '../../main/control/used-address-page.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { patienceMs } from '../rigs/patience.ts';
import { createStateStore, recordingCommands } from './input.ts';
import { assertRefused, call, indexPage, openCarrier, openStream, request, stopClock } from './open-carrier.ts';

assertNothingLeftOpen();

test('a person opens the printed address, gets the page, and the address is used up', async () => {
  await using carrier = await openCarrier();
  assert.match(carrier.url, /^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}$/);
  const first = await request(carrier.port, { path: `/?token=${carrier.token}` });
  assert.equal(first.status, 303);
  assert.equal(first.headers.location, '/');
  const setCookie = String(first.headers['set-cookie']);
  assert.match(setCookie, new RegExp(`^paperplane-${carrier.port}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict$`));
  const cookie = setCookie.split(';')[0] ?? '';

  const page = await request(carrier.port, { headers: { Cookie: cookie } });
  assert.equal(page.status, 200);
  assert.equal(page.headers['content-type'], 'text/html; charset=utf-8');
  assert.equal(page.body, indexPage);
  const script = await request(carrier.port, { path: '/assets/app-1_x.js', headers: { Cookie: cookie } });
  assert.equal(script.headers['content-type'], 'text/javascript; charset=utf-8');

  const again = await request(carrier.port, { path: `/?token=${carrier.token}` });
  assert.equal(again.status, 403);
  assert.equal(again.headers['set-cookie'], undefined);
  assert.match(again.body, /start it again/);
  // The same browser may click the printed address as often as it likes.
  const clicked = await request(carrier.port, { path: `/?token=${carrier.token}`, headers: { Cookie: cookie } });
  assert.equal(clicked.status, 303);
  assert.equal(clicked.headers['set-cookie'], undefined);
});

test('two requests with the right token at once: one wins', async () => {
  await using carrier = await openCarrier();
  const answers = await Promise.all(Array.from({ length: 20 }, () => request(carrier.port, { path: `/?token=${carrier.token}` })));
  assert.equal(answers.filter(({ status }) => status === 303).length, 1);
  assert.equal(answers.filter(({ status }) => status === 403).length, 19);
});

test('looking at the address with HEAD does not use it up', async () => {
  await using carrier = await openCarrier();
  assert.equal((await request(carrier.port, { method: 'HEAD', path: `/?token=${carrier.token}` })).status, 403);
  await carrier.login();
});

test('calls are answered with outcomes', async () => {
  await using carrier = await openCarrier();
  const cookie = await carrier.login();
  const page = await call(carrier, cookie, { path: '/api/call/listProxies', body: '{"offset":0,"limit":10}' });
  assert.equal(page.status, 200);
  assert.match(String(page.headers['content-type']), /^application\/json/);
  assert.deepEqual(JSON.parse(page.body), { ok: true, value: { total: 0, rows: [] } });
  const wrong = await call(carrier, cookie, { path: '/api/call/listProxies' });
  assert.deepEqual(JSON.parse(wrong.body), { ok: false, code: 'bad-arguments' });
  const unknown = await call(carrier, cookie, { path: '/api/call/__proto__' });
  assert.deepEqual(JSON.parse(unknown.body), { ok: false, code: 'unknown-command' });
  const failed = await call(carrier, cookie, { path: '/api/call/pinProxy', body: '{"id":"nothing"}' });
  assert.deepEqual(JSON.parse(failed.body), { ok: false, code: 'unknown-proxy' });
});

test('a paste of 8 MiB passes', async () => {
  await using carrier = await openCarrier();
  const body = JSON.stringify({ text: 'ж'.repeat(4 * 1024 * 1024) });
  const answer = await call(carrier, await carrier.login(), { path: '/api/call/importText', body });
  assert.equal(answer.status, 200);
  assert.equal(JSON.parse(answer.body).ok, true);
});

test('the state comes at once and at each change, to every tab', async () => {
  await using carrier = await openCarrier();
  const cookie = await carrier.login();
  const tabs = await Promise.all([openStream(carrier, cookie), openStream(carrier, cookie)]);
  for (const tab of tabs) {
    assert.equal(tab.response.headers['content-type'], 'text/event-stream');
    assert.deepEqual(await tab.next(), carrier.engine.store.getState());
  }
  for (const id of ['first', 'last']) carrier.engine.store.setState({ notices: [{ id, code: 'link-unreadable' }] });
  for (const tab of tabs) {
    await tab.nextWhere(({ notices }) => notices[0]?.id === 'last');
    tab.close();
  }
});

test('a quiet stream gets a heartbeat every 15 seconds', async () => {
  await using carrier = await openCarrier();
  const cookie = await carrier.login();
  using _ = stopClock('setInterval');
  const tab = await openStream(carrier, cookie);
  await tab.next();
  mock.timers.tick(15_000);
  assert.equal(await tab.next(), 'heartbeat');
  tab.close();
});

test('closing ends the streams and everything else', async () => {
  await using carrier = await openCarrier();
  const tab = await openStream(carrier, await carrier.login());
  await tab.next();
  const idle = net.connect(carrier.port, '127.0.0.1');
  await once(idle, 'connect');
  const gone = once(idle, 'close');
  idle.resume();
  using _ = stopClock('setTimeout'); // the grace for running calls does not pass: nothing may need it here
  await carrier.close();
  assert.equal(await tab.next(), 'end');
  await gone;
  await assert.rejects(request(carrier.port), { code: 'ECONNREFUSED' });
  await carrier.close(); // once more does no harm
});

test('it listens on loopback only', async () => {
  const engine = { commands: recordingCommands([]), store: createStateStore() };
  for (const host of ['0.0.0.0', '::', '', '192.168.1.1', 'example.com', '::ffff:0.0.0.0', '127.0.0.1.example.com']) {
    await assert.rejects(startHttpCarrier({ engine, host, port: 0, files: '/', log: () => {} }), /only on loopback/);
  }
});

test('it listens on localhost and on IPv6, and the address says so', async (t) => {
  await using named = await openCarrier({ host: 'localhost' });
  assert.match(named.url, /^http:\/\/localhost:\d+\//);
  const loopback6 = Object.values(os.networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'));
  if (!loopback6) return t.diagnostic('no ::1 here');
  await using six = await openCarrier({ host: '::1' });
  assert.match(six.url, /^http:\/\/\[::1\]:\d+\//);
  assert.equal((await request(six.port, { host: '::1', path: `/?token=${six.token}` })).status, 303);
});

test('a taken port is an error that names it', async () => {
  await using carrier = await openCarrier();
  const again = startHttpCarrier({ engine: carrier.engine, host: '127.0.0.1', port: carrier.port, files: '/', log: () => {} });
  await assert.rejects(again, { code: 'EADDRINUSE', port: carrier.port });
});

test('without a build the page says what to do', async () => {
  await using carrier = await openCarrier();
  await rm(carrier.files, { recursive: true });
  const page = await request(carrier.port, { headers: { Cookie: await carrier.login() } });
  assert.equal(page.status, 503);
  assert.match(page.body, /npm run build/);
});

test('a browser without the cookie is told why in its own language', async () => {
  await using carrier = await openCarrier();
  for (const [header, lang, said] of [
    ['fa-IR,fa;q=0.9,en-US;q=0.8', 'fa', /<html lang="fa" dir="rtl">.*این آدرس/s],
    ['en;q=0.5, ru-RU', 'ru', /<html lang="ru" dir="ltr">.*Этот адрес/s],
    ['de, RU;q=0, en;q=0.1', 'en', /<html lang="en" dir="ltr">.*This address/s],
    ['*', 'en', /This address/],
    ['"><script>;q=x,', 'en', /^(?!.*<script>).*This address/s],
    ['ru ; q=0.2 , fa ; q=0.9', 'fa', /dir="rtl"/],
    [undefined, 'en', /This address/],
  ] as const) {
    const page = await request(carrier.port, { headers: header === undefined ? {} : { 'Accept-Language': header } });
    assertRefused(page, 403, lang);
    assert.match(page.body, said, lang);
    assert.match(page.body, /<a href="\/">/);
  }
});

test('languages are read in time, whatever the header says', { timeout: patienceMs }, () => {
  assert.match(usedAddressPage(`en${' '.repeat(1024 * 1024)}x`), /lang="en"/); // a quadratic step would take minutes
});

test('two carriers do not log each other out', async () => {
  await using one = await openCarrier();
  await using other = await openCarrier();
  const Cookie = `${await one.login()}; ${await other.login()}`; // one browser, which does not tell ports apart
  for (const { port } of [one, other]) assert.equal((await request(port, { headers: { Cookie } })).status, 200);
});
