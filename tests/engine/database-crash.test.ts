import assert from 'node:assert/strict';
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openDatabase } from '../../main/engine/database.ts';
import { EngineError } from '../../main/engine/errors.ts';
import { batchOfLinks } from '../rigs/batch-of-links.ts';
import { platformOn, temporaryDataFolder } from '../rigs/data-folder.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

const rig = fileURLToPath(import.meta.resolve('../rigs/database-process.ts'));

interface DatabaseProcess {
  readonly child: ChildProcessWithoutNullStreams;
  readonly reader: Interface;
  readonly lines: string[]; // all that it printed so far
  readonly errors: string[];
  readonly ended: Promise<unknown[]>;
}

test('a second process is refused while the first lives, and not once it was killed', async (t) => {
  const folder = temporaryDataFolder(t);
  const first = startProcess(t, folder, 'held', 1);
  await untilLines(first, (lines) => lines.includes('0'));
  assert.throws(() => openDatabase(platformOn(folder)), isEngineError('data-folder-in-use'));
  first.child.kill('SIGKILL');
  await first.ended;

  const here = openDatabase(platformOn(folder));
  assert.equal(here.loadProxies().length, 25);
  assert.throws(() => openDatabase(platformOn(folder)), isEngineError('data-folder-in-use'), 'the same process is refused, too');
  const second = startProcess(t, folder, 'late', 1);
  const [code] = await second.ended;
  assert.equal(code, 1, 'and the refusal in this process did not drop its lock');
  here.close();
  openDatabase(platformOn(folder)).close();
});

test('killed 50 times while importing, it has every link that was reported, none half, and a sound file', async (t) => {
  const grown = temporaryDataFolder(t);
  const reported = new Map<string, number>();
  for (let round = 0; round < 50; round++) {
    // Every fifth kill hits a folder that is being made, where the file, its log, the schema and the key appear.
    const folder = round % 5 === 0 ? temporaryDataFolder(t) : grown;
    const prefix = `round${round}`;
    const batches = await importUntilKilled(t, folder, prefix, round);
    const expected = folder === grown ? reported.set(prefix, batches) : new Map([[prefix, batches]]);
    checkFolder(folder, expected);
  }
  t.diagnostic(`${[...reported.values()].reduce((sum, batches) => sum + batches, 0)} batches were reported in the folder that grew`);
});

test('on a full disk an import fails with a code, and what was reported before is there', {
  skip: process.platform === 'win32',
}, async (t) => {
  const folder = temporaryDataFolder(t);
  const script = `ulimit -f 200; exec '${process.execPath}' '${rig}' '${folder}' full 1000`;
  const importing = collect(t, spawn('sh', ['-c', script]));
  const [code] = await importing.ended;
  assert.equal(code, 1);
  assert.match(importing.errors.join(''), /EngineError: data-folder-unusable: /);
  const batches = importing.lines.length - 1;
  assert.ok(batches > 0);
  checkFolder(folder, new Map([['full', batches]]));
});

/** Kills at a random moment: during the start, or after some batches and a random rest. Returns how many batches were reported. */
async function importUntilKilled(t: TestContext, folder: string, prefix: string, round: number): Promise<number> {
  const importing = startProcess(t, folder, prefix, 1000);
  if (round % 10 === 0) await sleep(40 + Math.random() * 120);
  else {
    const enough = Math.floor(Math.random() * 12);
    await untilLines(importing, (lines) => lines.length > enough);
    await sleep(Math.random() * 4);
  }
  importing.child.kill('SIGKILL');
  await importing.ended;
  return importing.lines.filter((line) => line !== 'open').length;
}

function checkFolder(folder: string, reported: ReadonlyMap<string, number>): void {
  const database = openDatabase(platformOn(folder));
  assert.equal(database.setAside, null);
  const found = new Set(database.loadProxies().map(({ link }) => link));
  assert.equal(database.unreadableLinks, 0);
  for (const [prefix, batches] of reported) {
    for (let batch = 0; batch < batches; batch++)
      for (const link of batchOfLinks(prefix, batch)) assert.ok(found.delete(link), `lost: ${link}`);
    // What was stored but not yet reported is at most one batch, and a whole one.
    if (found.has(batchOfLinks(prefix, batches)[0] ?? ''))
      for (const link of batchOfLinks(prefix, batches)) assert.ok(found.delete(link), 'half a batch');
  }
  assert.deepEqual([...found], []);
  database.close();
  const sql = new DatabaseSync(join(folder, 'paperplane.db'));
  assert.deepEqual({ ...sql.prepare('PRAGMA integrity_check').get() }, { integrity_check: 'ok' });
  sql.close();
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.includes('unreadable') && !name.startsWith('paperplane.key')),
    [],
  );
}

function startProcess(t: TestContext, folder: string, prefix: string, batches: number): DatabaseProcess {
  return collect(t, spawn(process.execPath, [rig, folder, prefix, String(batches)]));
}

function collect(t: TestContext, child: ChildProcessWithoutNullStreams): DatabaseProcess {
  t.after(() => child.kill('SIGKILL'));
  const lines: string[] = [];
  const errors: string[] = [];
  const reader = createInterface(child.stdout).on('line', (line) => lines.push(line));
  child.stderr.on('data', (chunk) => errors.push(String(chunk)));
  return { child, reader, lines, errors, ended: once(child, 'close') };
}

async function untilLines({ reader, lines, ended }: DatabaseProcess, enough: (lines: string[]) => boolean): Promise<void> {
  const early = ended.then(() => assert.fail('the process ended early'));
  while (!enough(lines)) await Promise.race([once(reader, 'line'), early]);
}

function isEngineError(code: string) {
  return (error: unknown) => error instanceof EngineError && error.code === code;
}
