import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ElectronApplication } from 'playwright';
import { type Desktop, noDesktop, startDesktop } from '../rigs/desktop.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { noSession, openSession } from '../rigs/private-session.ts';

assertNothingLeftOpen();

const skip = noDesktop || noSession();
const turnOn = ({ page }: Desktop) => page.evaluate(() => window.paperplane.call('setSystemProxy', { on: true }));

/** Each tells the program of the end, and gives what the system says the moment that the program has been told. */
const ends: Readonly<Record<string, (electron: ElectronApplication) => Promise<string>>> = {
  'Windows asks whether the session may end': (electron) =>
    electron.evaluate(({ BrowserWindow }) => {
      BrowserWindow.getAllWindows()[0]?.emit('query-session-end', { preventDefault() {}, reasons: ['shutdown'] });
      return String(process.getBuiltinModule('node:child_process').execFileSync('dconf', ['dump', '/']));
    }),
  'Windows ends the session': (electron) =>
    electron.evaluate(({ BrowserWindow }) => {
      BrowserWindow.getAllWindows()[0]?.emit('session-end', { reasons: ['logoff'] });
      return String(process.getBuiltinModule('node:child_process').execFileSync('dconf', ['dump', '/']));
    }),
  'the computer shuts down': (electron) =>
    electron.evaluate(({ powerMonitor }) => {
      powerMonitor.emit('shutdown', { preventDefault() {} });
      return String(process.getBuiltinModule('node:child_process').execFileSync('dconf', ['dump', '/']));
    }),
};

for (const [what, tell] of Object.entries(ends)) {
  test(`${what}: the system proxy is restored before the program answers, and it may be killed at once`, { skip }, async () => {
    await using session = await openSession();
    await session.set({ mode: "'manual'", 'http/host': "'proxy.example'", 'http/port': '3128' });
    const before = await session.dump();
    await using desktop = await startDesktop({ env: session.env });
    assert.deepEqual(await turnOn(desktop), { ok: true, value: null });
    assert.notEqual(await session.dump(), before);
    assert.equal(await tell(desktop.electron), before);
    desktop.electron.process().kill('SIGKILL');
    await desktop.exited;
    assert.equal(await session.dump(), before);
  });
}

test('a closed terminal ends the program in order: the system proxy is restored when it is gone', {
  skip: skip || (process.platform === 'win32' && 'Windows has no such signals'),
}, async () => {
  await using session = await openSession();
  const before = await session.dump();
  await using desktop = await startDesktop({ env: session.env });
  await turnOn(desktop);
  desktop.electron.process().kill('SIGHUP');
  assert.equal(await desktop.exited, 0);
  assert.equal(await session.dump(), before);
});
