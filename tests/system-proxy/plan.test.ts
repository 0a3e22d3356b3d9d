import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { differences, hasNewPlaces, planRestoration } from '../../main/system-proxy/plan.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

const alone = () => [];
const value = fc.constantFrom(null, 'before', 'ours', 'theirs');
const names = ['a', 'b', 'c', 'd'];
const settings = (one: fc.Arbitrary<string | null>) =>
  fc.tuple(...names.map(() => one)).map((values) => Object.fromEntries(names.map((name, index) => [name, values[index] ?? null])));

test('broken off at any point, by however many changes, everything goes back', () => {
  const picks = fc.array(fc.nat(2), { minLength: names.length, maxLength: names.length });
  fc.assert(
    fc.property(settings(value), settings(value), settings(value), picks, (previous, first, second, from) => {
      const present = Object.fromEntries(names.map((name, index) => [name, [previous, first, second][from[index] ?? 0]?.[name] ?? null]));
      const { changes, leftAlone } = planRestoration({ previous, ours: [first, second], isApplied: false }, present, alone);
      assert.deepEqual({ ...present, ...changes }, previous);
      assert.deepEqual(leftAlone, []);
    }),
  );
});

test('what somebody else has set is never written, and all else goes back', () => {
  fc.assert(
    fc.property(settings(value), settings(value), fc.subarray(names), (previous, ours, foreign) => {
      const present = { ...ours, ...Object.fromEntries(foreign.map((name) => [name, 'somebody else'])) };
      const { changes, leftAlone } = planRestoration({ previous, ours: [ours], isApplied: false }, present, alone);
      assert.deepEqual(leftAlone.toSorted(), foreign.toSorted());
      const rest = names.filter((name) => !foreign.includes(name));
      assert.deepEqual(
        Object.keys(differences(Object.fromEntries(rest.map((name) => [name, previous[name] ?? null])), { ...present, ...changes })),
        [],
      );
    }),
  );
});

test('after a change that was written whole, what is as before is somebody’s work too, with all that has its meaning from it', () => {
  const change = { previous: { mode: 'none', host: 'old' }, ours: [{ mode: 'manual', host: 'us' }] };
  const present = { mode: 'manual', host: 'old' };
  const company = (name: string) => (name === 'mode' ? ['host'] : []);
  assert.deepEqual(planRestoration({ ...change, isApplied: true }, present, company), { changes: {}, leftAlone: ['mode'] });
  assert.deepEqual(planRestoration({ ...change, isApplied: false }, present, company), { changes: { mode: 'none' }, leftAlone: [] });
});

test('what is gone from the system is neither written nor somebody else’s work', () => {
  const change = { previous: { 'web@Wi-Fi': 'a', 'web@LAN': 'b' }, ours: [{ 'web@Wi-Fi': 'x', 'web@LAN': 'x' }], isApplied: false };
  assert.deepEqual(planRestoration(change, { 'web@Wi-Fi': 'x' }, alone), { changes: { 'web@Wi-Fi': 'a' }, leftAlone: [] });
});

test('a new place is covered only while nobody has changed the others', () => {
  const change = { previous: { 'web@Wi-Fi': null }, ours: [{ 'web@Wi-Fi': 'old' }, { 'web@Wi-Fi': 'x' }], isApplied: false };
  const wanted = { 'web@Wi-Fi': 'x', 'web@USB': 'x' };
  assert.equal(hasNewPlaces(change, wanted, { 'web@Wi-Fi': 'x', 'web@USB': null }), true);
  assert.equal(hasNewPlaces(change, wanted, { 'web@Wi-Fi': 'theirs', 'web@USB': null }), false);
  assert.equal(hasNewPlaces(change, wanted, { 'web@USB': null }), true); // Wi-Fi was deleted
  assert.equal(hasNewPlaces(change, { 'web@Wi-Fi': 'x' }, { 'web@Wi-Fi': 'x' }), false);
});
