import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { wantedTunnels } from '../../main/engine/selection/wanted-tunnels.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

/** Connections at this rate for five seconds before `now`. */
const steady = (perSecond: number, now: number) => Array.from({ length: perSecond * 5 }, (_, i) => now - (i * 1000) / perSecond).reverse();

test('none without traffic', () => {
  assert.equal(wantedTunnels([], 300, 1000), 0);
  assert.equal(wantedTunnels([1000, 1010, 1020], 300, 11_021), 0);
});

test('one while connections are few', () => {
  assert.equal(wantedTunnels([1000], 0, 1000), 1);
  assert.equal(wantedTunnels([1000, 5000], 300, 5000), 1);
  assert.equal(wantedTunnels(steady(1, 60_000), 300, 60_000), 1);
});

test('twice what comes while one is opened, and at most four', () => {
  assert.equal(wantedTunnels(steady(4, 60_000), 300, 60_000), 3);
  assert.equal(wantedTunnels(steady(10, 60_000), 50, 60_000), 2);
  assert.equal(wantedTunnels(steady(10, 60_000), 300, 60_000), 4);
  assert.equal(wantedTunnels(steady(200, 60_000), 300, 60_000), 4);
});

test('what was long ago does not count', () => {
  assert.equal(wantedTunnels([...steady(50, 10_000), 15_000], 300, 15_000), 1);
});

test('a program that connects once in a while gets one tunnel in vain, not one each time', () => {
  const everyQuarter = [0, 15_000, 30_000, 45_000];
  const wanted = everyQuarter.map((at, i) => wantedTunnels(everyQuarter.slice(0, i + 1), 300, at));
  assert.deepEqual(wanted, [1, 0, 0, 0]);
});

test('the first connection of a page after a pause brings one', () => {
  assert.equal(wantedTunnels([0, 200, 400, 30_000], 300, 30_000), 1);
  assert.equal(wantedTunnels([0, 15_000, 15_200], 300, 15_200), 1);
});

test('between none and four whatever happens', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(60_000)), fc.nat(60_000), fc.nat(60_000), (times, openMs, pauseMs) => {
      const uses = times.sort((a, b) => a - b);
      const wanted = wantedTunnels(uses, openMs, (uses.at(-1) ?? 0) + pauseMs);
      assert.ok(Number.isInteger(wanted) && wanted >= 0 && wanted <= 4);
      if (pauseMs > 10_000) assert.equal(wanted, 0);
    }),
  );
});
