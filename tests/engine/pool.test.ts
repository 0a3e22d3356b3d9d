import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { createDirect } from '../../main/engine/outbounds/direct.ts';
import { ProxyList } from '../../main/engine/proxy-list.ts';
import { Pool } from '../../main/engine/selection/pool.ts';
import { untested, withFailure, withSuccess } from '../../main/engine/selection/record.ts';
import { serverCertificate, trustTestAuthority } from '../rigs/certificates.ts';
import { startForwarder } from '../rigs/fault-forwarder.ts';
import { refusingPort, startServer } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startEcho } from '../rigs/origin.ts';
import { cold, keepBusy, poolOf, unhurried } from '../rigs/pool-of.ts';
import { entryOf } from '../rigs/proxy-entries.ts';
import { startSocks4 } from '../rigs/socks4-server.ts';
import { startSocks5 } from '../rigs/socks5-server.ts';
import { readExactly } from '../rigs/streams.ts';
import { startTrojan } from '../rigs/trojan-server.ts';
import { until } from '../rigs/until.ts';

assertNothingLeftOpen();
trustTestAuthority();

test('the best measured proxy carries the connection, and no other one hears of it', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] }); // however slow the computer is, no other proxy is tried for that
  await using echo = await startEcho();
  await using fast = await startSocks5();
  await using slow = await startSocks5();
  const { pool, proxies } = poolOf(entryOf(slow, 200), entryOf(fast, 20));
  const stream = await pool.connect(echo, unhurried());
  stream.end('hello');
  const [chunk] = await once(stream, 'data');
  assert.equal(String(chunk), 'hello');
  assert.equal(proxies.current?.id, String(fast.port));
  assert.equal(slow.accepted, 0);
  stream.destroy();
});

test('a dead proxy is passed over at once, and the failure counts against it', async () => {
  await using echo = await startEcho();
  await using alive = await startSocks5();
  const dead = entryOf({ host: '127.0.0.1', port: await refusingPort() }, 5);
  const { pool } = poolOf(dead, entryOf(alive, 50));
  (await pool.connect(echo, unhurried())).destroy();
  assert.equal(dead.record.reason, 'proxy-refused');
});

test('a silent proxy is raced by the next one, closed when it loses, and not blamed, but looked at again', async () => {
  await using echo = await startEcho();
  await using alive = await startSocks5();
  await using silent = await startForwarder(alive, { blackhole: true });
  const mute = entryOf(silent, 5);
  const { pool, doubted } = poolOf(mute, entryOf(alive, 50));
  await keepBusy(pool);
  (await pool.connect(echo, unhurried())).destroy();
  await silent.empty();
  assert.equal(mute.record.failures, 0);
  assert.deepEqual(doubted, [mute.id]);
});

test('where no other one may be tried beside it, a silent proxy is looked at while it is waited for', async () => {
  await using alive = await startSocks5();
  await using silent = await startForwarder(alive, { blackhole: true });
  const mute = entryOf(silent, 5);
  const { pool, doubted } = poolOf(mute);
  const controller = new AbortController();
  const rejected = assert.rejects(pool.connect({ host: '127.0.0.1', port: 9 }, controller.signal), { code: 'aborted' });
  await until(() => doubted.length > 0);
  controller.abort();
  await rejected;
  await silent.empty();
});

test('a destination that refuses is not the fault of any proxy, and not every proxy is asked', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] }); // however slow the computer is, no other proxy is tried for that
  await using proxy = await startSocks5();
  const forwarders = await Promise.all([1, 2, 3, 4, 5].map(() => startForwarder(proxy)));
  const entries = forwarders.map((forwarder) => entryOf(forwarder, 5));
  const { pool } = poolOf(...entries);
  await assert.rejects(pool.connect({ host: '127.0.0.1', port: await refusingPort() }, unhurried()), { code: 'destination-refused' });
  assert.ok(entries.every(({ record }) => record.failures === 0));
  assert.equal(proxy.asked.length, 3);
  for (const forwarder of forwarders) await forwarder[Symbol.asyncDispose]();
});

test('a proxy that fails without saying why is not blamed, but looked at again', async () => {
  await using proxy = await startSocks4(); // SOCKS4 has one reply for every failure
  const entry = entryOf(proxy, 5, 'socks4a://');
  const { pool, doubted } = poolOf(entry);
  await assert.rejects(pool.connect({ host: 'nowhere.test', port: 80 }, unhurried()), { code: 'proxy-failed' });
  assert.equal(entry.record.failures, 0);
  assert.deepEqual(doubted, [entry.id]);
});

