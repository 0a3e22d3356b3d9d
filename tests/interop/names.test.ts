import assert from 'node:assert/strict';
import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { patienceMs } from '../rigs/patience.ts';
import { temporaryFolder } from '../rigs/programs.ts';

assertNothingLeftOpen();

const alone = ['-mnr']; // mounts, network and rights of its own
const script = join(import.meta.dirname, '../rigs/names-of-its-own.ts');
const headless = join(import.meta.dirname, '../../main/headless.ts');
const cannot =
  spawnSync('unshare', [...alone, 'ip', 'link', 'set', 'lo', 'up']).status !== 0 && 'unshare or ip is missing or not allowed here';

test('names without an answer do not hold up the others, and what is known is looked up again', { skip: cannot }, async () => {
  await using folder = await temporaryFolder();
  const run = promisify(execFile)('unshare', [...alone, process.execPath, script, join(folder.path, 'resolv.conf')]);
  const { found, over, first, second } = JSON.parse((await run).stdout);
  assert.ok(found >= 38, String(found));
  assert.ok(over < 80, 'those without an answer waited meanwhile');
  assert.deepEqual([first, second], ['127.0.0.1', '127.0.0.1']); // and 127.0.0.2 in the end, or it would have failed
});

test('the program ends when it is told to, whatever name it waits for', { skip: cannot }, async () => {
  await using folder = await temporaryFolder();
  const resolver = join(folder.path, 'resolv.conf');
  await writeFile(resolver, 'nameserver 127.0.0.53\noptions timeout:30 attempts:5\n'); // longer than the test's patience
  const silent = 'import { createSocket } from "node:dgram"; createSocket("udp4").bind(53, "127.0.0.53").unref()';
  const program = [
    '--import',
    `data:text/javascript,${silent}`,
    headless,
    '--data',
    join(folder.path, 'data'),
    '--listen',
    '127.0.0.1:0',
    '--ui',
    'off',
    '--json',
  ];
  const links = Array.from({ length: 5 }, (_, index) => `socks5://name-${index}.test:1080`).join(' ');
  const inside = `ip link set lo up && mount --bind ${resolver} /etc/resolv.conf && exec "$@"`;
  const child = spawn('unshare', [...alone, 'sh', '-c', inside, 'sh', process.execPath, ...program, '--import', links], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit', { signal: AbortSignal.timeout(patienceMs) });
  for await (const line of createInterface({ input: child.stdout })) if (JSON.parse(line).testing?.total === 5) child.kill();
  try {
    assert.deepEqual(await exited, [0, null]);
  } finally {
    child.kill('SIGKILL');
  }
});
