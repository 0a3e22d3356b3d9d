import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { describe, test } from 'node:test';
import { type LabProxy, startLab } from '../rigs/lab.ts';
import { startLabEngine } from '../rigs/lab-engine.ts';
import { startServer } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startHttpOrigin } from '../rigs/origin.ts';
import { until } from '../rigs/until.ts';

assertNothingLeftOpen();

test('the computer wakes in a network that works again: who waited is served, and so is who comes now', async () => {
  await using origin = await startHttpOrigin();
  await using lab = await startLab([{}]);
  await using engine = await startLabEngine(lab.proxies);
  await engine.state(({ proxies, testing }) => proxies.working === 1 && testing === null);
  const [proxy] = lab.proxies;
  proxy?.become({ fault: 'blackhole' });
  const waiting: Promise<{ status: number }>[] = [];
  // When the second one is there, what the first one said is lost.
  for (let before = lab.accepted(); waiting.length < 2; before = lab.accepted()) {
    waiting.push(engine.get(origin.url));
    await until(() => lab.accepted() !== before);
  }
  proxy?.become({});
  engine.wake();
  for (const { status } of await Promise.all([...waiting, engine.get(origin.url)])) assert.equal(status, 200);
  await engine.state(({ status }) => status === 'ready');
});

test('tunnels wait at the proxy in use while there is traffic; none from before a wake is used', async () => {
  await using origin = await startHttpOrigin();
  await using lab = await startLab([{ roundTripMs: 20 }]);
  await using engine = await startLabEngine(lab.proxies);
  const [proxy] = lab.proxies as [LabProxy];
  await until(async () => {
    const answers = await Promise.all([1, 2, 3, 4].map(() => engine.get(origin.url)));
    assert.ok(answers.every(({ status }) => status === 200));
    return proxy.waiting > 1; // one alone may be the probe that learns whether they may
  });
  assert.ok(proxy.waiting <= 4);
  const wokeAt = performance.now();
  engine.wake();
  await until(() => proxy.waiting === 0);
  assert.ok(performance.now() - wokeAt < 8000, 'let go, not merely closed when its ten seconds were over');
  assert.equal((await engine.get(origin.url)).status, 200);
});

/** An address of this computer that does not look like one (RFC 4291, section 2.5.5.2): proxies there need a network, as far as anybody can tell. */
const mapped = (link: string) => link.replace('127.0.0.1', '[::ffff:127.0.0.1]');
const isUp = Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ internal }) => !internal));

describe('all proxies fail together', { skip: !isUp && 'this computer has no network' }, () => {
  for (const [isAllowed, status, working] of [
    [false, 'blocked', 0],
    [true, 'captive-portal', 3],
  ] as const) {
    test(`a direct connection is ${isAllowed ? '' : 'not '}allowed: ${status}`, async () => {
      await using portal = await startServer((socket) => void socket.resume().end('HTTP/1.1 200 OK\r\n\r\nLog in'));
      await using lab = await startLab([{}, {}, {}]);
      const links = lab.proxies.map(({ link }) => ({ link: mapped(link) }));
      await using engine = await startLabEngine(links, { directChecks: [portal] });
      await engine.commands.changeSettings({ allowDirectCheck: isAllowed });
      await engine.state(({ proxies, testing }) => proxies.working === 3 && testing === null);
      for (const proxy of lab.proxies) proxy.become({ fault: 'refuse' });
      assert.equal((await engine.get('http://origin.test/')).status, 503);
      const state = await engine.state((now) => now.status === status);
      assert.equal(state.proxies.working, working); // what is not their fault costs them nothing
      assert.equal(portal.accepted, isAllowed ? 1 : 0);
      for (const proxy of lab.proxies) proxy.become({});
      await using origin = await startHttpOrigin();
      assert.equal((await engine.get(origin.url)).status, 200);
      await engine.state((now) => now.status === 'ready');
    });
  }

  test('the clock is set back just after a wake: they are known as dead all the same', async (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
    await using lab = await startLab([{}, {}, {}]);
    await using engine = await startLabEngine(lab.proxies.map(({ link }) => ({ link: mapped(link) })));
    await engine.state(({ proxies, testing }) => proxies.working === 3 && testing === null);
    engine.wake();
    t.mock.timers.setTime(Date.now() - 3 * 3_600_000);
    for (const proxy of lab.proxies) proxy.become({ fault: 'refuse' });
    await engine.state(({ status }) => status === 'blocked'); // they are tried two seconds after the wake
  });
});