test('a destination that never answers is not the fault of the proxy, which is looked at again', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let isAsked = false;
  await using proxy = await startServer(async (client) => {
    await readExactly(client, 3);
    client.write(Buffer.of(5, 0)); // the proxy is there; its answer to CONNECT never comes
    isAsked = (await readExactly(client, 10)).length > 0;
  });
  const entry = entryOf(proxy, 5);
  const proxies = new ProxyList(() => {});
  proxies.add([entry]);
  const doubted: string[] = [];
  const pool = new Pool({ proxies, warm: cold(), now: Date.now, attemptMs: 200, onDoubt: ({ id }) => doubted.push(id) });
  const refused = assert.rejects(pool.connect({ host: '127.0.0.1', port: 9 }, unhurried()), { code: 'destination-timeout' });
  while (!isAsked) await turn();
  t.mock.timers.tick(200);
  await refused;
  assert.equal(entry.record.failures, 0);
  assert.deepEqual(doubted, [entry.id]);
});

test('never direct: without proxies, and when none works, the answer is a refusal and the destination hears nothing', async () => {
  await using echo = await startEcho();
  await assert.rejects(poolOf().pool.connect(echo, unhurried()), { code: 'no-proxies' });
  const dead = entryOf({ host: '127.0.0.1', port: await refusingPort() });
  await assert.rejects(poolOf(dead).pool.connect(echo, unhurried()), { code: 'no-proxy-works' });
  assert.equal(echo.accepted, 0);
});

test('only the pinned proxy is used, however bad it is', async () => {
  await using echo = await startEcho();
  await using alive = await startSocks5();
  const dead = entryOf({ host: '127.0.0.1', port: await refusingPort() });
  const { pool, proxies } = poolOf(entryOf(alive, 5), dead);
  proxies.choose({ pinnedId: dead.id });
  await assert.rejects(pool.connect(echo, unhurried()), { code: 'no-proxy-works' });
  assert.equal(alive.accepted, 0);
  proxies.choose({ pinnedId: null });
  (await pool.connect(echo, unhurried())).destroy();
});

test('where none works three are tried at once, for six seconds each and ten in all, and then there is a refusal', async (t) => {
  await using alive = await startSocks5();
  await using silent = await startForwarder(alive, { blackhole: true });
  const record = withFailure(untested, Date.now(), 'proxy-timeout');
  const { pool } = poolOf(...[1, 2, 3, 4, 5, 6, 7].map((id) => ({ ...entryOf(silent), id: String(id), record })));
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const connecting = pool.connect({ host: '127.0.0.1', port: 9 }, unhurried());
  const refused = assert.rejects(connecting, { code: 'no-proxy-works' });
  const tried = async (count: number) => {
    await until(() => silent.accepted >= count);
    (await createDirect().connect(alive, unhurried())).destroy(); // by now, what was begun before has arrived
    assert.equal(silent.accepted, count);
  };
  for (const [afterMs, count] of [
    [0, 1],
    [249, 1],
    [1, 2],
    [250, 3],
    [5499, 3],
    [501, 6],
  ] as const) {
    t.mock.timers.tick(afterMs);
    await tried(count);
  }
  t.mock.timers.tick(3499);
  assert.equal(silent.open, 3);
  t.mock.timers.tick(1);
  await refused;
  await silent.empty();
});

test('when the application goes away, every attempt is given up', async () => {
  await using alive = await startSocks5();
  await using silent = await startForwarder(alive, { blackhole: true });
  const { pool } = poolOf(entryOf(silent, 5));
  const controller = new AbortController();
  const connecting = pool.connect({ host: '127.0.0.1', port: 9 }, controller.signal);
  const rejected = assert.rejects(connecting, { code: 'aborted' });
  await until(() => silent.open > 0);
  controller.abort();
  await rejected;
  await silent.empty();
});

