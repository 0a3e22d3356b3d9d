import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { createRandom } from '../rigs/random.ts';
import { crossing, second, tenMinutes } from '../rigs/ten-minutes.ts';

assertNothingLeftOpen();

test('two proxies that cross by 10 % every 20 seconds: the first one stays', () => {
  const switches = tenMinutes(crossing);
  assert.deepEqual(
    switches.map(({ reason }) => reason),
    ['first'],
  );
});

test('the same with much noise and large numbers', () => {
  const random = createRandom(7);
  const noisy = (ms: number) => ms * (0.5 + random());
  const switches = tenMinutes((elapsedMs) =>
    Math.floor(elapsedMs / (20 * second)) % 2 === 0 ? [noisy(1000), noisy(1100)] : [noisy(1100), noisy(1000)],
  );
  assert.ok(switches.length <= 2, JSON.stringify(switches));
});

test('one that becomes clearly better for good takes over once', () => {
  const switches = tenMinutes((elapsedMs) => (elapsedMs < 120 * second ? [100, 300] : [400, 100]));
  assert.deepEqual(
    switches.map(({ reason }) => reason),
    ['first', 'better'],
  );
});

test('however wildly they change places, no two switches are within a minute', () => {
  const switches = tenMinutes((elapsedMs) => {
    const turn = Math.floor(elapsedMs / (20 * second));
    const worse = 100 * 4 ** turn; // more each time, so that even the smoothed values change places
    return turn % 2 === 0 ? [100, worse] : [worse, 100];
  });
  assert.ok(switches.length > 2);
  for (const [index, { at }] of switches.entries()) assert.ok(index === 0 || at - (switches[index - 1]?.at ?? 0) >= 60 * second);
});
