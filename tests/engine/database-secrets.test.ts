import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { type Database, openDatabase } from '../../main/engine/database.ts';
import { EngineError } from '../../main/engine/errors.ts';
import type { Platform, Secrets } from '../../main/engine/platform.ts';
import { platformOn, readAllFiles, temporaryDataFolder } from '../rigs/data-folder.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

const old = ['socks5://user:secret@old.example.com:1080#Old', 'http://both.example.com:3128'];
const fresh = ['https://new.example.com:443', 'http://both.example.com:3128#Both'];

test('nothing of a link is in any byte of the data folder, neither while it is open nor after', (t) => {
  const folder = temporaryDataFolder(t);
  const marks = ['mArKuSeR', 'mArKpAsSwOrD', 'mark-host', 'mArKnAmE', 'mark-source'];
  const database = openDatabase(platformOn(folder));
  const check = (label: string) => {
    const files = [...readAllFiles(folder)];
    assert.ok(files.length > 2 && files.some(([name, bytes]) => name === 'paperplane.db' && bytes.length > 0));
    for (const [name, bytes] of files) {
      for (const mark of marks) {
        for (const form of [
          mark,
          encodeURIComponent(mark),
          Buffer.from(mark).toString('base64').replace(/=+$/, '').slice(0, -1),
          Buffer.from(mark).toString('hex'),
        ])
          assert.ok(!bytes.includes(form) && !bytes.includes(Buffer.from(form, 'utf16le')), `${mark} in ${name} ${label}`);
      }
    }
  };
  const links = Array.from({ length: 300 }, (_, n) => `socks5://mArKuSeR${n}:mArKpAsSwOrD@mark-host${n}.example.com:1080#mArKnAmE`);
  const added = database.addProxies(links);
  database.addProxies(links);
  const [fromFile] = database.addProxies(['http://other.example.com:8080'], 'mark-source.txt');
  database.writeSealedSetting('group', fromFile?.source ?? '');
  check('after adding');
  database.removeProxies(added.slice(0, 100).map((proxy) => proxy?.id ?? ''));
  check('after removing');
  database.close();
  check('after closing');
});

test('without the key file it starts, says how many links it cannot read, keeps them and takes new ones', (t) => {
  const folder = filledFolder(t);
  renameSync(key(folder), `${key(folder)}.elsewhere`);
  const without = openDatabase(platformOn(folder));
  assert.equal(without.unreadableLinks, 2);
  assert.deepEqual(without.loadProxies(), []);
  assert.equal(without.unreadableLinks, 2);
  assert.throws(() => statSync(key(folder)), 'no new key stands in the way of the old one');
  assert.equal(without.setAside, null);
  assert.deepEqual(addedLinks(without, fresh), fresh);
  without.close();

  const next = openDatabase(platformOn(folder));
  assert.deepEqual([links(next), next.unreadableLinks], [fresh, 2], 'the new links are there after the next start');
  next.close();

  rmSync(key(folder));
  renameSync(`${key(folder)}.elsewhere`, key(folder));
  const back = openDatabase(platformOn(folder));
  assert.deepEqual([links(back), back.unreadableLinks], [old, 2], 'the old links are back with the old key');
  back.close();
});

test('a key file that cannot be a key is kept aside when a new one is needed, and never overwritten', (t) => {
  const folder = filledFolder(t);
  const broken = readFileSync(key(folder)).subarray(0, 31);
  writeFileSync(key(folder), broken);
  const database = openDatabase(platformOn(folder));
  assert.equal(database.unreadableLinks, 2);
  assert.deepEqual(readFileSync(key(folder)), broken, 'opening alone leaves it');
  assert.deepEqual(addedLinks(database, fresh), fresh);
  database.close();
  const aside = [...readAllFiles(folder)].filter(([name]) => name.startsWith('paperplane.key.unreadable-'));
  assert.deepEqual(
    aside.map(([, bytes]) => bytes),
    [broken],
  );
  assert.equal(readFileSync(key(folder)).length, 32);
});

