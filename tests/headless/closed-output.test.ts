/** Whoever reads what the program says may go away: it goes on, and ends in order. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryDataFolder } from '../rigs/data-folder.ts';
import { noDesktop, spawnDesktop } from '../rigs/desktop.ts';
import { refusingPort } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { noSession, openSession } from '../rigs/private-session.ts';
import { accepts } from '../rigs/programs.ts';
import { until } from '../rigs/until.ts';

assertNothingLeftOpen();

const noSignals = process.platform === 'win32' && 'Windows has no signals';
const entry = join(import.meta.dirname, '../../main/headless.ts');

const startHeadless = (args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess =>
  spawn(process.execPath, [entry, '--ui', 'off', ...args], { env });
const startDesktop = (args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess => spawnDesktop(args, { env });

/** The program with pipes for its output that nobody reads, already closed when it says its first word. */
function startUnheard(start: typeof startHeadless, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = start(args, { ...process.env, XDG_CURRENT_DESKTOP: '', ...env });
  for (const stream of [child.stdout, child.stderr]) stream?.destroy();
  const ended = once(child, 'exit');
  return {
    child,
    async end() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

for (const [what, start, args, skip] of [
  ['--verbose', startHeadless, ['--verbose'], false],
  ['--json', startHeadless, ['--json'], false],
  ['the desktop program', startDesktop, ['--verbose', '--json'], noDesktop],
] as const) {
  test(`${what}: whose reader has gone away, goes on and ends with 0`, { skip: skip || noSignals }, async (t) => {
    const port = await refusingPort();
    const { child, end } = startUnheard(start, [...args, '--data', temporaryDataFolder(t), '--listen', `127.0.0.1:${port}`]);
    await until(async () => child.exitCode !== null || (await accepts(port)));
    assert.deepEqual(await end(), [0, null]);
  });
}

test('and what leads the system to it is restored', { skip: noSession() }, async (t) => {
  await using session = await openSession();
  const args = ['--verbose', '--json', '--system-proxy', '--data', temporaryDataFolder(t), '--listen', '127.0.0.1:0'];
  const { child, end } = startUnheard(startHeadless, args, session.env);
  await until(async () => child.exitCode !== null || (await session.dump()) !== '');
  assert.deepEqual(await end(), [0, null]);
  assert.equal(await session.dump(), '');
});
