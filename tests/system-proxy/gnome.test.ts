/** The switch on GNOME, with the real tools in a session of its own. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { noSession, openSession, type PrivateSession } from '../rigs/private-session.ts';
import { startSwitch } from '../rigs/system-switch.ts';

assertNothingLeftOpen();

const schema = 'org.gnome.system.proxy';
const skip = noSession();
const addresses = { http: '127.0.0.1 2018', https: '127.0.0.1 2018' };

/** host and port of these, as a person would see them. */
async function read(session: PrivateSession, ...groups: string[]) {
  const value = async (...place: string[]) => (await session.gsettings('get', ...place)).trim().replaceAll("'", '');
  const of = async (group: string) => [group, `${await value(`${schema}.${group}`, 'host')} ${await value(`${schema}.${group}`, 'port')}`];
  return Object.fromEntries(await Promise.all(groups.map(of)));
}
const mode = async (session: PrivateSession) => (await session.gsettings('get', schema, 'mode')).trim();

const manual = {
  'http/host': "'proxy.example'",
  'http/port': '3128',
  'http/use-authentication': 'true',
  'http/authentication-password': "'secret'",
  'https/host': "'proxy.example'",
  'https/port': '3129',
  'socks/host': "'socks.example'",
  'socks/port': '1080',
  'ftp/host': "'ftp.example'",
  'ignore-hosts': `['intranet.example', "it's", 'дом.example', '127.0.0.0/8']`,
  mode: "'manual'",
};

test('from an untouched system: HTTP and HTTPS lead to the endpoint, then nothing is left', { skip }, async () => {
  await using session = await openSession();
  await using proxy = await startSwitch(session);
  await proxy.turn(true);
  assert.equal(proxy.state().status, 'on');
  assert.equal(await mode(session), "'manual'");
  assert.deepEqual(await read(session, 'http', 'https', 'socks'), { ...addresses, socks: ' 0' });
  await proxy.turn(false);
  assert.deepEqual([proxy.state().status, proxy.state().leftAlone, await session.dump()], ['off', false, '']);
});

test("the person's own proxy: shown, set aside with its password and its SOCKS, and back to the byte", { skip }, async () => {
  await using session = await openSession({ XDG_CURRENT_DESKTOP: 'ubuntu:GNOME', LC_ALL: 'C' });
  await session.set(manual);
  const before = await session.dump();
  await using proxy = await startSwitch(session);
  const { other } = await proxy.until(({ status }) => status === 'off');
  assert.equal(other, 'proxy.example:3128, proxy.example:3129, socks.example:1080');
  await proxy.turn(true);
  assert.deepEqual(await read(session, 'http', 'https', 'socks', 'ftp'), { ...addresses, socks: ' 1080', ftp: ' 0' });
  assert.equal((await session.gsettings('get', `${schema}.http`, 'use-authentication')).trim(), 'false');
  const ignored = await session.tool('env', 'LC_ALL=C.UTF-8', 'gsettings', 'get', schema, 'ignore-hosts');
  for (const entry of ["'intranet.example'", `"it's"`, "'дом.example'", "'192.168.0.0/16'", "'::1'"])
    assert.ok(ignored.includes(entry), ignored);
  assert.equal(ignored.split("'127.0.0.0/8'").length, 2, 'no entry twice');
  await proxy.turn(false);
  assert.equal(await session.dump(), before);
});

test('a script of the person, and settings that were made but say the same as nothing, come back exactly', { skip }, async () => {
  await using session = await openSession();
  await session.set({
    'autoconfig-url': "'http://wpad.example/a?b'",
    'http/host': "''",
    'http/port': '8080',
    'ignore-hosts': '@as []',
    mode: "'auto'",
  });
  const before = await session.dump();
  await using proxy = await startSwitch(session);
  for (const pac of [false, true, false]) {
    await proxy.commands.changeSystemProxy({ pac });
    await proxy.turn(true);
    assert.equal(proxy.state().status, 'on');
    assert.equal(await mode(session), pac ? "'auto'" : "'manual'");
    await proxy.turn(false);
    assert.equal(await session.dump(), before);
  }
});

