import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

const run = promisify(execFile);
const start = join(import.meta.dirname, '../../main/start.ts');

test('without a display: one sentence why there is no window, then the same program with the same options', {
  skip: process.platform !== 'linux' && 'displays are a matter of Linux',
}, async () => {
  const { DISPLAY, WAYLAND_DISPLAY, ...env } = process.env;
  const { stdout, stderr } = await run(process.execPath, [start, '--help'], { env });
  assert.match(stderr, /^No desktop window: there is no display\. .*\n$/);
  assert.match(stdout, /--import/);
});
