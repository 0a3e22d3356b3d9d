import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import fc from 'fast-check';
import { defaultDataFolder } from '../../main/engine/data-folder.ts';
import { type Measurement, openDatabase } from '../../main/engine/database.ts';
import { EngineError } from '../../main/engine/errors.ts';
import { platformOn, temporaryDataFolder } from '../rigs/data-folder.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

const a = 'socks5://user:secret@a.example.com:1080#Home';
const b = 'http://b.example.com:3128';
const c = 'socks4a://bob@xn--e1afmkfd.example:1080#%D0%B4%D0%BE%D0%BC%20%F0%9F%8F%A0 дом 🏠';
const good: Measurement = { testedAt: 1_767_225_600_000, latencyMs: 81.5, reason: null, successes: 3, failures: 1 };
const bad: Measurement = { testedAt: 1_767_225_600_001, latencyMs: null, reason: 'proxy-refused', successes: 0, failures: 2 };

test('links come back after reopening, as they were and in the order in which they were added', (t) => {
  const platform = platformOn(temporaryDataFolder(t));
  const first = openDatabase(platform);
  const added = [...first.addProxies([c, a]), ...first.addProxies([b])];
  assert.deepEqual(first.loadProxies(), added);
  first.close();

  const second = openDatabase(platform);
  assert.deepEqual(second.loadProxies(), added);
  assert.deepEqual(
    second.loadProxies().map(({ link }) => link),
    [c, a, b],
  );
  assert.equal(second.setAside, null);
  assert.equal(second.unreadableLinks, 0);
  second.close();
});

test('a link is there once, whatever its name', (t) => {
  const database = openDatabase(platformOn(temporaryDataFolder(t)));
  const [first, twin, other] = database.addProxies([
    a,
    'socks5://user:secret@a.example.com:1080#Work',
    'socks5://user:Secret@a.example.com:1080#Home',
  ]);
  assert.ok(first && other);
  assert.equal(twin, null);
  assert.deepEqual(database.addProxies([a, 'socks5://user:secret@a.example.com:1080', b]).map(Boolean), [false, false, true]);
  const known = () => database.loadProxies()[0]?.link;
  assert.equal(known(), a, 'the name that came first stays');
  const work = 'socks5://user:secret@a.example.com:1080#Work';
  assert.deepEqual(database.renameProxies([work], false), new Map(), 'it was added by hand');
  assert.deepEqual(database.renameProxies(['socks5://user:secret@a.example.com:1080', 'socks5://not.there:1#x', a], true), new Map());
  assert.equal(known(), a);
  assert.deepEqual(database.renameProxies([work, b], true), new Map([[work, first.id]]));
  assert.equal(known(), work);
  database.close();
});

test('any text survives as a link, and equality is that of the text before the name', (t) => {
  const platform = platformOn(temporaryDataFolder(t));
  const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }).filter((link) => link.isWellFormed());
  const run = (links: string[]) => {
    const database = openDatabase(platform);
    try {
      database.removeProxies(database.loadProxies().map(({ id }) => id));
      const seen = new Set<string>();
      const unseen = (link: string) => {
        const key = link.split('#', 1)[0] ?? '';
        return !seen.has(key) && seen.add(key);
      };
      const expected = links.filter(unseen);
      assert.deepEqual(
        database.addProxies(links).flatMap((proxy) => proxy?.link ?? []),
        expected,
      );
      assert.deepEqual(
        database.loadProxies().map(({ link }) => link),
        expected,
      );
    } finally {
      database.close();
    }
  };
  fc.assert(fc.property(fc.array(fc.oneof(text, fc.constantFrom('x', 'x#1', 'x#2', 'é', 'e\u0301')), { maxLength: 8 }), run), {
    numRuns: 40,
  });
});

