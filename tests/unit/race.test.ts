import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { EngineError } from '../../main/engine/errors.ts';
import { type Attempt, type Patience, race } from '../../main/engine/selection/race.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

/** An attempt that a test ends by hand. */
function held<T>() {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const seen: { signal?: AbortSignal } = {};
  const attempt: Attempt<T> = (signal) => {
    seen.signal = signal;
    signal.addEventListener('abort', () => reject(new EngineError('aborted')));
    return promise;
  };
  return { attempt, resolve, reject, seen };
}
const never = new AbortController().signal;
const options = {
  patience: (): Patience | null => ({ slowMs: 0, stalledMs: 60_000 }),
  mayHedge: () => true,
  atOnce: 3,
  attemptMs: 60_000,
  deadlineMs: 60_000,
  discard: () => {},
};
const slow = { ...options, patience: () => null };

test('the first to succeed wins and the others are aborted', async () => {
  const [a, b] = [held<string>(), held<string>()];
  const result = race([a.attempt, b.attempt], options, never);
  while (b.seen.signal === undefined) await turn();
  b.resolve('b');
  assert.equal(await result, 'b');
  assert.equal(a.seen.signal?.aborted, true);
});

test('a failure starts the next attempt at once, without waiting for the stagger', async () => {
  const failing: Attempt<string> = () => Promise.reject(new EngineError('proxy-refused'));
  assert.equal(await race([failing, failing, async () => 'third'], slow, never), 'third');
});

test('without leave to hedge, the next attempt waits until the newest one stalls, which may still win', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const [a, b] = [held<string>(), held<string>()];
  const patience = () => ({ slowMs: 100, stalledMs: 1500 });
  const result = race([a.attempt, b.attempt], { ...options, patience, mayHedge: () => false }, never);
  t.mock.timers.tick(100);
  t.mock.timers.tick(1399);
  assert.ok(!('signal' in b.seen));
  t.mock.timers.tick(1);
  assert.ok(b.seen.signal);
  a.resolve('a');
  assert.equal(await result, 'a');
});

test('or fails', async () => {
  const [a, b] = [held<string>(), held<string>()];
  const result = race([a.attempt, b.attempt], { ...options, mayHedge: () => false }, never);
  await new Promise((resolve) => setTimeout(resolve, 5)); // the stagger of 0 ms has long passed
  assert.equal(b.seen.signal, undefined);
  a.reject(new EngineError('proxy-refused'));
  while (b.seen.signal === undefined) await turn();
  b.resolve('b');
  assert.equal(await result, 'b');
});

test('never more at once than allowed', async () => {
  const attempts = [held<string>(), held<string>(), held<string>()];
  const result = race(
    attempts.map(({ attempt }) => attempt),
    { ...options, atOnce: 2 },
    never,
  );
  while (attempts[1]?.seen.signal === undefined) await turn();
  for (let i = 0; i < 20; i++) await turn();
  assert.equal(attempts[2]?.seen.signal, undefined);
  attempts[0]?.reject(new EngineError('proxy-refused'));
  while (attempts[2]?.seen.signal === undefined) await turn();
  attempts[2].resolve('third');
  assert.equal(await result, 'third');
});

test('when all fail, every failure is told, oldest first', async () => {
  const failures = [new EngineError('proxy-refused'), new EngineError('proxy-timeout')];
  const result = race(
    failures.map((failure) => () => Promise.reject(failure)),
    slow,
    never,
  );
  await assert.rejects(result, (error: AggregateError) => assert.deepEqual(error.errors, failures) === undefined);
});

test('the deadline ends the race and aborts what runs', async () => {
  const a = held<string>();
  await assert.rejects(race([a.attempt], { ...options, deadlineMs: 1 }, never), AggregateError);
  assert.equal(a.seen.signal?.aborted, true);
});

test('an attempt that takes too long is aborted with that reason, and the next one starts', async () => {
  const a = held<string>();
  assert.equal(await race([a.attempt, async () => 'next'], { ...slow, attemptMs: 1 }, never), 'next');
  assert.deepEqual(a.seen.signal?.reason, new EngineError('proxy-timeout'));
});

test('aborting ends the race; aborted before the start, nothing is tried', async () => {
  const a = held<string>();
  const controller = new AbortController();
  const result = race([a.attempt], options, controller.signal);
  controller.abort();
  await assert.rejects(result, { code: 'aborted' });
  assert.equal(a.seen.signal?.aborted, true);
});

test('what a loser brings too late is discarded', async () => {
  const discarded: string[] = [];
  const late = Promise.withResolvers<string>();
  const stubborn: Attempt<string> = () => late.promise; // does not look at its signal
  const result = race([stubborn, async () => 'winner'], { ...options, discard: (loser) => discarded.push(loser) }, never);
  assert.equal(await result, 'winner');
  late.resolve('loser');
  await turn();
  assert.deepEqual(discarded, ['loser']);
});

test('so is what comes in the very moment of the abort', async () => {
  const discarded: string[] = [];
  const controller = new AbortController();
  const sudden = Promise.withResolvers<string>();
  const result = race([() => sudden.promise], { ...options, discard: (loser) => discarded.push(loser) }, controller.signal);
  sudden.resolve('too late');
  controller.abort();
  await assert.rejects(result, { code: 'aborted' });
  await turn();
  assert.deepEqual(discarded, ['too late']);
});
