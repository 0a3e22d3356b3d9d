import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProxyList } from '../../main/engine/proxy-list.ts';
import { orderFor } from '../../main/engine/selection/order.ts';
import { withTransfer } from '../../main/engine/selection/record.ts';
import type { ErrorCode } from '../../preload/contract.ts';
import { entryOf } from '../rigs/proxy-entries.ts';

const second = 1000;

/** A list of so many proxies under a clock that the test turns; nothing is ever connected. */
function listOf(count: number) {
  const clock = { now: 1_000_000 };
  const list = new ProxyList(
    () => {},
    () => clock.now,
  );
  const entries = Array.from({ length: count }, (_, index) => entryOf({ host: '127.0.2.1', port: index + 1 }));
  list.add(entries);
  const at = (index: number) => entries[index] as (typeof entries)[number];
  return {
    list,
    clock,
    at,
    good: (index: number, connectMs: number) => list.succeeded(at(index), { connectMs }),
    bad: (index: number, code: ErrorCode = 'proxy-closed') => list.failed(at(index), code),
    current: () => list.current?.id,
    reasons: () => list.switches.map(({ reason }) => reason).reverse(),
  };
}

test('the first that works is taken at once, and its first failure moves on', () => {
  const { good, bad, current, list } = listOf(3);
  good(1, 300);
  assert.equal(current(), '2');
  good(2, 310);
  bad(1, 'proxy-refused');
  assert.equal(current(), '3');
  const [last] = list.switches;
  assert.deepEqual(
    { ...last, at: 0 },
    {
      at: 0,
      from: { id: '2', label: '127.0.2.1:2' },
      to: { id: '3', label: '127.0.2.1:3' },
      reason: 'failed',
      code: 'proxy-refused',
      fromMs: 1200,
      toMs: 310,
    },
  );
});

test('a better one takes over only after three observations, and not within a minute of the last switch', () => {
  const { good, clock, current, reasons } = listOf(2);
  good(0, 400);
  for (let i = 0; i < 5; i++) good(1, 100);
  assert.equal(current(), '1'); // not within the minute
  clock.now += 61 * second;
  good(1, 100);
  assert.equal(current(), '2');
  assert.deepEqual(reasons(), ['first', 'better']);
});

test('two observations are not enough, and one to the contrary starts again', () => {
  const { good, clock, current } = listOf(2);
  good(0, 400);
  clock.now += 61 * second;
  good(1, 100);
  good(1, 100);
  assert.equal(current(), '1');
  clock.now += second;
  for (let i = 0; i < 40; i++) good(0, 90); // the current one has caught up
  good(1, 100);
  assert.equal(current(), '1');
});

test('20 % better but not 50 ms, or 50 ms but not 20 %: it stays', () => {
  for (const [current, challenger] of [
    [100, 60],
    [1000, 850],
  ] as const) {
    const proxies = listOf(2);
    proxies.good(0, current);
    proxies.clock.now += 61 * second;
    for (let i = 0; i < 10; i++) proxies.good(1, challenger);
    assert.equal(proxies.current(), '1');
  }
});

test('one that is reached fast and carries slowly is left for one that is reached slowly and carries', () => {
  const { good, clock, list, at, current, reasons } = listOf(2);
  good(0, 40);
  good(1, 300);
  clock.now += 61 * second;
  for (let i = 0; i < 3; i++) list.rewrite(at(0), withTransfer(at(0).record, clock.now, 4000));
  good(0, 40);
  assert.equal(current(), '1');
  for (let i = 0; i < 3; i++) good(1, 300);
  assert.equal(current(), '2');
  assert.deepEqual(reasons(), ['first', 'better']);
});

test('two that cross by 10 % every 20 seconds for ten minutes: one switch at most', () => {
  const { good, clock, list } = listOf(2);
  for (let elapsed = 0; elapsed < 600; elapsed += 5) {
    const isFirstFaster = Math.floor(elapsed / 20) % 2 === 0;
    good(0, isFirstFaster ? 200 : 220);
    good(1, isFirstFaster ? 220 : 200);
    clock.now += 5 * second;
  }
  assert.ok(list.switches.length <= 2, `${list.switches.length - 1} switches`); // the first choice and one more
});

test('the last 200 switches are kept, newest first', () => {
  const { good, bad, list } = listOf(2);
  for (let i = 0; i < 150; i++) {
    good(0, 100);
    bad(0);
    good(1, 100);
    bad(1);
  }
  assert.equal(list.switches.length, 200);
});

test('what the person decides: pin, exclude, remove, group; each is a switch that was chosen', () => {
  const { good, list, at, current, reasons } = listOf(3);
  for (const index of [0, 1, 2]) good(index, 100 + index);
  list.choose({ pinnedId: '3' });
  assert.equal(current(), '3');
  list.choose({ pinnedId: null });
  assert.equal(current(), '3'); // no reason to leave it
  list.exclude([at(2)], true);
  assert.equal(current(), '1');
  list.remove(['1']);
  assert.equal(current(), '2');
  list.choose({ group: 'another source' });
  assert.equal(current(), undefined);
  assert.deepEqual(list.candidates({ host: 'site.test', port: 1 }), []);
  assert.deepEqual(reasons(), ['first', 'chosen', 'chosen', 'chosen', 'chosen']);
});

test('modes: in turn, one per destination, only the pinned one', () => {
  const ranked = ['a', 'b', 'c'].map((id) => ({ id }));
  const order = (mode: Parameters<typeof orderFor>[0]['mode'], turn: number, host = 'site.test') =>
    orderFor({ mode, current: ranked[1] ?? null, ranked, turn }, { host, port: 443 })
      .map(({ id }) => id)
      .join('');
  assert.equal(order('automatic', 7), 'bac');
  assert.deepEqual(
    [0, 1, 2, 3].map((turn) => order('round-robin', turn)),
    ['abc', 'bca', 'cab', 'abc'],
  );
  assert.equal(order('manual', 0), '');
  assert.equal(order('sticky', 0), order('sticky', 9, 'SITE.test'));
  const firsts = new Set(Array.from({ length: 50 }, (_, i) => order('sticky', 0, `site-${i}.test`)[0]));
  assert.equal(firsts.size, 3);
  const withoutB = orderFor(
    { mode: 'sticky', current: null, ranked: ranked.filter(({ id }) => id !== 'b'), turn: 0 },
    { host: 'site.test', port: 1 },
  );
  assert.equal(withoutB.map(({ id }) => id).join(''), order('sticky', 0).replace('b', '')); // the others keep their places
});
