import assert from 'node:assert/strict';
import { lstat, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { createBackend } from '../../main/system-proxy/backends.ts';
import { isJournalLeft, readJournal, removeJournal, writeJournal } from '../../main/system-proxy/journal.ts';
import { takeOwnership } from '../../main/system-proxy/ownership.ts';
import { run } from '../../main/system-proxy/run.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { temporaryFolder } from '../rigs/programs.ts';

assertNothingLeftOpen();

const journal = {
  backend: 'macos',
  previous: { 'web@Wi-Fi «дома»': null },
  ours: [{ 'web@Wi-Fi «дома»': '127.0.0.1 2018' }],
  isApplied: true,
} as const;

test('a journal is for this user alone, and comes back as it was written', async () => {
  await using folder = await temporaryFolder();
  await writeJournal(folder.path, journal);
  assert.deepEqual(await readJournal(folder.path), journal);
  if (process.platform !== 'win32') assert.equal((await stat(join(folder.path, 'system-proxy.json'))).mode & 0o777, 0o600);
  await removeJournal(folder.path);
  await removeJournal(folder.path);
  assert.ok(!isJournalLeft(folder.path));
  assert.equal(await readJournal(folder.path), null);
});

test('what is no journal is set aside; one of a later version, or with something missing, stays where it is', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'system-proxy.json');
  for (const text of ['', '\0\0\0\0', '{"version":1,"backend":"gno', '[]', 'null', '"x"']) {
    await writeFile(path, text);
    assert.equal(await readJournal(folder.path), null, text);
    assert.equal(await readFile(`${path}.damaged`, 'utf8'), text);
    assert.ok(!isJournalLeft(folder.path));
  }
  for (const wrong of [{ version: 2 }, { backend: 'amiga' }, { previous: 7 }, { ours: {} }, { ours: [{ a: 1 }] }]) {
    await writeFile(path, JSON.stringify({ version: 1, ...journal, ...wrong }));
    await assert.rejects(readJournal(folder.path), { code: 'system-proxy-failed' });
    assert.ok(isJournalLeft(folder.path));
  }
});

test('any bytes where the journal should be are an error or nothing, never a restoration', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'system-proxy.json');
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.string(), fc.json()), async (text) => {
      await writeFile(path, text);
      assert.equal(await readJournal(folder.path).catch(() => null), null);
    }),
    { numRuns: 50 },
  );
});

test('a folder that is a link, and a link in the journal’s place: the link is replaced, and what it leads to stays', {
  skip: process.platform === 'win32' && 'links need rights on Windows',
}, async () => {
  await using folder = await temporaryFolder();
  const [real, link, victim] = ['real', 'link', 'victim'].map((name) => join(folder.path, name)) as [string, string, string];
  await writeJournal(real, journal);
  await removeJournal(real);
  await symlink(real, link);
  await writeFile(victim, 'mine');
  await symlink(victim, join(real, 'system-proxy.json'));
  await writeJournal(link, journal);
  assert.equal(await readFile(victim, 'utf8'), 'mine');
  assert.ok((await lstat(join(real, 'system-proxy.json'))).isFile());
  const ownership = await takeOwnership(link);
  await assert.rejects(takeOwnership(real, 0), { code: 'system-proxy-in-use' }); // the same by either way
  ownership.release();
  ownership.release();
  (await takeOwnership(real, 0)).release();
  assert.deepEqual((await readdir(real)).toSorted(), ['system-proxy.json', 'system-proxy.lock']);
});

test('KDE without its folder can still be watched', () => {
  const backend = createBackend('kde', { run, platform: 'linux', env: { HOME: '/nowhere' } });
  assert.ok(backend);
  backend.watch(() => {})();
});
