import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { type ProxyEntry, ProxyList } from '../../main/engine/proxy-list.ts';
import { Prober } from '../../main/engine/selection/prober.ts';
import { isWorking } from '../../main/engine/selection/record.ts';
import { otherNameCertificate, serverCertificate, trustTestAuthority } from '../rigs/certificates.ts';
import { startForwarder } from '../rigs/fault-forwarder.ts';
import { refusingPort } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startHttpOrigin } from '../rigs/origin.ts';
import { entryOf } from '../rigs/proxy-entries.ts';
import { startSocks5 } from '../rigs/socks5-server.ts';

assertNothingLeftOpen();
trustTestAuthority();

/** Probes these entries once and resolves when all have been. */
async function probeAll(urls: readonly string[], ...entries: ProxyEntry[]): Promise<void> {
  const idle = Promise.withResolvers<void>();
  const proxies = new ProxyList(() => {});
  const prober = new Prober(proxies, urls, () => prober.progress() === null && idle.resolve());
  proxies.add(entries);
  prober.enqueue(entries);
  await idle.promise;
}

test('a proxy that answers is working and has a latency', async () => {
  await using origin = await startHttpOrigin();
  await using proxy = await startSocks5();
  const entry = entryOf(proxy);
  await probeAll([origin.url], entry);
  assert.ok(isWorking(entry.record));
  assert.ok((entry.record.latencyMs ?? 0) > 0);
  assert.equal(entry.testing, false);
});

test('over TLS too, and a certificate that is not the test address’s is tampering', async () => {
  await using origin = await startHttpOrigin({ certificate: serverCertificate });
  await using impostor = await startHttpOrigin({ certificate: otherNameCertificate });
  await using proxy = await startSocks5();
  const [good, bad] = [entryOf(proxy), entryOf(proxy)];
  await probeAll([origin.url], good);
  await probeAll([impostor.url], bad);
  assert.ok(isWorking(good.record));
  assert.equal(bad.record.reason, 'proxy-tampered');
});

test('an address that promises 204 and gives a page is tampering', async () => {
  await using origin = await startHttpOrigin();
  await using proxy = await startSocks5();
  const entry = entryOf(proxy);
  await probeAll([`${origin.url}generate_204`], entry);
  assert.equal(entry.record.reason, 'proxy-tampered');
});

test('one test address that is down says nothing about the proxy', async () => {
  await using origin = await startHttpOrigin();
  await using proxy = await startSocks5();
  const down = `http://127.0.0.1:${await refusingPort()}/`;
  const entries = Array.from({ length: 20 }, () => entryOf(proxy)).map((entry, index) => ({ ...entry, id: String(index) }));
  await probeAll([origin.url, down], ...entries);
  assert.ok(entries.every(({ record }) => isWorking(record)));
});

test('a dead proxy has its reason', async () => {
  const entry = entryOf({ host: '127.0.0.1', port: await refusingPort() });
  await probeAll(['http://127.0.0.1:9/'], entry);
  assert.equal(entry.record.reason, 'proxy-refused');
});

test('an answer cut off, or that is not HTTP, fails', async () => {
  await using proxy = await startSocks5();
  const origin = createServer((request) => request.socket.end('SSH-2.0-nonsense\r\n')).listen(0, '127.0.0.1');
  await once(origin, 'listening');
  const entry = entryOf(proxy);
  await probeAll([`http://127.0.0.1:${(origin.address() as AddressInfo).port}/`], entry);
  assert.equal(entry.record.reason, 'proxy-tampered');
  origin.close();
});

test('cancel ends what runs and waits, without blame', async () => {
  await using proxy = await startSocks5();
  await using silent = await startForwarder(proxy, { blackhole: true });
  const proxies = new ProxyList(() => {});
  const prober = new Prober(proxies, ['http://127.0.0.1:9/'], () => {});
  const entries = Array.from({ length: 100 }, () => entryOf(silent)).map((entry, index) => ({ ...entry, id: String(index) }));
  proxies.add(entries);
  prober.enqueue(entries);
  while (silent.open < 64) await new Promise(setImmediate);
  assert.deepEqual(prober.progress(), { done: 0, total: 100 });
  prober.cancel();
  await silent.empty();
  while (prober.progress() !== null) await new Promise(setImmediate);
  assert.ok(entries.every(({ record, testing }) => record.failures === 0 && !testing));
});