test('removing takes the measurement along, counts what was there, and never gives an id twice', (t) => {
  const database = openDatabase(platformOn(temporaryDataFolder(t)));
  const ids = database.addProxies([a, b, c]).map((proxy) => proxy?.id ?? '');
  const [, , last = ''] = ids;
  database.saveMeasurements(new Map(ids.map((id) => [id, good])));
  assert.equal(database.removeProxies([last, last, 'nonsense', '', '-1', '1e0', '99999999999999999999']), 1);
  assert.deepEqual(
    database.loadProxies().map(({ link }) => link),
    [a, b],
  );
  const [again] = database.addProxies([c]);
  assert.ok(again && !ids.includes(again.id));
  assert.equal(database.loadProxies().at(-1)?.measurement, null);
  database.close();
});

test('measurements and settings are replaced, removed and kept over a restart', (t) => {
  const platform = platformOn(temporaryDataFolder(t));
  const first = openDatabase(platform);
  const [x, y] = first.addProxies([a, b, c]);
  assert.ok(x && y);
  first.saveMeasurements(
    new Map([
      [x.id, bad],
      [y.id, bad],
      ['4711', good],
    ]),
  );
  first.saveMeasurements(new Map([[x.id, good]]));
  first.writeSetting('pinned', x.id);
  first.writeSetting('pinned', 'ünï"\'; DROP TABLE proxies;\0');
  first.writeSetting('gone', 'soon');
  first.writeSetting('gone', null);
  first.close();

  const second = openDatabase(platform);
  assert.deepEqual(
    second.loadProxies().map(({ measurement }) => measurement),
    [good, bad, null],
  );
  assert.equal(second.readSetting('pinned'), 'ünï"\'; DROP TABLE proxies;\0');
  assert.equal(second.readSetting('gone'), null);
  assert.equal(second.readSetting('never'), null);
  second.close();
});

test('a reason that another version wrote is still a reason', (t) => {
  const folder = temporaryDataFolder(t);
  const first = openDatabase(platformOn(folder));
  const [proxy] = first.addProxies([a]);
  first.saveMeasurements(new Map([[proxy?.id ?? '', bad]]));
  first.close();
  withSql(folder, (sql) => sql.exec(`UPDATE measurements SET reason = 'toString'`));
  const second = openDatabase(platformOn(folder));
  assert.equal(second.loadProxies()[0]?.measurement?.reason, 'internal');
  second.close();
});

test('the folder and every file in it are for this user alone, also when they were laxer', { skip: process.platform === 'win32' }, (t) => {
  const folder = temporaryDataFolder(t);
  const modes = () => Object.fromEntries(['.', ...readdirSync(folder)].map((name) => [name, statSync(join(folder, name)).mode & 0o777]));
  const expected = { '.': 0o700, ...Object.fromEntries(['', '-shm', '-wal'].map((end) => [`paperplane.db${end}`, 0o600])) };
  const first = openDatabase(platformOn(folder));
  first.addProxies([a]);
  assert.deepEqual(modes(), { ...expected, 'paperplane.key': 0o600, 'paperplane.lock': 0o600 });
  first.close();

  for (const name of ['.', ...readdirSync(folder)]) chmodSync(join(folder, name), name === '.' ? 0o755 : 0o644);
  chmodSync(join(folder, 'paperplane.key'), 0o600);
  const second = openDatabase(platformOn(folder));
  second.addProxies([b]);
  assert.deepEqual(modes(), { ...expected, 'paperplane.key': 0o600, 'paperplane.lock': 0o600 });
  second.close();
});

test('a folder shared with other users, and a file in its place are refused with a code', (t) => {
  const folder = temporaryDataFolder(t);
  mkdirSync(folder);
  if (process.platform !== 'win32') {
    chmodSync(folder, 0o1777);
    assert.throws(() => openDatabase(platformOn(folder)), isEngineError('data-folder-unusable'));
    assert.deepEqual(readdirSync(folder), [], 'nothing is written there');
  }
  writeFileSync(join(folder, 'file'), 'x');
  assert.throws(() => openDatabase(platformOn(join(folder, 'file'))), isEngineError('data-folder-unusable'));
  assert.throws(() => openDatabase(platformOn(join(folder, 'file', 'below'))), isEngineError('data-folder-unusable'));
});

