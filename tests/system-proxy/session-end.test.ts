/** The end of the session, when nothing can be waited for. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { noSession, openSession } from '../rigs/private-session.ts';
import { startSwitch } from '../rigs/system-switch.ts';

assertNothingLeftOpen();

const skip = noSession();

test('when the session may end, everything is restored before the answer is given, and can be turned on again', { skip }, async () => {
  await using session = await openSession();
  await session.set({ mode: "'auto'", 'autoconfig-url': "'http://wpad.example/'" });
  const before = await session.dump();
  await using proxy = await startSwitch(session);
  for (let round = 0; round < 2; round++) {
    await proxy.turn(true);
    assert.notEqual(await session.dump(), before);
    const journal = join(session.folder, 'system-proxy.json');
    assert.ok(existsSync(journal));
    proxy.restoreNow();
    assert.ok(!existsSync(journal)); // now, not in a moment
    assert.equal(await session.dump(), before);
    await proxy.until(({ status }) => status === 'off');
  }
  proxy.restoreNow(); // there is nothing to do
  assert.deepEqual(proxy.failures, []);
});

test('when the session may end in the middle of a change, nothing is written after what was restored', { skip }, async () => {
  await using session = await openSession();
  const before = await session.dump();
  await session.replace('dconf', '[ "$1" = load ] && sleep 0.4; exec /usr/bin/dconf "$@"');
  await using proxy = await startSwitch(session);
  const turning = assert.rejects(proxy.turn(true));
  while (!existsSync(join(session.folder, 'system-proxy.json'))) await sleep(5);
  await sleep(100); // into the change
  proxy.restoreNow();
  await turning;
  assert.equal(await session.dump(), before);
  assert.equal(proxy.state().status, 'off');
});

const minuteMs = 60_000;

test('when the session goes on after all, it is on again a minute later', { skip }, async (t: TestContext) => {
  await using session = await openSession();
  const before = await session.dump();
  await using proxy = await startSwitch(session);
  await proxy.turn(true);
  t.mock.timers.enable({ apis: ['setTimeout'] });
  proxy.restoreNow();
  t.mock.timers.tick(minuteMs - 1);
  await proxy.until(({ status }) => status === 'off');
  assert.equal(await session.dump(), before);
  t.mock.timers.tick(1);
  t.mock.timers.reset();
  await proxy.until(({ status }) => status === 'on');
  await proxy.turn(false);
  assert.equal(await session.dump(), before);
});

test('what the person decides within that minute stays', { skip }, async (t: TestContext) => {
  await using session = await openSession();
  const before = await session.dump();
  await using proxy = await startSwitch(session);
  await proxy.turn(true);
  t.mock.timers.enable({ apis: ['setTimeout'] });
  proxy.restoreNow();
  t.mock.timers.tick(minuteMs / 2);
  await proxy.turn(false);
  t.mock.timers.tick(minuteMs);
  t.mock.timers.reset();
  await proxy.commands.changeSystemProxy({}); // after whatever is under way
  assert.deepEqual([proxy.state().status, await session.dump()], ['off', before]);
});
