import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProxyList } from '../../main/engine/proxy-list.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { entryOf } from '../rigs/proxy-entries.ts';
import { createRandom } from '../rigs/random.ts';

assertNothingLeftOpen();

const second = 1000;

/**
 * Ten minutes of traffic, one observation of each of two proxies a second, in a time of its own. `connectMs` tells what each one takes.
 * Returns the switches, oldest first.
 */
function tenMinutes(connectMs: (elapsedMs: number) => readonly [number, number]) {
  let now = Date.UTC(2026, 0, 1);
  const proxies = new ProxyList(
    () => {},
    () => now,
  );
  const entries = [entryOf({ host: '127.0.0.1', port: 1 }), entryOf({ host: '127.0.0.1', port: 2 })];
  proxies.add(entries);
  for (let elapsedMs = 0; elapsedMs < 600 * second; elapsedMs += second, now += second) {
    const took = connectMs(elapsedMs);
    for (const [index, entry] of entries.entries())
      proxies.succeeded(entry, { connectMs: took[index] as number, tookMs: took[index] as number });
  }
  return proxies.switches.map(({ reason, at }) => ({ reason, at })).reverse();
}

test('two proxies that cross by 10 % every 20 seconds: the first one stays', () => {
  const switches = tenMinutes((elapsedMs) => (Math.floor(elapsedMs / (20 * second)) % 2 === 0 ? [100, 110] : [110, 100]));
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
