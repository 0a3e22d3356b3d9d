import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { type ProxyEntry, ProxyList } from '../../main/engine/proxy-list.ts';
import { enoughGood, Prober } from '../../main/engine/selection/prober.ts';
import { isWorking } from '../../main/engine/selection/record.ts';
import { concurrency } from '../../main/engine/selection/waves.ts';
import { otherNameCertificate, serverCertificate, trustTestAuthority } from '../rigs/certificates.ts';
import { startForwarder } from '../rigs/fault-forwarder.ts';
import { refusingPort } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startHttpOrigin } from '../rigs/origin.ts';
import { entryOf } from '../rigs/proxy-entries.ts';
import { startSocks5 } from '../rigs/socks5-server.ts';
import { until } from '../rigs/until.ts';

const nowhere = 'http://127.0.0.1:9/';

assertNothingLeftOpen();
trustTestAuthority();

/** Probes these entries once and resolves when all have been. */
async function probeAll(urls: readonly string[], ...entries: ProxyEntry[]): Promise<void> {
  const idle = Promise.withResolvers<void>();
  const proxies = new ProxyList(() => {});
  const prober = new Prober(proxies, urls, () => prober.progress() === null && idle.resolve());
  proxies.add(entries);
  prober.test(entries);
  await idle.promise;
}

test('a proxy that answers is working and has a latency', async () => {
  await using origin = await startHttpOrigin();
  await using proxy = await startSocks5();
  const entry = entryOf(proxy);
  await probeAll([origin.url], entry);
  assert.ok(isWorking(entry.record));
  assert.ok((entry.record.latency?.value ?? 0) > 0);
  assert.ok((entry.record.connect?.value ?? 0) > 0);
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

/** Entries for one proxy, each as if it were another. */
const many = (count: number, proxy: { host: string; port: number }, from = 0) =>
  Array.from({ length: count }, (_, i) => ({ ...entryOf(proxy), id: `${proxy.port} ${from + i}` }));

test('cancel ends what runs and waits, without blame', async () => {
  await using proxy = await startSocks5();
  await using silent = await startForwarder(proxy, { blackhole: true });
  const proxies = new ProxyList(() => {});
  const prober = new Prober(proxies, [nowhere], () => {});
  const entries = many(100, silent);
  proxies.add(entries);
  prober.test(entries);
  await until(() => silent.open >= 32);
  assert.deepEqual(prober.progress(), { done: 0, total: 100 });
  prober.cancel();
  await silent.empty();
  await until(() => prober.progress() === null);
  assert.ok(entries.every(({ record, testing }) => record.failures === 0 && !testing));
});

test('silent proxies do not hold up a search: the first good one is there while all others are still awaited', async () => {
  await using origin = await startHttpOrigin();
  await using alive = await startSocks5();
  await using silent = await startForwarder(alive, { blackhole: true });
  const proxies = new ProxyList(() => {});
  const prober = new Prober(proxies, [origin.url], () => {});
  proxies.add([...many(47, silent), ...many(3, alive)]);
  prober.startSearch();
  prober.search(proxies.all());
  await until(() => proxies.counts().working === 3);
  assert.equal(proxies.counts().failing, 0);
  assert.ok(proxies.current);
  prober.cancel();
  await until(() => prober.progress() === null);
});

test('a search ends with ten good ones, and the rest stays untested; what is asked for by name is all tested', async () => {
  await using origin = await startHttpOrigin();
  await using alive = await startSocks5();
  const proxies = new ProxyList(() => {});
  const prober = new Prober(proxies, [origin.url], () => {});
  const entries = many(400, alive);
  proxies.add(entries);
  prober.startSearch();
  prober.search(entries);
  await until(() => prober.progress() === null);
  const { working, untested, failing } = proxies.counts();
  assert.ok(working >= enoughGood && working < enoughGood + concurrency.most, String(working));
  assert.ok(untested > 0 && failing === 0);
  prober.search(entries); // what comes later belongs to the search that has ended
  assert.equal(prober.progress(), null);
  prober.test(entries.slice(0, 50));
  await until(() => prober.progress() === null);
  assert.ok(entries.slice(0, 50).every(({ record }) => isWorking(record)));
});

/** Counts what passes through a real client. */
function watch({ client, ...entry }: ProxyEntry, onOpen: (open: Promise<unknown>) => void): ProxyEntry {
  const open = (signal: AbortSignal) => {
    const tunnel = client.open(signal);
    onOpen(tunnel);
    return tunnel;
  };
  return { ...entry, client: { open } };
}

test('20,000 dead ones: a turn of the event loop never begins more than a few, never more than 256 are under way', async () => {
  const port = await refusingPort();
  const proxies = new ProxyList(() => {});
  const prober = new Prober(proxies, [nowhere], () => {});
  let [begun, mostBegun, underWay, mostUnderWay] = [0, 0, 0, 0];
  const onOpen = (open: Promise<unknown>) => {
    mostBegun = Math.max(mostBegun, ++begun);
    mostUnderWay = Math.max(mostUnderWay, ++underWay);
    void open.catch(() => underWay--);
  };
  const dead = Array.from({ length: 20_000 }, (_, i) => ({ ...entryOf({ host: `127.3.${i >> 8}.${i & 255}`, port }), id: String(i) }));
  proxies.add(dead.map((entry) => watch(entry, onOpen)));
  prober.startSearch();
  prober.search(proxies.all());
  while (proxies.counts().failing < 3000) {
    begun = 0;
    await new Promise(setImmediate); // one turn
  }
  assert.ok(mostBegun > 0 && mostBegun <= 8, String(mostBegun));
  assert.ok(mostUnderWay <= concurrency.most, String(mostUnderWay));
  assert.equal(prober.progress()?.total, 20_000);
  prober.cancel();
  await until(() => prober.progress() === null);
});

test('silent ones: up to 256 are awaited at once, not more', async () => {
  await using alive = await startSocks5();
  await using silent = await startForwarder(alive, { blackhole: true });
  const proxies = new ProxyList(() => {});
  const prober = new Prober(proxies, [nowhere], () => {});
  let [underWay, most] = [0, 0];
  const onOpen = (open: Promise<unknown>) => {
    most = Math.max(most, ++underWay);
    void open.catch(() => underWay--);
  };
  proxies.add(many(600, silent).map((entry) => watch(entry, onOpen)));
  prober.startSearch();
  prober.search(proxies.all());
  await until(() => proxies.counts().failing > 0); // by then those that were met first have been given up
  assert.equal(most, concurrency.most);
  prober.cancel();
  await silent.empty();
  await until(() => prober.progress() === null);
});
