import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { temporaryDataFolder } from '../rigs/data-folder.ts';
import { startHome } from '../rigs/home.ts';
import { refusingPort } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

const start = join(import.meta.dirname, '../../main/start.ts');
const { DISPLAY, WAYLAND_DISPLAY, ...noDisplay } = process.env;
const skip = process.platform !== 'linux' && 'displays are a matter of Linux';

/** `npm start` with this environment, until the interface is there; then it is ended in order. */
async function startAndEnd(t: TestContext, env: NodeJS.ProcessEnv): Promise<{ data: string; stdout: string; stderr: string }> {
  const data = temporaryDataFolder(t);
  mkdirSync(data, { mode: 0o700 });
  const args = [start, '--data', data, '--listen', '127.0.0.1:0', '--json'];
  const program = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const stderr = text(program.stderr);
  let stdout = '';
  for await (const chunk of program.stdout.setEncoding('utf8')) {
    stdout += chunk;
    if (stdout.includes('"event":"ui"') && !program.killed) program.kill('SIGTERM'); // once: another one may find it without handlers
  }
  if (program.exitCode === null) await once(program, 'exit');
  assert.equal(program.exitCode, 0);
  return { data, stdout, stderr: await stderr };
}

test('without a display: one sentence why there is no window, then the same program with the same options', { skip }, async (t) => {
  const { data, stdout, stderr } = await startAndEnd(t, noDisplay);
  assert.match(stderr, /^No desktop window: there is no display\. .*\n$/);
  assert.match(stdout, /"event":"listening"/);
  assert.ok(existsSync(join(data, 'compiled'))); // see compile-cache.test.ts
});

for (const [how, mode, why] of [
  ['dies at birth', 0o700, 'the system does not let Electron run'],
  ['is no program', 0o600, 'Electron cannot be started here'],
] as const) {
  test(`where Electron ${how} the interface opens in the browser too`, { skip }, async (t) => {
    const folder = dirname(temporaryDataFolder(t));
    writeFileSync(join(folder, 'electron'), '#!/bin/sh\nkill -TRAP $$\n', { mode });
    const { stdout, stderr } = await startAndEnd(t, { ...noDisplay, DISPLAY: ':99', ELECTRON_OVERRIDE_DIST_PATH: folder });
    assert.match(stderr, new RegExp(`^No desktop window: ${why}\\. .*\\n$`));
    assert.match(stdout, /"event":"listening"/);
  });
}

test('help, a diagnosis and wrong options are answered in words, with or without a display', async () => {
  const env = { ...noDisplay, DISPLAY: ':99' };
  const run = promisify(execFile);
  const { stdout, stderr } = await run(process.execPath, [start, '--help'], { env });
  assert.match(stdout, /--import/);
  assert.equal(stderr, '');
  await using home = await startHome({ 'home/.npmrc': `proxy=http://127.0.0.1:${await refusingPort()}\n` });
  const inHome = { env: { ...env, HOME: home.folders.home } };
  await assert.rejects(run(process.execPath, [start, '--diagnose'], inHome), { code: 3, stdout: /npm is sent/, stderr: '' });
  await assert.rejects(run(process.execPath, [start, '--bogus'], { env }), { code: 2, stderr: /--bogus/ });
});
