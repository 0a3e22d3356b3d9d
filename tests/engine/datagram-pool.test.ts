import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ProxyEntry, ProxyList } from '../../main/engine/proxy-list.ts';
import { createDatagramPool } from '../../main/engine/selection/datagram-pool.ts';
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
  return { open: createDatagramPool({ proxies, now: Date.now, onDoubt: ({ id }) => doubted.push(id) }), proxies, doubted };
}

test('the current proxy carries datagrams where it can, else the best one that can', async () => {
  await using echo = await startUdpEcho();
  await using http = await startHttpProxy();
  await using fast = await startSocks5({ udp: {} });
  await using slow = await startSocks5({ udp: {} });
  const { open, proxies } = poolOf(entryOf(slow, 200), entryOf(fast, 50), entryOf(http, 5, 'http'));
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
  await assert.rejects(poolOf(entryOf(http, 5, 'http'), entryOf(refusing, 9)).open(soon()), { code: 'not-supported' });
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