test('a database of a later version is refused and left as it is', (t) => {
  const folder = temporaryDataFolder(t);
  const first = openDatabase(platformOn(folder));
  const added = first.addProxies([a]);
  first.close();
  withSql(folder, (sql) => sql.exec('PRAGMA user_version = 99'));
  assert.throws(() => openDatabase(platformOn(folder)), isEngineError('database-too-new'));
  assert.throws(() => openDatabase(platformOn(folder)), isEngineError('database-too-new'), 'and the lock was let go');
  withSql(folder, (sql) => sql.exec('PRAGMA user_version = 3'));
  const again = openDatabase(platformOn(folder));
  assert.deepEqual(again.loadProxies(), added);
  again.close();
});

test('a file of the first version keeps its links, measurements, ids and settings; nothing is excluded and no source is known', (t) => {
  const folder = temporaryDataFolder(t);
  const before = openDatabase(platformOn(folder));
  const [x, y] = before.addProxies([a, b]);
  assert.ok(x && y);
  before.saveMeasurements(new Map([[y.id, good]]));
  before.writeSetting('pinnedId', y.id);
  before.close();
  withSql(folder, (sql) => {
    sql.exec('DROP TABLE listed; DROP TABLE subscriptions; ALTER TABLE proxies DROP COLUMN by_hand');
    sql.exec('ALTER TABLE proxies DROP COLUMN sealed_source; ALTER TABLE proxies DROP COLUMN excluded; PRAGMA user_version = 1');
  });

  const after = openDatabase(platformOn(folder));
  assert.equal(after.setAside, null);
  const expected = { source: '', excluded: false };
  assert.deepEqual(after.loadProxies(), [
    { ...x, ...expected, measurement: null },
    { ...y, ...expected, measurement: good },
  ]);
  assert.equal(after.readSetting('pinnedId'), y.id);
  assert.deepEqual(
    after.addProxies([a, c], 'list.txt').map((proxy) => proxy?.source),
    [undefined, 'list.txt'],
  );
  after.close();
});

test('sources and exclusions survive a restart; the source that came first stays', (t) => {
  const platform = platformOn(temporaryDataFolder(t));
  const first = openDatabase(platform);
  const [x, y] = [...first.addProxies([a], 'friends.txt'), ...first.addProxies([a, b])].flatMap((proxy) => proxy ?? []);
  assert.ok(x && y);
  first.setExcluded([x.id, y.id, '4711', 'nonsense'], true);
  first.setExcluded([y.id], false);
  first.writeSealedSetting('group', 'friends.txt');
  first.close();

  const second = openDatabase(platform);
  assert.deepEqual(
    second.loadProxies().map(({ link, source, excluded }) => ({ link, source, excluded })),
    [
      { link: a, source: 'friends.txt', excluded: true },
      { link: b, source: '', excluded: false },
    ],
  );
  assert.equal(second.readSealedSetting('group'), 'friends.txt');
  second.writeSealedSetting('group', null);
  assert.equal(second.readSealedSetting('group'), null);
  second.close();
});

test('the usual folder is where each system keeps the data of programs', () => {
  assert.equal(defaultDataFolder('linux', { XDG_DATA_HOME: '/xdg' }), join('/xdg', 'paperplane'));
  for (const XDG_DATA_HOME of ['', 'relative', undefined])
    assert.equal(defaultDataFolder('linux', { XDG_DATA_HOME }), join(homedir(), '.local', 'share', 'paperplane'));
  assert.equal(defaultDataFolder('darwin', {}), join(homedir(), 'Library', 'Application Support', 'Paperplane'));
  assert.equal(defaultDataFolder('win32', { APPDATA: '/roaming' }), join('/roaming', 'Paperplane'));
});

test('closing twice is once', (t) => {
  const platform = platformOn(temporaryDataFolder(t));
  const first = openDatabase(platform);
  first.close();
  first.close();
  openDatabase(platform).close();
});

function isEngineError(code: string) {
  return (error: unknown) => error instanceof EngineError && error.code === code;
}

function withSql(folder: string, work: (sql: DatabaseSync) => void): void {
  const sql = new DatabaseSync(join(folder, 'paperplane.db'));
  work(sql);
  sql.close();
}
