import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { withObservation } from '../../main/engine/selection/decayed-mean.ts';
import { rank } from '../../main/engine/selection/rank.ts';
import {
  costMs,
  type HealthRecord,
  isFailing,
  isWorking,
  slowConnectMs,
  untested,
  withFailure,
  withSuccess,
  withTransfer,
} from '../../main/engine/selection/record.ts';

const minute = 60_000;
const fast = withSuccess(untested, 1000, { connectMs: 40, latencyMs: 60 });
const slow = withSuccess(untested, 1000, { connectMs: 400, latencyMs: 420 });
const unmeasured = withSuccess(untested, 1000);

test('those whose connections cost least first, those never measured last', () => {
  const entries = [unmeasured, slow, fast].map((record) => ({ record }));
  assert.deepEqual(
    rank(entries).map(({ record }) => record),
    [fast, slow, unmeasured],
  );
});

test('of two that cost about the same the one that is known better comes first, and one that clearly costs less in any case', () => {
  const often = Array.from({ length: 20 }).reduce<HealthRecord>((record) => withSuccess(record, 1000, { connectMs: 50 }), untested);
  const order = (...records: HealthRecord[]) => rank(records.map((record) => ({ record }))).map(({ record }) => record);
  assert.deepEqual(order(fast, often), [often, fast]);
  const faster = withSuccess(untested, 1000, { connectMs: 35 });
  assert.deepEqual(order(often, faster), [faster, often]);
  const seenTwice = withSuccess(fast, 1000, { connectMs: 40 });
  assert.deepEqual(order(often, seenTwice), [seenTwice, often]);
});

test('what was observed five minutes ago is worth half', () => {
  const first = withObservation(null, 100, 0);
  assert.equal(withObservation(first, 200, 0).value, 150);
  assert.equal(withObservation(first, 250, 5 * minute).value, 200);
});

test('a proxy that fails every other time costs four times as much', () => {
  const record = withSuccess(withFailure(fast, 1000, 'proxy-closed'), 1000); // good, bad, good
  assert.equal(Math.round(costMs(record) ?? 0), Math.round(40 / (2 / 3) ** 2));
  assert.equal(costMs(untested), null);
  assert.equal(costMs(withSuccess(untested, 1, { latencyMs: 70 })), 70); // until a connection was seen
});

test('one that carries slowly costs what 16 KiB take over a second, which fades while nothing is carried', () => {
  const slowly = withTransfer(fast, 1000, 3000);
  assert.equal(costMs(slowly), 40 + 2000);
  assert.equal(costMs(withTransfer(fast, 1000, 900)), 40);
  assert.equal(costMs(withSuccess(slowly, 1000 + 5 * minute)), 40 + 1000);
  assert.deepEqual([slowly.successes, slowly.testedAt, slowly.reason], [fast.successes, fast.testedAt, null]);
  assert.ok(isFailing(withTransfer(withFailure(fast, 1, 'proxy-closed'), 2, 10)), 'old streams may flow where no new one comes through');
});

test('slow is what 95 of 100 connections stay below, once there are enough to tell', () => {
  let record = untested;
  for (const tookMs of [10, 10, 10, 10, 10, 10, 10]) record = withSuccess(record, 1, { tookMs });
  assert.equal(slowConnectMs(record), null);
  assert.equal(slowConnectMs(withSuccess(record, 1, { tookMs: 90 })), 90);
  for (let i = 0; i < 100; i++) record = withSuccess(record, 1, { tookMs: 20 });
  assert.equal(record.recentMs.length, 32);
  assert.equal(slowConnectMs(record), 20);
});

test('slow is the 95th percentile of what is remembered', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(9999), { minLength: 8, maxLength: 50 }), (times) => {
      const record = times.reduce((before, tookMs) => withSuccess(before, 1, { tookMs }), untested);
      const sorted = times.slice(-32).sort((a, b) => a - b);
      assert.equal(slowConnectMs(record), sorted[Math.ceil(sorted.length * 0.95) - 1]);
    }),
  );
});

const observation = fc.record({
  good: fc.boolean(),
  connectMs: fc.integer({ min: 1, max: 9999 }),
  waitMs: fc.integer({ min: 0, max: 10 * minute }),
});

test('any history: the mean stays among what was seen, the last observation decides between working and failing', () => {
  fc.assert(
    fc.property(fc.array(observation, { minLength: 1, maxLength: 50 }), (observations) => {
      let now = 1;
      let record = untested;
      for (const { good, connectMs, waitMs } of observations) {
        now += waitMs;
        record = good ? withSuccess(record, now, { connectMs }) : withFailure(record, now, 'proxy-timeout');
      }
      const seen = observations.filter(({ good }) => good).map(({ connectMs }) => connectMs);
      if (record.connect) assert.ok(record.connect.value >= Math.min(...seen) - 0.01 && record.connect.value <= Math.max(...seen) + 0.01);
      assert.equal(isWorking(record), observations.at(-1)?.good);
      assert.equal(isFailing(record), !observations.at(-1)?.good);
      assert.ok(record.reliability === null || (record.reliability.value >= 0 && record.reliability.value <= 1.000001));
    }),
  );
});
