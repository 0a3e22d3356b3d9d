import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkDirectly } from '../../main/engine/direct-check.ts';
import type { Destination } from '../../main/engine/outbound.ts';
import { ProxyList } from '../../main/engine/proxy-list.ts';
import { FaultFinder, needsNetwork } from '../../main/engine/selection/fault-finder.ts';
import { isWorking } from '../../main/engine/selection/record.ts';
import { soon } from '../rigs/connecting.ts';
import { refusingPort, startServer } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { entryOf } from '../rigs/proxy-entries.ts';

assertNothingLeftOpen();

/** Proxies far away, which nobody connects to, each with a good record; `direct` are the addresses that may be asked, if the person allows it. */
function world({ count = 5, isUp = true, direct }: { count?: number; isUp?: boolean; direct?: readonly Destination[] }) {
  const it = { now: Date.now(), isUp };
  const checks: Promise<unknown>[] = [];
  const faults = new FaultFinder({
    proxies: () => proxies,
    isNetworkUp: () => it.isUp,
    checkDirectly() {
      if (!direct) return null;
      const check = checkDirectly(direct, soon());
      checks.push(check);
      return check;
    },
    now: () => it.now,
    onChange: () => {},
  });
  const proxies = new ProxyList(
    () => {},
    () => it.now,
    faults,
  );
  const entries = Array.from({ length: count }, (_, i) => ({ ...entryOf({ host: `192.0.2.${i + 1}`, port: 1080 }, 20), id: String(i) }));
  proxies.add(entries);
  const failAll = () => {
    for (const entry of entries) proxies.failed(entry, 'proxy-timeout');
  };
  const checked = async () => {
    await Promise.all(checks);
    await new Promise(setImmediate);
    return checks.length;
  };
  return { it, faults, proxies, entries, failAll, checked };
}

test('without a network no proxy is blamed, and the trouble ends with the first one that answers', () => {
  const { it, faults, proxies, entries, failAll } = world({ isUp: false });
  assert.equal(faults.trouble, null); // nobody has missed it yet
  failAll();
  assert.equal(faults.trouble, 'offline');
  assert.equal(proxies.counts().working, 5);
  it.isUp = true;
  proxies.succeeded(entries[0] as (typeof entries)[number]);
  assert.equal(faults.trouble, null);
});

test('a proxy on this computer needs no network: its failure is its own, its success no sign', () => {
  const { faults, proxies, failAll } = world({ isUp: false });
  const local = entryOf({ host: '127.0.0.1', port: 9050 }, 20);
  proxies.add([local]);
  proxies.failed(local, 'proxy-refused');
  assert.equal(local.record.reason, 'proxy-refused');
  assert.equal(faults.trouble, null);
  failAll();
  proxies.succeeded(local);
  assert.equal(faults.trouble, 'offline');
  const local6 = ['localhost:1', '[::1]:1', '127.9.9.9:1'];
  assert.ok(!local6.some(needsNetwork));
  assert.ok(['192.0.2.1:127', '[2001:db8::1]:1', 'localhost.example:1'].every(needsNetwork));
});

test('in the two seconds after a change of networks no proxy is blamed; then it is, and the network is why', () => {
  const { it, faults, proxies, entries, failAll } = world({});
  faults.networkChanged();
  proxies.networkChanged();
  it.now += 1999;
  failAll();
  assert.equal(proxies.counts().working, 5);
  assert.equal(faults.trouble, null);
  it.now += 1;
  const { current } = proxies;
  assert.ok(current);
  proxies.failed(current, 'proxy-timeout');
  assert.ok(entries.includes(current) && !isWorking(current.record));
  assert.equal(proxies.switches[0]?.reason, 'network');
  assert.equal(proxies.switches[0]?.code, 'proxy-timeout');
});

test('several failing together are to blame where the person allows no direct connection', async () => {
  const { faults, proxies, failAll, checked } = world({});
  failAll();
  assert.equal(await checked(), 0);
  assert.equal(proxies.counts().failing, 5);
  assert.equal(faults.trouble, null);
});

const verdicts: readonly (readonly [answer: string | null, trouble: string | null])[] = [
  [null, 'offline'],
  ['HTTP/1.1 302 Found\r\nLocation: http://login.hotel.test/\r\n\r\n', 'captive-portal'],
  ['HTTP/1.1 204 No Content\r\n\r\n', null],
];
for (const [answer, trouble] of verdicts) {
  test(`several failing together, and a direct connection shows ${trouble ?? 'that the network is well'}`, async () => {
    await using server = await startServer((socket) => void socket.resume().end(answer ?? ''));
    const direct = { host: '127.0.0.1', port: answer === null ? await refusingPort() : server.port };
    const { faults, proxies, failAll, checked } = world({ direct: [direct] });
    failAll();
    assert.equal(await checked(), 1);
    assert.equal(faults.trouble, trouble);
    assert.equal(proxies.counts().working, trouble === null ? 0 : 5); // what was recorded is taken back
    failAll();
    assert.equal(await checked(), 1); // not again so soon
    assert.equal(proxies.counts().working, trouble === null ? 0 : 5);
  });
}

test('two of five, or three within more than five seconds, are no reason to look at the network', async () => {
  const { it, proxies, entries, checked } = world({ direct: [{ host: '127.0.0.1', port: await refusingPort() }] });
  for (const entry of entries.slice(0, 2)) proxies.failed(entry, 'proxy-timeout');
  it.now += 5000;
  for (const entry of entries.slice(2, 4)) proxies.failed(entry, 'proxy-timeout');
  assert.equal(await checked(), 0);
  proxies.failed(entries[4] as (typeof entries)[number], 'proxy-timeout');
  assert.equal(await checked(), 1);
  assert.equal(proxies.counts().failing, 2);
});

test('with only one proxy, one failure is all of them', async () => {
  const { faults, failAll, checked } = world({ count: 1, direct: [{ host: '127.0.0.1', port: await refusingPort() }] });
  failAll();
  assert.equal(await checked(), 1);
  assert.equal(faults.trouble, 'offline');
});
