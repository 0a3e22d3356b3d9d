import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import manifest from '../../package.json' with { type: 'json' };
import { temporaryDataFolder } from '../rigs/data-folder.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

const root = join(import.meta.dirname, '../..');

function dataFolder(t: TestContext): string {
  const folder = temporaryDataFolder(t);
  mkdirSync(folder, { mode: 0o700 });
  return folder;
}

const [node, ...command] = manifest.scripts.headless.replace('exec ', '').split(' ');

/** Starts the program as npm does, for its help, which loads all of it. Gives Node's own words about its cache. */
function start(data: string): string {
  assert.equal(node, 'node');
  const { NODE_COMPILE_CACHE: _ours, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [...command, '--data', data, '--help'], {
    cwd: root,
    encoding: 'utf8',
    env: { ...env, NODE_DEBUG_NATIVE: 'COMPILE_CACHE' },
    maxBuffer: 64 * 1024 * 1024,
  });
  assert.equal(status, 0, stderr);
  assert.match(stdout, /^Usage:/);
  return stderr;
}

/** How many modules were taken from the cache, of ours and of libraries. */
const taken = (words: string) => [...words.matchAll(/V8 code cache for ESM file:\S+\/main\/\S+\.ts was accepted/g)].length;
const filesOf = (data: string) =>
  readdirSync(join(data, 'compiled'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));

test('the second start takes our modules compiled and without their types from the data folder, unless they are damaged', (t) => {
  const data = dataFolder(t);
  assert.equal(taken(start(data)), 0);
  if (process.platform !== 'win32') assert.equal(statSync(join(data, 'compiled')).mode & 0o777, 0o700);
  const words = start(data);
  assert.ok(taken(words) > 100, `${taken(words)} modules`);
  assert.match(words, /retrieving transpile cache for StrippedTypeScript file:\S+\/main\/headless\.ts\.\.\.success/);

  // Damaged, it does no harm, and is written anew.
  const files = filesOf(data);
  for (const [index, file] of files.entries()) writeFileSync(file, index % 2 ? '' : 'damaged '.repeat(100));
  assert.equal(taken(start(data)), 0);
  assert.ok(taken(start(data)) > 100);
});

test('a cache that cannot be written is done without', (t) => {
  const data = dataFolder(t);
  writeFileSync(join(data, 'compiled'), '');
  assert.equal(taken(start(data)), 0);
});

test('nothing is kept where others can write or read, nor a data folder made for it', {
  skip: process.platform === 'win32' && 'Windows has no such modes',
}, (t) => {
  const data = temporaryDataFolder(t);
  start(data);
  assert.equal(existsSync(data), false);
  mkdirSync(data);
  for (const mode of [0o1777, 0o750]) {
    chmodSync(data, mode);
    start(data);
    assert.deepEqual(readdirSync(data), []);
  }
  chmodSync(data, 0o700);
  mkdirSync(join(data, 'compiled'));
  chmodSync(join(data, 'compiled'), 0o777);
  start(data);
  assert.deepEqual(filesOf(data), []);
});
