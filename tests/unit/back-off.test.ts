import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BackOff, jittered } from '../../main/engine/selection/back-off.ts';

const minute = 60_000;
const proxy = {};
const chance = fc.double({ min: 0, max: 0.999, noNaN: true });

test('each vain try doubles the wait from three minutes to six hours, a fifth more or less', () => {
  const property = fc.property(fc.array(chance, { minLength: 1, maxLength: 20 }), fc.nat(), (chances, start) => {
    const backOff = new BackOff();
    assert.ok(backOff.isDue(proxy, start));
    chances.forEach((random, tries) => {
      backOff.tried(proxy, start, random);
      const ms = Math.min(360 * minute, 3 * minute * 2 ** tries);
      assert.ok(!backOff.isDue(proxy, start + 0.8 * ms - 1));
      assert.ok(backOff.isDue(proxy, start + 1.2 * ms + 1));
    });
  });
  fc.assert(property);
});

test('one that worked starts again', () => {
  const backOff = new BackOff();
  for (let tries = 0; tries < 5; tries++) backOff.tried(proxy, 0, 0.5);
  backOff.worked(proxy);
  assert.ok(backOff.isDue(proxy, 0));
  backOff.tried(proxy, 0, 0.5);
  assert.ok(backOff.isDue(proxy, 3 * minute));
});

test('jitter goes both ways', () => {
  assert.deepEqual([jittered(100, 0), jittered(100, 0.5), jittered(100, 1)], [80, 100, 120]);
});
