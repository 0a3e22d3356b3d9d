/** Which proxies carry what in each mode, in a running engine. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startLab } from '../rigs/lab.ts';
import { startLabEngine } from '../rigs/lab-engine.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startHttpOrigin } from '../rigs/origin.ts';

assertNothingLeftOpen();

/** Three proxies that work, the first one best. */
async function startThree() {
  const stack = new AsyncDisposableStack();
  const origin = stack.use(await startHttpOrigin());
  const lab = stack.use(await startLab([{}, { roundTripMs: 40 }, { roundTripMs: 60 }]));
  const engine = stack.use(await startLabEngine(lab.proxies));
  await engine.state(({ proxies, testing }) => proxies.working === 3 && testing === null);
  const counts = () => lab.proxies.map((proxy) => proxy.askedFor(origin.port));
  /** One request after the other to these hosts, all of them this computer: how many went through each proxy. */
  const carried = async (...hosts: string[]) => {
    const before = counts();
    for (const host of hosts) assert.equal((await engine.get(`http://${host}:${origin.port}/`)).status, 200);
    return counts().map((count, index) => count - (before[index] ?? 0));
  };
  return { origin, lab, engine, carried, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}
const hosts = ['origin.test', 'localhost', 'proxy.test', '127.0.0.1'];

test('automatic, which nobody need choose: all through the best one', async () => {
  await using three = await startThree();
  const [first] = await three.carried(...hosts, ...hosts);
  assert.equal(first, 8);
});

test('round robin: each in its turn, and where one has died the others carry its share', async () => {
  await using three = await startThree();
  await three.engine.commands.changeSettings({ mode: 'round-robin' });
  const shares = await three.carried(...hosts, ...hosts, 'localhost');
  assert.ok(
    shares.every((share) => share >= 3), // a slow one may be helped once
    String(shares),
  );
  three.lab.proxies[1]?.become({ fault: 'refuse' });
  const [first = 0, dead, third = 0] = await three.carried(...hosts, ...hosts);
  assert.equal(dead, 0);
  assert.ok(first >= 3 && third >= 3);
});

test('sticky: each destination keeps its proxy', async () => {
  await using three = await startThree();
  await three.engine.commands.changeSettings({ mode: 'sticky' });
  for (const host of hosts) {
    const its = await three.carried(host);
    const later = await three.carried(host, host, host);
    assert.ok(
      later.some((count, index) => count === 3 && its[index] === 1),
      `${host}: ${its}, then ${later}`,
    );
  }
});

test('manual: the pinned one alone, and none without a pin', async () => {
  await using three = await startThree();
  const { engine, lab, origin } = three;
  await engine.commands.changeSettings({ mode: 'manual' });
  assert.equal((await engine.get(origin.url)).status, 503);
  const [, , last] = lab.proxies;
  assert.ok(last);
  await engine.commands.pinProxy({ id: (await engine.row(last)).id });
  assert.deepEqual(await three.carried(...hosts), [0, 0, 4]);
});
