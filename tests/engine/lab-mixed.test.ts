/** A list as people get it: many proxies, each with a fault of its own, and a few that work. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Script, startLab } from '../rigs/lab.ts';
import { startLabEngine } from '../rigs/lab-engine.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startHttpOrigin } from '../rigs/origin.ts';
import { createRandom, shuffled } from '../rigs/random.ts';

assertNothingLeftOpen();

const seed = 50;
const stalls = { share: 0.2, ms: 60 };

/** How many do what, and why each of them fails; null: it works. Fewer than ten work, or the search would end before all are known. */
const kinds: readonly (readonly [count: number, script: Script, reason: string | null])[] = [
  [2, {}, null],
  [2, { roundTripMs: 40, jitterMs: 20 }, null],
  [2, { roundTripMs: 40, stalls }, null],
  [2, { fault: 'dribble' }, null],
  [1, (atMs) => ({ roundTripMs: Math.max(30, 60 - atMs / 100) }), null],
  [8, { fault: 'refuse' }, 'proxy-refused'],
  [8, { fault: 'blackhole' }, 'proxy-timeout'],
  [7, { fault: 'mute' }, 'proxy-timeout'],
  [7, { fault: 'inject-page' }, 'proxy-tampered'],
  [6, { fault: { resetAfterBytes: 1 } }, 'proxy-closed'],
  [5, { fault: { resetAfterBytes: 30 } }, 'proxy-closed'], // in the middle of the first line of an answer
];

test('of 50 proxies exactly the nine good ones work, and each bad one, met once, is known for what it is', async () => {
  const all = kinds.flatMap(([count, script, reason]) => Array.from({ length: count }, () => ({ script, reason })));
  const mixed = shuffled(all, createRandom(seed));
  await using origin = await startHttpOrigin();
  await using lab = await startLab(
    mixed.map(({ script }) => script),
    { login: { username: 'u', password: 'p' }, seed },
  );
  await using engine = await startLabEngine(lab.proxies);
  await engine.state(({ proxies, testing }) => proxies.total === 50 && proxies.untested === 0 && testing === null);
  const known = async () =>
    (await Promise.all(lab.proxies.map((proxy) => engine.row(proxy)))).map(({ health, reason }) => ({ health, reason }));
  const expected = mixed.map(({ reason }) => ({ health: reason === null ? 'working' : 'failing', reason }));
  assert.deepEqual(await known(), expected);

  const pages = await Promise.all(Array.from({ length: 30 }, () => engine.get(origin.url)));
  assert.ok(pages.every(({ status }) => status === 200));
  assert.equal(origin.requests.length, 30);
  for (const [index, proxy] of lab.proxies.entries()) if (mixed[index]?.reason) assert.equal(proxy.accepted, 1);
  assert.deepEqual(await known(), expected);
  assert.deepEqual(
    (await engine.switches()).map(([reason]) => reason),
    ['first'],
  );
});