test('the journal is on the disk, for this user alone, before the first change, and gone after the last', { skip }, async () => {
  await using session = await openSession();
  await using proxy = await startSwitch(session);
  const journal = join(session.folder, 'system-proxy.json');
  await session.replace(
    'dconf',
    `[ "$1" = load ] && [ ! -e ${session.home}/seen ] && cp -p ${journal} ${session.home}/seen; exec /usr/bin/dconf "$@"`,
  );
  await proxy.turn(true);
  const seen = JSON.parse(await readFile(join(session.home, 'seen'), 'utf8'));
  assert.equal(seen.version, 1);
  assert.equal(seen.ours[0].mode, "'manual'");
  assert.equal(seen.previous.mode, null);
  assert.match(await session.tool('stat', '-c', '%a', journal), /^600$/m);
  await proxy.turn(false);
  await assert.rejects(readFile(journal));
});

test('what another program changes is shown, left alone, and said so', { skip }, async () => {
  await using session = await openSession();
  await session.set({ mode: "'none'", 'ignore-hosts': "['mine.example']" });
  await using proxy = await startSwitch(session);
  await proxy.turn(true);
  await session.set({ 'http/port': '7890', 'https/port': '7890' });
  assert.equal((await proxy.until(({ status }) => status === 'changed')).other, '127.0.0.1:7890');
  await proxy.turn(false);
  assert.equal(proxy.state().leftAlone, true);
  assert.deepEqual(await read(session, 'http', 'https'), { http: '127.0.0.1 7890', https: '127.0.0.1 7890' });
  assert.equal(await mode(session), "'manual'", 'without the mode, its addresses would mean nothing');
  assert.equal((await session.gsettings('get', schema, 'ignore-hosts')).trim(), "['mine.example']");
});

test('turned off by another program: shown, and what is still ours is restored', { skip }, async () => {
  await using session = await openSession();
  await session.set({ ...manual, mode: "'none'" });
  const before = await session.dump();
  await using proxy = await startSwitch(session);
  await proxy.turn(true);
  await session.set({ mode: "'none'" });
  assert.equal((await proxy.until(({ status }) => status === 'changed')).other, null);
  await proxy.turn(false);
  assert.equal(await session.dump(), before);
});

test('another program that comes back with the very addresses that were there before is left alone too', { skip }, async () => {
  await using session = await openSession();
  await session.set({ mode: "'none'", 'http/host': "'127.0.0.1'", 'http/port': '7890' }); // as many leave them behind
  await using proxy = await startSwitch(session);
  await proxy.turn(true);
  await session.set({ mode: "'manual'", 'http/host': "'127.0.0.1'", 'http/port': '7890' });
  await proxy.until(({ status }) => status === 'changed');
  await proxy.turn(false);
  assert.deepEqual(
    [proxy.state().leftAlone, await mode(session), await read(session, 'http')],
    [true, "'manual'", { http: '127.0.0.1 7890' }],
  );
});

test('turned on again over a change of another program: that is what comes back', { skip }, async () => {
  await using session = await openSession();
  await using proxy = await startSwitch(session);
  await proxy.turn(true);
  await session.set({ 'http/host': "'other.example'", 'http/port': '1', 'https/host': "'other.example'", 'https/port': '1' });
  await proxy.until(({ status }) => status === 'changed');
  await proxy.turn(true);
  assert.equal(proxy.state().status, 'on');
  await proxy.turn(false);
  assert.deepEqual(await read(session, 'http', 'https'), { http: 'other.example 1', https: 'other.example 1' });
  assert.equal(await mode(session), "'manual'");
});

test('a bypass list that the person edits meanwhile turns nothing off and stays', { skip }, async () => {
  await using session = await openSession();
  await using proxy = await startSwitch(session);
  await proxy.turn(true);
  await session.set({ 'ignore-hosts': "['edited.example']" });
  await proxy.turn(true); // over it
  assert.match(await session.gsettings('get', schema, 'ignore-hosts'), /'edited\.example', 'localhost'/);
  await session.set({ 'ignore-hosts': "['edited.again']" });
  await proxy.turn(false);
  assert.deepEqual([proxy.state().leftAlone, await session.dump()], [true, "[system/proxy]\nignore-hosts=['edited.again']\n"]);
});

