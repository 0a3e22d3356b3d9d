import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDirect } from '../../main/engine/outbounds/direct.ts';
import { findList } from '../../main/engine/subscriptions/find-list.ts';
import { expiredCertificate, otherNameCertificate, serverCertificate, trustTestAuthority } from '../rigs/certificates.ts';
import { outboundTo, soon } from '../rigs/connecting.ts';
import { startForwarder } from '../rigs/fault-forwarder.ts';
import { type ListAnswer, startListServer } from '../rigs/list-server.ts';
import { refusingPort, startServer } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startSocks5 } from '../rigs/socks5-server.ts';

assertNothingLeftOpen();
trustTestAuthority();

const body = 'socks5://127.0.0.1:1081#one\nhttp://127.0.0.1:1082#two\n';
const direct = [createDirect()];

test('a list comes through a proxy, plain, in gzip and in base64', async () => {
  await using proxy = await startSocks5();
  const ways = [outboundTo('socks5', proxy)];
  for (const answer of [{ body }, { body, gzip: true }, { body: Buffer.from(body).toString('base64') }]) {
    await using server = await startListServer({ ...answer, headers: { etag: '"1"', 'profile-title': 'Lists' } }, serverCertificate);
    const list = await findList({ ways, address: server.url, etag: null }, soon());
    assert.deepEqual(
      list?.definitions.map(({ label }) => label),
      ['one', 'two'],
    );
    assert.equal(list?.info.name, 'Lists');
    assert.equal(list?.etag, '"1"');
    assert.equal(server.requests[0]?.url, '/sub?token=c4nary-t0ken');
    assert.equal(server.requests[0]?.headers.cookie, undefined);
    assert.equal(server.requests[0]?.headers['accept-encoding'], 'gzip');
    assert.equal(await findList({ ways, address: server.url, etag: '"1"' }, soon()), null);
  }
  assert.ok(proxy.accepted >= 6);
});

test('what is no list has its reason, which does not hold the address', async () => {
  const page = '<!doctype html><html><body>Please log in at https://login.example.com/</body></html>';
  const cases: readonly (readonly [string, ListAnswer])[] = [
    ['list-empty', { body: '' }],
    ['list-empty', { body: 'Your subscription has expired.' }],
    ['list-empty', { body: Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) % 256)) }],
    ['list-is-page', { body: page, headers: { 'content-type': 'text/html' } }],
    ['list-refused', { status: 403, body }],
    ['list-refused', { status: 500, body }],
    ['list-refused', { status: 304 }],
    ['list-refused', { body, headers: { 'content-encoding': 'br' } }],
    ['list-refused', { body: 'not gzip', headers: { 'content-encoding': 'gzip' } }],
    ['list-refused', { body, cut: true }],
    ['list-too-large', { body: `${body}${'x'.repeat(65_536)}\n`, endless: true }],
    ['list-too-large', { body: Buffer.alloc(20 * 1024 * 1024, 'x'), gzip: true }],
  ];
  for (const [code, answer] of cases) {
    await using server = await startListServer(answer);
    await assert.rejects(findList({ ways: direct, address: server.url, etag: null }, soon()), (error: Error & { code?: string }) => {
      assert.equal(error.code, code);
      assert.ok(!`${error.message} ${error.stack}`.includes('c4nary'));
      return true;
    });
  }
  await using garbage = await startServer((socket) => void socket.resume().end('SSH-2.0-OpenSSH\r\n'));
  await assert.rejects(findList({ ways: direct, address: `http://127.0.0.1:${garbage.port}/`, etag: null }, soon()), {
    code: 'list-refused',
  });
});

test('redirects lead only to https, and not for ever', async () => {
  await using list = await startListServer({ body }, serverCertificate);
  await using plain = await startListServer({ body });
  await using from = await startListServer({}, serverCertificate);
  const find = (location: string) => {
    from.answer = { status: 302, headers: { location } };
    return findList({ ways: direct, address: from.url, etag: null }, soon());
  };
  assert.equal((await find(list.url))?.definitions.length, 2);
  for (const location of [plain.url, 'file:///etc/passwd', 'ftp://127.0.0.1/', '//', ''])
    await assert.rejects(find(location), { code: location === '' ? 'list-refused' : 'list-insecure' }, location);
  assert.equal(plain.requests.length, 0);
  await assert.rejects(find(from.url), { code: 'list-refused' });
});

test('a certificate that is not valid ends it', async () => {
  for (const certificate of [expiredCertificate, otherNameCertificate]) {
    await using server = await startListServer({ body }, certificate);
    await assert.rejects(findList({ ways: direct, address: server.url, etag: null }, soon()), { code: 'list-insecure' });
    assert.equal(server.requests.length, 0);
  }
});

test('a dead way and a silent one do not keep the list from coming through another', async () => {
  await using server = await startListServer({ body });
  await using proxy = await startSocks5();
  await using silent = await startForwarder(proxy, { blackhole: true });
  const dead = { host: '127.0.0.1', port: await refusingPort() };
  const ways = [dead, silent, proxy].map((to) => outboundTo('socks5', to));
  const list = await findList({ ways, address: server.url, etag: null }, soon());
  assert.equal(list?.definitions.length, 2);
  await silent.empty();
});

test('a server that says nothing is given up, and so is one when the program stops', async () => {
  await using server = await startListServer({ silent: true });
  await assert.rejects(findList({ ways: direct, address: server.url, etag: null, deadlineMs: 200 }, soon()), { code: 'proxy-timeout' });
  const controller = new AbortController();
  const finding = findList({ ways: direct, address: server.url, etag: null }, controller.signal);
  setImmediate(() => controller.abort());
  await assert.rejects(finding, { code: 'aborted' });
});

test('after thirty seconds nobody waits any longer', async (t) => {
  await using server = await startListServer({ silent: true });
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const finding = findList({ ways: direct, address: server.url, etag: null }, new AbortController().signal);
  const outcome = finding.then(
    () => 'found',
    (error: { code?: string }) => error.code,
  );
  const turn = () => new Promise<string>((resolve) => setImmediate(() => resolve('waiting')));
  while (server.requests.length === 0) await turn();
  t.mock.timers.tick(29_999);
  assert.equal(await Promise.race([outcome, turn()]), 'waiting');
  t.mock.timers.tick(1);
  assert.equal(await outcome, 'proxy-timeout');
});

test('entries that lead to this computer are no proxies, unless the list comes from it', async () => {
  await using server = await startListServer({ body: `${body}socks5://0.0.0.0:1#expired` }, serverCertificate);
  const address = server.url.replace('127.0.0.1', 'localhost');
  await assert.rejects(findList({ ways: direct, address, etag: null }, soon()), { code: 'list-empty' });
  server.answer = { body: `${body}socks5://192.0.2.7:1080#real` };
  const list = await findList({ ways: direct, address, etag: null }, soon());
  assert.deepEqual(
    list?.definitions.map(({ label }) => label),
    ['real'],
  );
});
