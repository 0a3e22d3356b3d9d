import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Desktop, noDesktop, startDesktop } from '../rigs/desktop.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { noSession, openSession } from '../rigs/private-session.ts';

assertNothingLeftOpen();

const skip = noDesktop || noSession();
const turnOn = ({ page }: Desktop) => page.evaluate(() => window.paperplane.call('setSystemProxy', { on: true }));

test('Windows asks whether the session may end: the system proxy is restored before it gets an answer', { skip }, async () => {
  await using session = await openSession();
  const before = await session.dump();
  await using desktop = await startDesktop({ env: session.env });
  assert.deepEqual(await turnOn(desktop), { ok: true, value: null });
  assert.notEqual(await session.dump(), before);
  await desktop.electron.evaluate(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()[0]?.emit('query-session-end', { preventDefault() {}, reasons: ['shutdown'] });
  });
  assert.equal(await session.dump(), before);
  await desktop.quit();
});

test('the computer shuts down: the system proxy is restored before the program lets it', { skip }, async () => {
  await using session = await openSession();
  const before = await session.dump();
  await using desktop = await startDesktop({ env: session.env });
  await turnOn(desktop);
  await desktop.electron.evaluate(({ powerMonitor }) => void powerMonitor.emit('shutdown', { preventDefault() {} }));
  assert.equal(await session.dump(), before);
  await desktop.quit();
});