test('options apply at once while it is on, and are kept', { skip }, async () => {
  await using session = await openSession();
  const options = { bypass: ['only.example'], pac: true, neverDirect: false };
  {
    await using proxy = await startSwitch(session);
    await proxy.turn(true);
    await proxy.commands.changeSystemProxy({ bypass: ['only.example'] });
    assert.match(await session.gsettings('get', schema, 'ignore-hosts'), /^\['localhost', '127\.0\.0\.0\/8', '::1', 'only\.example'\]$/m);
    await proxy.commands.changeSystemProxy({ pac: true, neverDirect: false });
    assert.equal(await mode(session), "'auto'");
    assert.deepEqual(await read(session, 'http', 'https'), { http: ' 8080', https: ' 0' });
    await proxy.turn(false);
    assert.equal(await session.dump(), '');
  }
  await using again = await startSwitch(session);
  assert.deepEqual(again.state().options, { reapply: false, ...options });
});

test('set again over another program only where the person wants it', { skip }, async () => {
  await using session = await openSession();
  await using proxy = await startSwitch(session);
  await proxy.turn(true);
  await session.set({ mode: "'none'" });
  await proxy.until(({ status }) => status === 'changed');
  await proxy.commands.changeSystemProxy({ reapply: true });
  await proxy.until(({ status }) => status === 'on');
  await session.set({ mode: "'none'" });
  await proxy.until(({ status }) => status === 'changed');
  await proxy.until(({ status }) => status === 'on');
  await proxy.turn(false);
  assert.equal(await session.dump(), "[system/proxy]\nmode='none'\n");
});

test('without dconf, setting by setting, and back; where the tool fails in the middle, an error, and nothing half set', {
  skip,
}, async () => {
  await using session = await openSession();
  await session.set({ ...manual, mode: "'none'" });
  const before = await session.dump();
  await session.replace('gsettings', 'echo "$1 $3" >> "$HOME/order"; exec /usr/bin/gsettings "$@"');
  await using proxy = await startSwitch(session, { env: { ...session.env, PATH: join(session.home, 'bin') } });
  await proxy.turn(true);
  assert.deepEqual(await read(session, 'http', 'https', 'socks'), { ...addresses, socks: ' 1080' });
  await proxy.turn(false);
  assert.equal(await session.dump(), before);
  // The mode last and then first: nobody sees it without its addresses.
  const order = (await readFile(join(session.home, 'order'), 'utf8')).split('\n').filter((line) => /^set/.test(line));
  const middle = order.length / 2;
  assert.deepEqual([order[middle - 1], order[middle], order.filter((line) => line === 'set mode').length], ['set mode', 'set mode', 2]);
  await session.replace('gsettings', `[ "$1 $2" = "set ${schema}.https" ] && [ "$4" = 2018 ] && exit 3; exec /usr/bin/gsettings "$@"`);
  await assert.rejects(proxy.turn(true), { code: 'system-proxy-failed' });
  assert.deepEqual([proxy.state().status, proxy.state().error, await session.dump()], ['off', 'system-proxy-failed', before]);
});

test('where some of it was set before, and some was not: back to the byte', { skip }, async () => {
  await using session = await openSession();
  await using proxy = await startSwitch(session);
  for (const some of [{ 'http/host': "'old.example'" }, { mode: "'none'", 'https/port': '3129' }, { 'ftp/host': "'ftp.example'" }]) {
    await session.set(some);
    const before = await session.dump();
    await proxy.turn(true);
    assert.deepEqual(await read(session, 'http', 'https'), addresses);
    await proxy.turn(false);
    assert.equal(await session.dump(), before);
  }
});

test('two Paperplanes: one has the switch, and the other takes it when it is free', { skip }, async () => {
  await using session = await openSession();
  await using first = await startSwitch(session);
  await using second = await startSwitch(session, { endpoint: () => ({ host: '127.0.0.1', port: 2019 }) });
  await first.turn(true);
  await assert.rejects(second.turn(true), { code: 'system-proxy-in-use' });
  await second.turn(false); // not its business
  assert.equal((await second.until(({ other }) => other !== null)).other, '127.0.0.1:2018');
  await first.turn(false);
  await second.turn(true);
  assert.deepEqual(await read(session, 'http'), { http: '127.0.0.1 2019' });
  await second.stop();
  assert.equal(await session.dump(), '');
});
