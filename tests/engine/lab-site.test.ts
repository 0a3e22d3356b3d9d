/** A site that fails through proxies that work: the state tells which one, and nobody is blamed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AppState } from '../../preload/contract.ts';
import { type LabProxy, startLab } from '../rigs/lab.ts';
import { startLabEngine } from '../rigs/lab-engine.ts';
import { refusingPort } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startHttpOrigin } from '../rigs/origin.ts';

assertNothingLeftOpen();

const isShown = ({ refusingSite }: AppState) => refusingSite !== null;
const isGone = ({ refusingSite }: AppState) => refusingSite === null;

/** An engine with two proxies that work, a site that works, and the address of one where nobody is. */
async function startTwo() {
  const stack = new AsyncDisposableStack();
  const origin = stack.use(await startHttpOrigin());
  const lab = stack.use(await startLab([{}, { roundTripMs: 20 }]));
  const engine = stack.use(await startLabEngine(lab.proxies));
  await engine.state(({ proxies, testing }) => proxies.working === 2 && testing === null);
  const port = await refusingPort();
  const dead = `http://origin.test:${port}/`;
  const health = () => Promise.all(lab.proxies.map(async (proxy) => (await engine.row(proxy)).health));
  return { origin, proxies: lab.proxies, engine, port, dead, health, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

test('a site that refuses is named while others work, costs no proxy its rank, and is forgotten when it is back', async () => {
  await using two = await startTwo();
  const { engine, origin, port, dead } = two;
  const { active } = await engine.state(isGone);
  for (const _ of [1, 2, 3]) assert.equal((await engine.get(dead)).status, 502);
  const said = await engine.state(isShown);
  assert.deepEqual(said.refusingSite, { host: 'origin.test', code: 'destination-refused', proxies: 2 });
  assert.equal(said.status, 'ready');

  assert.equal((await engine.get(`http://127.0.0.1:${origin.port}/`)).status, 200);
  const { proxies, ...later } = await engine.state(isShown);
  assert.deepEqual([later.active?.id, proxies.working, proxies.failing], [active?.id, 2, 0]);
  assert.deepEqual(await two.health(), ['working', 'working']);
  assert.equal((await engine.commands.listSwitches({})).length, 1);

  await using _back = await startHttpOrigin({ port });
  assert.equal((await engine.get(dead)).status, 200);
  assert.equal((await engine.state(isGone)).status, 'ready');
});

test('where one proxy is dead, the word of the other one is enough', async () => {
  await using two = await startTwo();
  const [dying] = two.proxies as [LabProxy];
  dying.become({ fault: 'refuse' });
  await two.engine.get(two.origin.url);
  await two.engine.state(({ proxies }) => proxies.working === 1);
  await two.engine.get(two.dead);
  assert.equal((await two.engine.state(isShown)).refusingSite?.proxies, 1);
});

test('it is forgotten when the network changes', async () => {
  await using two = await startTwo();
  await two.engine.get(two.dead);
  await two.engine.state(isShown);
  two.engine.wake();
  assert.equal((await two.engine.state(isGone)).status, 'ready');
});

test('where no proxy works any more, that alone is told', async () => {
  await using two = await startTwo();
  await two.engine.get(two.dead);
  await two.engine.state(isShown);
  for (const proxy of two.proxies) proxy.become({ fault: 'refuse' });
  const seen: AppState[] = [];
  const watched = two.engine.state((state) => seen.push(state) > 0 && state.status === 'blocked');
  assert.equal((await two.engine.get(two.origin.url)).status, 503);
  await watched;
  for (const { status, refusingSite } of seen) assert.ok(status === 'ready' || refusingSite === null, status);
});
