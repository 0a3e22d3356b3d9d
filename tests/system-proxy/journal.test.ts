import assert from 'node:assert/strict';
import { lstat, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { apply } from '../../main/system-proxy/apply.ts';
import { createBackend } from '../../main/system-proxy/backends.ts';
import { isJournalLeft, readJournal, removeJournal, writeJournal } from '../../main/system-proxy/journal.ts';
import { takeOwnership } from '../../main/system-proxy/ownership.ts';
import { run } from '../../main/system-proxy/run.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { temporaryFolder } from '../rigs/programs.ts';
import { startSwitch } from '../rigs/system-switch.ts';
import { createWindowsComputer, getConnection } from '../rigs/windows-computer.ts';

assertNothingLeftOpen();

const journal = {
  backend: 'macos',
  previous: { 'web@Wi-Fi «дома»': null },
  ours: [{ 'web@Wi-Fi «дома»': '127.0.0.1 2018' }],
  isApplied: true,
  startEntry: '/home/женя/.config/autostart/paperplane-restore.desktop',
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

test('what this version cannot read is an error of its own, and stays where it is', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'system-proxy.json');
  const wrongs = [{ backend: 'amiga' }, { previous: 7 }, { ours: {} }, { ours: [{ a: 1 }] }];
  const strange = wrongs.map((wrong) => JSON.stringify({ version: 2, ...journal, ...wrong }));
  for (const text of ['', '\0\0\0\0', '{"version":1,"backend":"gno', '[]', 'null', '"x"', '{"version":9}', ...strange]) {
    await writeFile(path, text);
    await assert.rejects(readJournal(folder.path), { code: 'system-proxy-journal' });
    assert.equal(await readFile(path, 'utf8'), text);
  }
});

/** A computer whose settings lead to a Paperplane that died, and the journal that it left. */
async function afterCrash(folder: string) {
  const computer = createWindowsComputer({ flags: 3, server: 'proxy.corp.example:8080' });
  const parts = { run: computer.run, platform: 'win32', env: { SystemRoot: 'C:\\Windows' }, startEntry: null } as const;
  const backend = createBackend('windows', parts) ?? assert.fail();
  const target = { host: '127.0.0.1', port: 2018, pacUrl: null, bypass: [] };
  await apply(backend, target, { ...parts, folder }, AbortSignal.timeout(60_000));
  const left = JSON.parse(await readFile(join(folder, 'system-proxy.json'), 'utf8'));
  return { computer, parts, left };
}

test('a journal of another version that still says all that is needed is restored from at the start', async () => {
  await using folder = await temporaryFolder();
  const { computer, parts, left } = await afterCrash(folder.path);
  await writeFile(join(folder.path, 'system-proxy.json'), JSON.stringify({ ...left, version: 7, more: ['of', 'it'] }));
  await using proxy = await startSwitch({ folder: folder.path, env: {} }, parts);
  assert.equal(getConnection(computer, '').server, 'proxy.corp.example:8080');
  assert.equal((await proxy.until(({ status }) => status === 'off')).error, null);
});

test('one that cannot be read: the person is told at each start, the switch goes on working, and nothing is lost', async () => {
  await using folder = await temporaryFolder();
  const { computer, parts, left } = await afterCrash(folder.path);
  const text = JSON.stringify({ ...left, version: 2, ours: 'elsewhere' });
  const path = join(folder.path, 'system-proxy.json');
  await writeFile(path, text);
  for (let start = 0; start < 2; start++) {
    await using told = await startSwitch({ folder: folder.path, env: {} }, parts);
    const state = await told.until(({ status }) => status === 'off');
    assert.deepEqual([state.error, state.other], ['system-proxy-journal', '127.0.0.1:2018']);
    assert.equal(await readFile(path, 'utf8'), text);
  }
  await using proxy = await startSwitch(
    { folder: folder.path, env: {} },
    { ...parts, endpoint: () => ({ host: '127.0.0.1', port: 2019 }) },
  );
  await proxy.turn(true);
  assert.deepEqual([proxy.state().status, proxy.state().error, getConnection(computer, '').server], ['on', null, '127.0.0.1:2019']);
  await proxy.turn(false);
  const kept = (await readdir(folder.path)).filter((name) => name.endsWith('.unread'));
  assert.deepEqual(await Promise.all(kept.map((name) => readFile(join(folder.path, name), 'utf8'))), [text]);
  assert.ok(!isJournalLeft(folder.path));
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
