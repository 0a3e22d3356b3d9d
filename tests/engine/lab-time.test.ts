/** Proxies that change with time: who is in use when, and why. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { driveClock } from '../rigs/driven-clock.ts';
import { type LabProxy, type Script, startLab } from '../rigs/lab.ts';
import { startLabEngine } from '../rigs/lab-engine.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startHttpOrigin } from '../rigs/origin.ts';

assertNothingLeftOpen();

/** An engine that knows these proxies, in a time that passes only when told, and a site. The first proxy is in use. */
async function startTimed(t: TestContext, scripts: readonly Script[]) {
  const pass = driveClock(t);
  await using stack = new AsyncDisposableStack();
  const origin = stack.use(await startHttpOrigin());
  const lab = stack.use(await startLab(scripts));
  const engine = stack.use(await startLabEngine(lab.proxies));
  await engine.state(({ proxies, testing }) => proxies.working === scripts.length && testing === null);
  assert.deepEqual(await engine.switches(), [['first', null, 'lab-0']]);
  const held = stack.move();
  return {
    engine,
    pass,
    proxies: lab.proxies as readonly [LabProxy, LabProxy],
    /** A page; which proxies were asked for it. */
    async carriers(): Promise<number[]> {
      const before = lab.proxies.map((proxy) => proxy.askedFor(origin.port));
      assert.equal((await engine.get(origin.url)).status, 200);
      return lab.proxies.flatMap((proxy, index) => (proxy.askedFor(origin.port) > (before[index] ?? 0) ? [index] : []));
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

const second = 1000;
const first = ['first', null, 'lab-0'] as const;

test('it dies, comes back, and the other one dies: each time the next connection is served, and one switch says why', async (t) => {
  await using world = await startTimed(t, [
    (atMs) => (atMs < 10 * second || atMs >= 20 * second ? {} : { fault: 'refuse' }),
    (atMs) => (atMs < 30 * second ? { roundTripMs: 30 } : { fault: 'refuse' }),
  ]);
  const { engine, pass, proxies } = world;
  assert.deepEqual(await world.carriers(), [0]);
  pass(10);
  assert.deepEqual(await world.carriers(), [1]);
  assert.equal((await engine.row(proxies[0])).reason, 'proxy-refused');
  const death = ['failed', 'proxy-refused', 'lab-1'] as const;
  assert.deepEqual(await engine.switches(), [first, death]);

  pass(10);
  for (let n = 0; n < 4; n++) await engine.probe(proxies[0]);
  assert.equal((await engine.row(proxies[0])).health, 'working');
  assert.deepEqual(await world.carriers(), [1]);
  assert.deepEqual(await engine.switches(), [first, death]);

  pass(10);
  assert.deepEqual(await world.carriers(), [0]);
  assert.deepEqual(await engine.switches(), [first, death, ['failed', 'proxy-refused', 'lab-0']]);
});

test('the only one dies and comes back: a refusal, and then a page', async (t) => {
  await using world = await startTimed(t, [(atMs) => (atMs < 10 * second || atMs >= 20 * second ? {} : { fault: 'refuse' })]);
  const { engine, pass } = world;
  pass(10);
  assert.equal((await engine.get('http://origin.test/')).status, 503);
  await engine.state(({ status, active }) => status === 'blocked' && active === null);
  pass(10);
  assert.deepEqual(await world.carriers(), [0]);
  await engine.state(({ status }) => status === 'ready');
  assert.deepEqual(await engine.switches(), [first, ['failed', 'proxy-refused', null], first]);
});

const becomesSlow: Script = (atMs) => ({ roundTripMs: atMs < 70 * second ? 0 : 200 });

test('it becomes slow: the better one takes over at its third better observation', async (t) => {
  await using world = await startTimed(t, [becomesSlow, { roundTripMs: 20 }]);
  const { engine, pass, proxies } = world;
  pass(70);
  await engine.probe(proxies[0]); // from now on the other one is better: as it was seen last
  for (let seen = 1; seen < 3; seen++) {
    assert.deepEqual(await engine.switches(), [first]);
    await engine.probe(proxies[1]);
  }
  assert.deepEqual(await engine.switches(), [first, ['better', null, 'lab-1']]);
  assert.deepEqual(await world.carriers(), [1]);
});

test('the same within a minute of the last switch: not before that is over, however often it is seen', async (t) => {
  await using world = await startTimed(t, [(atMs) => becomesSlow(atMs + 65 * second), { roundTripMs: 20 }]);
  const { engine, pass, proxies } = world;
  pass(5);
  await engine.probe(proxies[0]);
  for (let seen = 1; seen < 6; seen++) await engine.probe(proxies[1]);
  assert.deepEqual(await engine.switches(), [first]);
  pass(55);
  await engine.probe(proxies[1]);
  assert.deepEqual(await engine.switches(), [first, ['better', null, 'lab-1']]);
});
