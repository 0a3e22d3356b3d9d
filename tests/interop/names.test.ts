import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { temporaryFolder } from '../rigs/programs.ts';

assertNothingLeftOpen();

const alone = ['-mnr']; // mounts, network and rights of its own
const script = join(import.meta.dirname, '../rigs/names-of-its-own.ts');
const cannot =
  spawnSync('unshare', [...alone, 'ip', 'link', 'set', 'lo', 'up']).status !== 0 && 'unshare or ip is missing or not allowed here';

test('names without an answer do not hold up the others', { skip: cannot }, async () => {
  await using folder = await temporaryFolder();
  const run = promisify(execFile)('unshare', [...alone, process.execPath, script, join(folder.path, 'resolv.conf')]);
  const { found, over } = JSON.parse((await run).stdout);
  assert.ok(found >= 38, String(found));
  assert.ok(over < 80, 'those without an answer waited meanwhile');
});
