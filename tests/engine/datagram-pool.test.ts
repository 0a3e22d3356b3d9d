import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Datagrams } from '../../main/engine/outbound.ts';
import { type ProxyEntry, ProxyList } from '../../main/engine/proxy-list.ts';
import { DatagramPool } from '../../main/engine/selection/datagram-pool.ts';
import { soon } from '../rigs/connecting.ts';
import { exchange } from '../rigs/datagrams.ts';
import { startHttpProxy } from '../rigs/http-proxy.ts';
import { refusingPort } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { entryOf } from '../rigs/proxy-entries.ts';
import { startSocks5 } from '../rigs/socks5-server.ts';
import { startUdpEcho } from '../rigs/udp-echo.ts';

assertNothingLeftOpen();

function poolOf(...entries: ProxyEntry[]) {
  const proxies = new ProxyList(() => {});
  proxies.add(entries);
  const doubted: string[] = [];
  const clock = { now: Date.now() };
  const pool = new DatagramPool({ proxies, now: () => clock.now, onDoubt: ({ id }) => doubted.push(id) });
  return { pool, open: (signal: AbortSignal) => pool.open(signal), proxies, doubted, clock };
}

test('the current proxy carries datagrams where it can, else the best one that can', async () => {
  await using echo = await startUdpEcho();
  await using http = await startHttpProxy();
  await using fast = await startSocks5({ udp: {} });
  await using slow = await startSocks5({ udp: {} });
  const { open, proxies } = poolOf(entryOf(slow, 200), entryOf(fast, 50), entryOf(http, 5, 'http://'));
  assert.equal(proxies.current?.id, String(http.port));
  const way = await open(soon());
  await exchange(way, echo, Buffer.from('hello'));
  way.close();
  assert.equal(fast.asked[0]?.port, echo.port);
  assert.equal(slow.accepted + http.accepted, 0);
});

test('a proxy that refuses is asked once, one that fails is looked at and left in peace for a while, and neither is blamed', async () => {
  await using refusing = await startSocks5({ udp: 7 });
  await using able = await startSocks5({ udp: {} });
  const entries = [entryOf({ host: '127.0.0.1', port: await refusingPort() }, 5), entryOf(refusing, 10), entryOf(able, 50)];
  const { open, doubted } = poolOf(...entries);
  for (let i = 0; i < 3; i++) (await open(soon())).close();
  assert.equal(refusing.accepted, 1);
  assert.equal(able.accepted, 3);
  assert.deepEqual(doubted, [entries[0]?.id]);
  assert.ok(entries.every(({ record }) => record.failures === 0));
});

test('where none can, the answer is that; where there are none, that', async () => {
  await using http = await startHttpProxy();
  await using refusing = await startSocks5();
  await assert.rejects(poolOf(entryOf(http, 5, 'http://'), entryOf(refusing, 9)).open(soon()), { code: 'not-supported' });
  await assert.rejects(poolOf().open(soon()), { code: 'no-proxies' });
});

test('only the pinned proxy is used', async () => {
  await using refusing = await startSocks5();
  await using able = await startSocks5({ udp: {} });
  const pinned = entryOf(refusing, 50);
  const { open, proxies } = poolOf(entryOf(able, 5), pinned);
  proxies.choose({ pinnedId: pinned.id });
  await assert.rejects(open(soon()), { code: 'not-supported' });
  assert.equal(able.accepted, 0);
});

const closed = (way: Datagrams) => new Promise<void>((resolve) => way.onClose(resolve));

/** Sends as an application that gets no answer does. */
function sendInVain(way: Datagrams, clock: { now: number }, forMs = 60_000) {
  for (let i = 0; i < 10; i++) {
    clock.now += forMs / 10;
    way.send({ host: '127.0.0.1', port: 9 }, Buffer.from('?'));
  }
}

test('a proxy that brings nothing back gives way to another one, and comes last for ten minutes', async () => {
  await using echo = await startUdpEcho();
  await using deaf = await startSocks5({ udp: {} });
  await using good = await startSocks5({ udp: {} });
  const { open, clock } = poolOf(entryOf(deaf, 5), entryOf(good, 50));
  const silent = await open(soon());
  const isClosed = closed(silent);
  sendInVain(silent, clock);
  await isClosed;
  const next = await open(soon());
  await exchange(next, echo, Buffer.from('hello'));
  next.close();
  assert.deepEqual([deaf.accepted, good.accepted], [1, 1]);
  clock.now += 11 * 60_000;
  (await open(soon())).close();
  assert.equal(deaf.accepted, 2);
});

test('a silent destination is not held against a proxy that brings other answers, nor where there is no other proxy', async () => {
  await using echo = await startUdpEcho();
  await using first = await startSocks5({ udp: {} });
  await using second = await startSocks5({ udp: {} });
  const answering = poolOf(entryOf(first, 5), entryOf(second, 50));
  const way = await answering.open(soon());
  for (let i = 0; i < 4; i++) {
    await exchange(way, echo, Buffer.from('hello'));
    sendInVain(way, answering.clock, 50_000);
  }
  await exchange(way, echo, Buffer.from('still there'));
  way.close();
  const alone = poolOf(entryOf(second, 5));
  const only = await alone.open(soon());
  sendInVain(only, alone.clock);
  await exchange(only, echo, Buffer.from('still there'));
  only.close();
});

test('a change of networks closes every way', async () => {
  await using able = await startSocks5({ udp: {} });
  const { open, pool } = poolOf(entryOf(able, 5));
  const ways = await Promise.all([open(soon()), open(soon())]);
  const all = Promise.all(ways.map(closed));
  pool.networkChanged();
  await all;
  await able.empty();
});
