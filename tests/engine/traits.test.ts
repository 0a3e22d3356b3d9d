import assert from 'node:assert/strict';
import type { Duplex } from 'node:stream';
import { test } from 'node:test';
import type { Destination, ProxyClient } from '../../main/engine/outbound.ts';
import { createDirect } from '../../main/engine/outbounds/direct.ts';
import { type ProxyEntry, ProxyList, type Traits } from '../../main/engine/proxy-list.ts';
import { Pool } from '../../main/engine/selection/pool.ts';
import { learnTrait, type TraitTimes } from '../../main/engine/selection/traits.ts';
import { WarmTunnels } from '../../main/engine/selection/warm.ts';
import { define, echoes, noLogin, secretLogin, soon } from '../rigs/connecting.ts';
import { startForwarder } from '../rigs/fault-forwarder.ts';
import { startHttpProxy } from '../rigs/http-proxy.ts';
import { refusingPort } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startEcho, startHttpOrigin, startLateEcho } from '../rigs/origin.ts';
import { entryOf } from '../rigs/proxy-entries.ts';
import { startSocks5 } from '../rigs/socks5-server.ts';
import { until } from '../rigs/until.ts';

assertNothingLeftOpen();

const times = { waitMs: 1, answerMs: 1000 };
const clientOf = (proxy: Destination, login = noLogin, scheme = 'socks5') => ({
  client: define(scheme, proxy, login).createClient(createDirect()),
});

/** Both, one after the other. */
async function learnTraits(entry: Pick<ProxyEntry, 'client'>, url: URL, signal: AbortSignal, limits: TraitTimes): Promise<Traits> {
  const pipelines = await learnTrait('pipelines', entry, url, signal, limits);
  return { pipelines, waits: await learnTrait('waits', entry, url, signal, limits) };
}

test('a proxy that takes everything', async () => {
  await using origin = await startHttpOrigin();
  for (const login of [noLogin, secretLogin]) {
    await using proxy = await startSocks5(login === noLogin ? {} : login);
    assert.deepEqual(await learnTraits(clientOf(proxy, login), new URL(origin.url), soon(), times), { waits: true, pipelines: true });
    await proxy.empty();
    assert.equal(proxy.accepted, 2);
  }
});

test('a proxy that takes one read for one message does not pipeline', async () => {
  await using origin = await startHttpOrigin();
  await using proxy = await startSocks5({ ...secretLogin, oneMessagePerRead: true });
  assert.deepEqual(await learnTraits(clientOf(proxy, secretLogin), new URL(origin.url), soon(), times), { waits: true, pipelines: false });
  await proxy.empty();
});

test('a proxy that closes what waits does not let it, and that is known at once', async () => {
  await using origin = await startHttpOrigin();
  let clients = 0;
  await using proxy = await startSocks5({
    onWaiting(client) {
      clients++;
      if (clients === 2) client.end(); // the first one has said everything, the third one asks at once
    },
  });
  const patient = { waitMs: 100_000_000, answerMs: 1000 };
  assert.deepEqual(await learnTraits(clientOf(proxy), new URL(origin.url), soon(), patient), { waits: false, pipelines: true });
  await proxy.empty();
});

test('an HTTP proxy may be kept waiting, and has nothing to pipeline', async () => {
  await using origin = await startHttpOrigin();
  await using proxy = await startHttpProxy();
  const learned = await learnTraits(clientOf(proxy, noLogin, 'http'), new URL(origin.url), soon(), times);
  assert.deepEqual(learned, { waits: true, pipelines: false });
});

test('nothing is learned while the proxy, or the test address, does not work at all', async () => {
  const unknown = { waits: null, pipelines: null };
  const port = await refusingPort();
  await using proxy = await startSocks5();
  assert.deepEqual(await learnTraits(clientOf({ host: '127.0.0.1', port }), new URL('http://127.0.0.1:9/'), soon(), times), unknown);
  assert.deepEqual(await learnTraits(clientOf(proxy), new URL(`http://127.0.0.1:${port}/`), soon(), times), unknown);
});

test('an abort ends it, and nothing stays open', async () => {
  await using origin = await startHttpOrigin();
  await using proxy = await startSocks5();
  await using silent = await startForwarder(proxy, { blackhole: true });
  for (const at of [proxy, silent]) {
    const controller = new AbortController();
    const learning = learnTraits(clientOf(at), new URL(origin.url), controller.signal, { waitMs: 100_000_000, answerMs: 100_000_000 });
    await until(() => at.open > 0);
    controller.abort();
    const { waits } = await learning;
    assert.equal(waits, null);
    await at.empty();
  }
});

test('nor when the abort comes in the very moment of the connection', async () => {
  await using silent = await startLateEcho(); // as long as the probe waits
  await using proxy = await startSocks5();
  const { client } = clientOf(proxy);
  const controller = new AbortController();
  const connectAtOnce: ProxyClient['connectAtOnce'] = async (destination, signal) => {
    const stream = await client.connectAtOnce?.(destination, signal);
    controller.abort();
    return stream as Duplex;
  };
  const both = { open: client.open, connectAtOnce };
  const url = new URL(`http://${silent.host}:${silent.port}/`);
  const learning = learnTraits({ client: both }, url, controller.signal, { waitMs: 1, answerMs: 100_000_000 });
  assert.deepEqual(await learning, { waits: null, pipelines: null });
  await proxy.empty();
});

test('a proxy that no longer takes all at once costs one connection, and is spoken to word by word again', async () => {
  await using origin = await startEcho();
  await using proxy = await startSocks5({ oneMessagePerRead: true });
  const entry: ProxyEntry = { ...entryOf(proxy, 5), traits: { waits: false, pipelines: true } };
  const proxies = new ProxyList(() => {});
  proxies.add([entry]);
  const warm = new WarmTunnels({ isActive: () => true, now: Date.now, onDoubt: () => {} });
  const doubted: ProxyEntry[] = [];
  const pool = new Pool({ proxies, warm, now: Date.now, attemptMs: 200, onDoubt: (doubtful) => doubted.push(doubtful) });
  await assert.rejects(pool.connect(origin, soon()), { code: 'destination-timeout' }); // as it looks: the destination may be silent
  assert.equal(entry.record.failures, 0);
  assert.deepEqual(doubted, [entry]);
  assert.deepEqual(entry.traits, { waits: false, pipelines: null });
  const stream = await pool.connect(origin, soon());
  await echoes(stream);
  stream.destroy();
});