test('another key file of the right size is not used for new secrets over the old ones in silence', (t) => {
  const folder = filledFolder(t);
  const other = Buffer.alloc(32, 7);
  writeFileSync(key(folder), other);
  const database = openDatabase(platformOn(folder));
  assert.equal(database.unreadableLinks, 2);
  assert.deepEqual(addedLinks(database, fresh), fresh);
  database.close();
  assert.deepEqual(readFileSync(key(folder)), other);
});

test('when a key store that was locked is open again, all links are there, each once', (t) => {
  const folder = filledFolder(t);
  const store = lockableSecrets(platformOn(folder));
  store.locked = true;
  const while_ = openDatabase(store.platform);
  assert.equal(while_.unreadableLinks, 2);
  store.locked = false;
  assert.deepEqual(addedLinks(while_, fresh), fresh);
  while_.close();

  for (const _ of ['first', 'second']) {
    const database = openDatabase(store.platform);
    assert.equal(database.unreadableLinks, 0);
    assert.deepEqual(links(database).sort(), [old[0], ...fresh].sort());
    assert.deepEqual(addedLinks(database, [...old, ...fresh]), [], 'duplicates are found across the keys');
    database.close();
  }
});

test('a key store that cannot seal fails the import with a code and stores nothing', (t) => {
  const folder = temporaryDataFolder(t);
  const store = lockableSecrets(platformOn(folder));
  store.locked = true;
  const database = openDatabase(store.platform);
  assert.throws(
    () => database.addProxies(old),
    (error) => error instanceof EngineError && error.code === 'data-folder-unusable',
  );
  store.locked = false;
  assert.deepEqual(addedLinks(database, old), old);
  database.close();
});

test('a damaged or exchanged row is counted and kept, the others are there', (t) => {
  const folder = filledFolder(t);
  withSql(folder, (sql) => {
    sql.exec(`UPDATE proxies SET sealed_link = (SELECT sealed_link FROM proxies ORDER BY id DESC LIMIT 1) WHERE id = 1`);
  });
  const database = openDatabase(platformOn(folder));
  assert.deepEqual(links(database), [old[1]]);
  assert.equal(database.unreadableLinks, 1);
  database.close();
  withSql(folder, (sql) => assert.equal(sql.prepare('SELECT count(*) AS n FROM proxies').get()?.n, 2));
});

test('the key file works from a backup of the folder', (t) => {
  const folder = filledFolder(t);
  const copy = temporaryDataFolder(t);
  openDatabase(platformOn(copy)).close();
  for (const name of ['paperplane.db', 'paperplane.key']) copyFileSync(join(folder, name), join(copy, name));
  const database = openDatabase(platformOn(copy));
  assert.deepEqual(links(database), old);
  database.close();
});

const key = (folder: string) => join(folder, 'paperplane.key');
const links = (database: Database) => database.loadProxies().map(({ link }) => link);
const addedLinks = (database: Database, texts: string[]) => database.addProxies(texts).flatMap((proxy) => proxy?.link ?? []);

function filledFolder(t: TestContext): string {
  const folder = temporaryDataFolder(t);
  const database = openDatabase(platformOn(folder));
  assert.deepEqual(addedLinks(database, old), old);
  database.close();
  return folder;
}

/** Like a desktop's key ring, which may be locked when the program starts. */
function lockableSecrets(platform: Platform): { locked: boolean; platform: Platform } {
  const check = () => {
    if (store.locked) throw new Error('locked');
  };
  const secrets: Secrets = {
    seal(text) {
      check();
      return platform.secrets.seal(text);
    },
    open(sealed) {
      check();
      return platform.secrets.open(sealed);
    },
  };
  const store = { locked: false, platform: { ...platform, secrets } };
  return store;
}

function withSql(folder: string, work: (sql: DatabaseSync) => void): void {
  const sql = new DatabaseSync(join(folder, 'paperplane.db'));
  work(sql);
  sql.close();
}
