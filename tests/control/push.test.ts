import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import fc from 'fast-check';
import { createStore } from 'zustand/vanilla';
import { pushStates } from '../../main/control/push.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

/** A store and what was pushed from it, with time in the test's hand. */
function openPush(t: { after(fn: () => void): void }) {
  mock.timers.enable({ apis: ['setTimeout'] });
  t.after(() => mock.timers.reset());
  const store = createStore(() => ({ n: 0, list: [0] }));
  const pushed: number[] = [];
  const stop = pushStates(store, ({ n }) => pushed.push(n));
  const pass = (ms: number) => {
    for (let passed = 0; passed < ms; passed++) mock.timers.tick(1); // one leap would not run timers that timers set
  };
  return { pushed, stop, set: (n: number) => store.setState({ n, list: [n] }), pass };
}

test('the present state comes at once, and so does the first change after a pause', (t) => {
  const { pushed, set, pass } = openPush(t);
  assert.deepEqual(pushed, [0]);
  pass(1000);
  set(1);
  assert.deepEqual(pushed, [0, 1]);
});

test('of many changes in a pause the last arrives, once', (t) => {
  const { pushed, set, pass } = openPush(t);
  for (let n = 1; n <= 1000; n++) set(n);
  assert.deepEqual(pushed, [0]);
  pass(249);
  assert.deepEqual(pushed, [0]);
  pass(1);
  assert.deepEqual(pushed, [0, 1000]);
  pass(10_000);
  assert.deepEqual(pushed, [0, 1000]);
});

test('a state that equals the last is not pushed again, nor one that came back to it', (t) => {
  const { pushed, set, pass } = openPush(t);
  set(0);
  pass(1000);
  set(0);
  pass(1000);
  set(1);
  set(0);
  pass(1000);
  assert.deepEqual(pushed, [0, 1, 0]);
});

test('unsubscribing gives what the pause held back, and after it nothing comes and no timer is left', (t) => {
  const { pushed, set, stop, pass } = openPush(t);
  set(1);
  set(2);
  stop();
  assert.deepEqual(pushed, [0, 2]);
  set(3);
  stop();
  pass(1000);
  assert.deepEqual(pushed, [0, 2]);
});

test('a pause does not keep the process alive', () => {
  const stop = pushStates(
    createStore(() => 0),
    () => {},
  );
  assert.ok(!process.getActiveResourcesInfo().includes('Timeout'));
  stop();
});

test('whatever happens when: never more than four within a second, never two alike, and the last state arrives', () => {
  const step = fc.oneof(
    fc.record({ set: fc.integer({ min: 0, max: 3 }) }), //
    fc.record({ pass: fc.integer({ min: 1, max: 400 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      mock.timers.enable({ apis: ['setTimeout'] });
      try {
        let now = 0;
        const store = createStore(() => ({ n: 0 }));
        const pushed: { n: number; at: number }[] = [];
        const stop = pushStates(store, ({ n }) => pushed.push({ n, at: now }));
        for (const step of [...steps, { pass: 1000 }]) {
          if ('set' in step) store.setState({ n: step.set });
          else for (let ms = 0; ms < step.pass; ms++, now++) mock.timers.tick(1);
        }
        assert.equal(pushed.at(-1)?.n, store.getState().n);
        for (const [index, push] of pushed.entries()) {
          assert.notEqual(push.n, pushed[index - 1]?.n);
          assert.ok(push.at - (pushed[index - 4]?.at ?? Number.NEGATIVE_INFINITY) >= 999);
        }
        stop();
      } finally {
        mock.timers.reset();
      }
    }),
  );
});
