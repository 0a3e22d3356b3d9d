import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { untested, withFailure, withSuccess } from '../../main/engine/selection/record.ts';
import { concurrency, nextConcurrency, Waves } from '../../main/engine/selection/waves.ts';

const candidate = (source: string, record = untested) => ({ source, record });
const taken = <T extends ReturnType<typeof candidate>>(waves: Waves<T>) => Array.from({ length: waves.size }, () => waves.take());
const working = withSuccess(untested, 1);

test('first those that worked when last seen, then those that ever worked, then the others', () => {
  const waves = new Waves();
  const never = candidate('a');
  const once = candidate('b', withFailure(working, 2, 'proxy-timeout'));
  const lately = candidate('c', working);
  for (const each of [never, once, lately]) waves.add(each);
  assert.deepEqual(taken(waves), [lately, once, never]);
});

test('a source that gave a good one comes before one that nobody tried, and that before one that gave none', () => {
  const waves = new Waves();
  for (const source of ['bad', 'new', 'good']) for (let i = 0; i < 5; i++) waves.add(candidate(source));
  for (let i = 0; i < 20; i++) waves.learn(candidate('good'), i === 7);
  waves.learn(candidate('bad'), false);
  const order = taken(waves).map((each) => each?.source);
  assert.deepEqual(
    order,
    ['good', 'new', 'bad'].flatMap((source) => Array(5).fill(source)),
  );
});

test('what was put off comes after all others, even those that came later', () => {
  const waves = new Waves();
  const [first, second, third] = [candidate('a'), candidate('a', working), candidate('b')];
  waves.putOff(first);
  waves.putOff(second);
  waves.add(third);
  waves.add(first); // waits already
  assert.deepEqual([waves.size, waves.freshCount], [3, 1]);
  assert.equal(waves.take(), third);
  waves.delete(first);
  assert.deepEqual(taken(waves), [second]);
  assert.equal(waves.take(), undefined);
});

test('whatever is added, deleted and taken: nothing is given twice, nothing that waits is lost', () => {
  const step = fc.tuple(fc.constantFrom('add', 'put off', 'delete', 'take', 'clear', 'good', 'bad'), fc.nat(9));
  const property = fc.property(fc.array(step), fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })), (steps, numbers) => {
    const waves = new Waves(() => numbers.next().value ?? 0);
    const all = Array.from({ length: 10 }, (_, i) => candidate(`${i % 3}`, i % 4 === 0 ? working : untested));
    const waiting = new Set<(typeof all)[number]>();
    for (const [what, index] of steps) {
      const one = all[index] as (typeof all)[number];
      if (what === 'add') {
        waves.add(one);
        waiting.add(one);
      } else if (what === 'put off') {
        if (waiting.has(one)) continue; // who waits has had no chance yet
        waves.putOff(one);
        waiting.add(one);
      } else if (what === 'delete') {
        waves.delete(one);
        waiting.delete(one);
      } else if (what === 'clear') {
        waves.clear();
        waiting.clear();
      } else if (what === 'take') {
        const got = waves.take();
        assert.equal(got === undefined, waiting.size === 0);
        if (got) assert.ok(waiting.delete(got));
      } else waves.learn(one, what === 'good');
      assert.equal(waves.size, waiting.size);
    }
    assert.deepEqual(new Set(taken(waves)), waiting);
  });
  fc.assert(property);
});

test('concurrency: never beyond its bounds, up while all is well, down when the event loop is very late or sockets run out', () => {
  const { least, most, first } = concurrency;
  const load = fc.record({ lagMs: fc.double({ min: -10, max: 1000, noNaN: true }), isShort: fc.boolean() });
  fc.assert(
    fc.property(fc.array(load), (loads) => {
      let now: number = first;
      for (const each of loads) {
        const next = nextConcurrency(now, each);
        assert.ok(next >= least && next <= most);
        assert.ok(each.isShort || each.lagMs > 100 ? next <= now : next >= now);
        assert.ok(each.isShort || next >= Math.min(now, first));
        now = next;
      }
    }),
  );
  let now: number = first;
  for (let tenths = 0; tenths < 6; tenths++) now = nextConcurrency(now, { lagMs: 0, isShort: false });
  assert.equal(now, most);
});
