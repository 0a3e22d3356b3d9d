/** How changes by other programs are noticed where the system itself says nothing: on Windows and macOS. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { followChanges } from '../../main/system-proxy/follow-changes.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

test('each look that shows something else than the one before calls back; one that fails does not, and after the end nothing does', async () => {
  const shown = ['a', 'a', 'b', new Error('no answer'), 'b', 'c', 'c'];
  const calledAt: number[] = [];
  let looks = 0;
  const seen = Promise.withResolvers<void>();
  const look = async () => {
    const next = shown[looks++] ?? 'c';
    if (looks > shown.length + 1) seen.resolve();
    if (next instanceof Error) throw next;
    return next;
  };
  const alive = setInterval(() => {}, 1000); // its own pauses let a program end
  const stop = followChanges(look, () => calledAt.push(looks), 1);
  await seen.promise;
  stop();
  const atTheEnd = looks;
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
  clearInterval(alive);
  assert.deepEqual(calledAt, [3, 6]);
  assert.ok(looks <= atTheEnd + 1, 'one may have been under way');
});
