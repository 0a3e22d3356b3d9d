import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { rank } from '../../main/engine/selection/rank.ts';
import { type HealthRecord, isFailing, isWorking, untested, withFailure, withSuccess } from '../../main/engine/selection/record.ts';

const fast = withSuccess(untested, 1000, 40);
const slow = withSuccess(untested, 1000, 400);
const unmeasured = withSuccess(untested, 1000);
const failedLongAgo = withFailure(fast, 2000, 'proxy-timeout');
const failedNow = withFailure(fast, 3000, 'proxy-refused');

test('working ones by latency, then untested ones, then the one that failed longest ago', () => {
  const entries = [failedNow, untested, slow, failedLongAgo, unmeasured, fast].map((record) => ({ record }));
  assert.deepEqual(
    rank(entries).map(({ record }) => record),
    [fast, slow, unmeasured, untested, failedLongAgo, failedNow],
  );
});

test('latency is smoothed, a success of real traffic keeps it, a failure keeps it for later', () => {
  const second = withSuccess(fast, 2000, 140);
  assert.equal(second.latencyMs, 70);
  assert.equal(withSuccess(second, 3000).latencyMs, 70);
  assert.equal(withFailure(second, 3000, 'proxy-timeout').latencyMs, 70);
  assert.equal(withSuccess(failedNow, 4000, 40).reason, null);
});

const observation = fc.oneof(
  fc.record({ kind: fc.constant('good' as const), latencyMs: fc.integer({ min: 1, max: 9999 }) }),
  fc.record({ kind: fc.constant('bad' as const) }),
);
const history = fc
  .array(observation, { maxLength: 8 })
  .map((observations) =>
    observations.reduce<HealthRecord>(
      (record, seen, index) =>
        seen.kind === 'good' ? withSuccess(record, index, seen.latencyMs) : withFailure(record, index, 'proxy-closed'),
      untested,
    ),
  );

test('any histories: the order holds everything once, and never a failing one before a working one', () => {
  fc.assert(
    fc.property(fc.array(history), (records) => {
      const entries = records.map((record) => ({ record }));
      const ranked = rank(entries);
      assert.deepEqual(new Set(ranked), new Set(entries));
      const firstFailing = ranked.findIndex(({ record }) => isFailing(record));
      assert.ok(firstFailing < 0 || !ranked.slice(firstFailing).some(({ record }) => isWorking(record)));
    }),
  );
});