test('where nothing answers a request, only the first byte shows that the proxy works', async () => {
  await using echo = await startEcho();
  await using proxy = await startTrojan({ certificate: serverCertificate, username: 'right' });
  const [wrong, right] = ['wrong', 'right'].map((password) => entryOf(proxy, undefined, `trojan://${password}@`));
  assert.ok(wrong && right);
  for (const entry of [wrong, right]) {
    const { pool } = poolOf(entry);
    const stream = await pool.connect(echo, unhurried());
    assert.equal(entry.record.successes, 0);
    stream.write('hello');
    if (entry === wrong) await new Promise((closed) => stream.resume().once('close', closed));
    else await readExactly(stream, 5);
    pool.observe(stream, entry === wrong ? { kind: 'failed', code: 'proxy-closed' } : { kind: 'first-byte', ms: 1000 });
    stream.destroy();
  }
  assert.equal(wrong.record.successes, 0);
  assert.equal(right.record.successes, 1);
  assert.ok((right.record.connect?.value ?? 0) >= 1000, 'with what the destination took, as where it is answered');
});

test('a destination that fails through one proxy and works through another goes through that one from then on, others do not', async () => {
  await using echo = await startEcho();
  await using good = await startSocks5();
  const refusal = Buffer.of(5, 4, 0, 1, 0, 0, 0, 0, 0, 0);
  await using choosy = await startServer(async (client) => {
    await readExactly(client, 3);
    client.write(Buffer.of(5, 0));
    const request = await readExactly(client, 10);
    client.resume().end(request.readUInt16BE(8) === echo.port ? refusal : Buffer.from(refusal).fill(0, 1, 2));
  });
  const { pool, proxies } = poolOf(entryOf(choosy, 5), entryOf(good, 50));
  for (let times = 0; times < 3; times++) (await pool.connect(echo, unhurried())).destroy();
  assert.deepEqual([choosy.accepted, good.accepted], [1, 3]);
  assert.equal(proxies.current?.id, String(choosy.port));
  (await pool.connect({ ...echo, port: echo.port - 1 }, unhurried())).destroy();
  assert.deepEqual([choosy.accepted, good.accepted], [2, 3]);
});

for (const [what, isBusy, tookMs, afterMs] of [
  ['what is slow for it: where that is not known', true, null, 250],
  ['what is slow for it: where that is 400 ms', true, 400, 400],
  ['what is slow for it: where that is next to nothing', true, 1, 100],
  ['what is slow for it: where that is a long time', true, 9000, 1500],
  ['it has stalled, with few connections a minute: where what is slow for it is not known', false, null, 1500],
  ['it has stalled, with few connections a minute: where that is 400 ms', false, 400, 1500],
  ['it has stalled, with few connections a minute: where that is 2,000 ms', false, 2000, 3000],
] as const) {
  test(`the next one is tried beside the first after ${what}, after ${afterMs} ms`, async (t) => {
    await using echo = await startEcho();
    await using alive = await startSocks5();
    await using silent = await startForwarder(alive, { blackhole: true });
    const mute = entryOf(silent, 5);
    for (let times = 0; times < 8 && tookMs !== null; times++) mute.record = withSuccess(mute.record, Date.now(), { tookMs });
    const { pool } = poolOf(mute, entryOf(alive, 50));
    if (isBusy) await keepBusy(pool);
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const connecting = pool.connect(echo, unhurried());
    while (silent.accepted === 0) await turn();
    for (let passed = 1; passed < afterMs; passed++) t.mock.timers.tick(1); // one by one: a timer set in a longer tick counts from its end
    for (let turns = 0; turns < 20; turns++) await turn();
    assert.equal(alive.accepted, 0);
    t.mock.timers.tick(1);
    (await connecting).destroy();
    assert.equal(alive.accepted, 1);
    t.mock.timers.reset();
    await silent.empty();
  });
}

test('the first byte may take three seconds, and four times as long as is usual', async () => {
  await using echo = await startEcho();
  await using proxy = await startSocks5();
  const { pool } = poolOf(entryOf(proxy, 5));
  const stream = await pool.connect(echo, unhurried());
  assert.equal(pool.patienceMs(stream), 3000);
  pool.observe(stream, { kind: 'first-byte', ms: 500 });
  assert.equal(pool.patienceMs(stream), 3000);
  pool.observe(stream, { kind: 'first-byte', ms: 2500 });
  assert.equal(Math.round(pool.patienceMs(stream)), 6000);
  stream.destroy();
});

test('a stream that died or stalled before its first byte has its proxy looked at', async () => {
  await using echo = await startEcho();
  await using proxy = await startSocks5();
  const { pool, doubted } = poolOf(entryOf(proxy, 5));
  const stream = await pool.connect(echo, unhurried());
  pool.observe(stream, { kind: 'failed', code: 'proxy-timeout' });
  assert.deepEqual(doubted, [String(proxy.port)]);
  stream.destroy();
});
