/** The npm scripts themselves, as a person starts and ends them. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryDataFolder } from '../rigs/data-folder.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

const root = join(import.meta.dirname, '../..');
const skip = process.platform === 'win32' && 'Windows has no signals';

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`a ${signal} to npm ends the program in order, and npm with 0`, { skip }, async (t) => {
    const args = ['run', '-s', 'headless', '--', '--data', temporaryDataFolder(t), '--listen', '127.0.0.1:0', '--ui', 'off', '--json'];
    const npm = spawn('npm', args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(npm, 'close');
    await once(npm.stdout, 'data');
    npm.kill(signal);
    npm.stdout.resume();
    assert.deepEqual(await ended, [0, null]);
  });
}

test('the exec that stands in for the one of a shell runs the command with its arguments, and ends as it does', () => {
  const exec = join(root, 'main/cli/exec/exec.js');
  const { status, stdout } = spawnSync(process.execPath, [exec, 'node', '-p', '"a b".length; process.exitCode = 5', 'c d'], {
    encoding: 'utf8',
  });
  assert.deepEqual([status, stdout], [5, '5\n']);
  assert.equal(spawnSync(process.execPath, [exec, 'no-such-program']).status, 127);
});
