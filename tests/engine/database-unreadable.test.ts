import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openDatabase } from '../../main/engine/database.ts';
import { platformOn, readAllFiles, temporaryDataFolder } from '../rigs/data-folder.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

const links = Array.from({ length: 500 }, (_, n) => `socks5://user:secret@host${n}.example.com:1080`);

test('a file that is no database is set aside with its log, unchanged, and an empty database takes its place', (t) => {
  const folder = temporaryDataFolder(t);
  openDatabase(platformOn(folder)).close();
  const files = { '': 'not a database, perhaps a note', '-wal': 'nor a log', '-journal': 'nor a journal' };
  for (const [end, text] of Object.entries(files)) writeFileSync(join(folder, `paperplane.db${end}`), text);
  const aside = expectSetAside(folder);
  for (const [end, text] of Object.entries(files)) assert.equal(readFileSync(aside + end, 'utf8'), text);
  assert.equal(openAndClose(folder), null, 'once');
});

test('a second unreadable file does not overwrite the first one', (t) => {
  const folder = temporaryDataFolder(t);
  openDatabase(platformOn(folder)).close();
  const paths = ['one', 'two', 'three'].map((text) => {
    writeFileSync(join(folder, 'paperplane.db'), `garbage ${text}`.repeat(100));
    return expectSetAside(folder);
  });
  assert.equal(new Set(paths).size, 3);
  assert.deepEqual(
    paths.map((path) => readFileSync(path, 'utf8').slice(0, 11)),
    ['garbage one', 'garbage two', 'garbage thr'],
  );
});

test('a database that was cut short is set aside', (t) => {
  for (const keep of [5000, 100, 20]) {
    const folder = filledFolder(t);
    const path = join(folder, 'paperplane.db');
    truncateSync(path, keep);
    const rest = readFileSync(path);
    assert.deepEqual(readFileSync(expectSetAside(folder)), rest);
  }
});

test('a database with a damaged page in the middle is set aside at the start, not found out later', (t) => {
  const folder = filledFolder(t);
  const path = join(folder, 'paperplane.db');
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(4096, 0xa5), 0, 4096, 4096 * Math.floor(statSync(path).size / 4096 / 2));
  closeSync(file);
  const damaged = readFileSync(path);
  assert.deepEqual(readFileSync(expectSetAside(folder)), damaged);
});

test('a log whose database is gone or empty is set aside, because SQLite would delete it', (t) => {
  for (const lose of [(path: string) => rmSync(path), (path: string) => truncateSync(path, 0)]) {
    const source = temporaryDataFolder(t);
    const database = openDatabase(platformOn(source));
    database.addProxies(links);
    const files = readAllFiles(source); // as a crash at this moment would leave them
    database.close();

    const folder = temporaryDataFolder(t);
    openDatabase(platformOn(folder)).close();
    for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes);
    assert.ok((files.get('paperplane.db-wal')?.length ?? 0) > 0);
    lose(join(folder, 'paperplane.db'));
    const aside = expectSetAside(folder);
    assert.deepEqual(readFileSync(`${aside}-wal`), files.get('paperplane.db-wal'));
  }
});

test('an empty file and a missing file are a new database, not an unreadable one', (t) => {
  for (const text of ['', null]) {
    const folder = filledFolder(t);
    rmSync(join(folder, 'paperplane.db'));
    if (text !== null) writeFileSync(join(folder, 'paperplane.db'), text);
    assert.equal(openAndClose(folder), null);
  }
});

function filledFolder(t: TestContext): string {
  const folder = temporaryDataFolder(t);
  const database = openDatabase(platformOn(folder));
  database.addProxies(links);
  database.close();
  return folder;
}

/** Opens, expects the report and a database that works, and returns where the old file is. */
function expectSetAside(folder: string): string {
  const database = openDatabase(platformOn(folder));
  const aside = database.setAside ?? '';
  assert.ok(aside.startsWith(join(folder, 'paperplane.db.unreadable-')));
  assert.deepEqual(database.loadProxies(), []);
  assert.ok(database.addProxies(links.slice(0, 1))[0]);
  assert.equal(database.loadProxies().length, 1);
  database.close();
  return aside;
}

function openAndClose(folder: string): string | null {
  const database = openDatabase(platformOn(folder));
  database.close();
  return database.setAside;
}
