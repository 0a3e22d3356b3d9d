import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DestinationMemory } from '../../main/engine/selection/destination-memory.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

const proxies = ['a', 'b', 'c'].map((id) => ({ id }));
const site = { host: 'site.test', port: 443 };
const minute = 60_000;

function orderOf(memory: DestinationMemory, now: number, destination = site): string {
  return memory
    .inOrder(proxies, destination, now)
    .map(({ id }) => id)
    .join('');
}

test('a proxy that failed for a destination comes last there, and nowhere else', () => {
  const memory = new DestinationMemory();
  memory.failed('a', site, 0);
  assert.equal(orderOf(memory, 1), 'bca');
  assert.equal(orderOf(memory, 1, { host: 'SITE.test', port: 443 }), 'bca');
  assert.equal(orderOf(memory, 1, { host: 'site.test', port: 80 }), 'abc');
  assert.equal(orderOf(memory, 1, { host: 'other.test', port: 443 }), 'abc');
});

test('for ten minutes, each proxy for itself', () => {
  const memory = new DestinationMemory();
  memory.failed('a', site, 0);
  memory.failed('b', site, 5 * minute);
  assert.equal(orderOf(memory, 10 * minute - 1), 'cab');
  assert.equal(orderOf(memory, 10 * minute), 'acb');
  assert.equal(orderOf(memory, 15 * minute), 'abc');
});

test('ten thousand destinations are remembered, the latest', () => {
  const memory = new DestinationMemory();
  for (let n = 0; n <= 10_000; n++) memory.failed('a', { host: `site-${n}.test`, port: 443 }, n);
  assert.equal(orderOf(memory, 10_001, { host: 'site-0.test', port: 443 }), 'abc');
  assert.equal(orderOf(memory, 10_001, { host: 'site-1.test', port: 443 }), 'bca');
});
