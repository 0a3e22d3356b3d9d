import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createSteadyClock } from '../../main/engine/steady-clock.ts';

const start = Date.UTC(2026, 0, 1);

function clocks() {
  const it = { wall: start, monotonic: 70_000 };
  const now = createSteadyClock(
    () => it.wall,
    () => it.monotonic,
  );
  /** So long both run; then the one is set by so much. */
  const pass = (ms: number, setBy = 0) => {
    it.wall += ms + setBy;
    it.monotonic += ms;
    return now() - start;
  };
  return pass;
}

test('time passes, also asleep, and goes on where the clock is set back', () => {
  const pass = clocks();
  assert.equal(pass(5), 5);
  assert.equal(pass(1000, 3_600_000), 3_601_005, 'asleep for an hour');
  assert.equal(pass(1000, -7_200_000), 3_602_005, 'set back by two');
  assert.equal(pass(1000, 60_000), 3_663_005, 'asleep again');
});

test('however both clocks go: never back, and never faster than the one that is faster', () => {
  const step = fc.tuple(fc.nat(100_000), fc.integer({ min: -10_000_000, max: 10_000_000 }));
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const pass = clocks();
      let before = 0;
      for (const [ms, setBy] of steps) {
        const now = pass(ms, setBy);
        assert.ok(now >= before + ms && now <= before + ms + Math.max(0, setBy) + 1000, `${before} ${now}`);
        before = now;
      }
    }),
  );
});
