/** The switch on KDE, with KDE's own tools in a session of its own; GTK programs there read GNOME's settings. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { noSession, openSession, type PrivateSession } from '../rigs/private-session.ts';
import { missing } from '../rigs/programs.ts';
import { startSwitch } from '../rigs/system-switch.ts';

assertNothingLeftOpen();

const skip = noSession('kwriteconfig5', 'kreadconfig5');
const desktop = { XDG_CURRENT_DESKTOP: 'KDE', KDE_SESSION_VERSION: '5' };

const fileOf = (session: PrivateSession) => join(session.home, '.config/kioslaverc');
const snapshot = async (session: PrivateSession) => [await readFile(fileOf(session), 'utf8').catch(() => ''), await session.dump()];
const read = async (session: PrivateSession, ...keys: string[]) => {
  const values = [];
  for (const key of keys) {
    values.push(
      await session.tool('kreadconfig5', '--file', 'kioslaverc', '--group', 'Proxy Settings', '--key', key, '--default', 'unset'),
    );
  }
  return values.map((value) => value.replace(/\n$/, ''));
};

test('from an untouched system: KDE and GTK programs lead to the endpoint, then nothing is left', { skip }, async () => {
  await using session = await openSession(desktop);
  await using proxy = await startSwitch(session);
  await proxy.turn(true);
  assert.deepEqual([proxy.state().status, proxy.state().desktop], ['on', 'KDE']);
  const address = 'http://127.0.0.1 2018';
  assert.deepEqual(await read(session, 'ProxyType', 'httpProxy', 'httpsProxy', 'socksProxy'), ['1', address, address, 'unset']);
  assert.equal((await session.gsettings('get', 'org.gnome.system.proxy', 'mode')).trim(), "'manual'");
  await proxy.turn(false);
  assert.deepEqual(await snapshot(session), ['', '']);
});

/** As KDE's own tool would have written it. */
const before = `[Other]
Key=1

[Proxy Settings]
NoProxyFor=intranet.example,дом.example, b\\\\c\\s
Proxy Config Script=http://wpad.example/a
ProxyType=2
ReversedException=true
ftpProxy=
httpProxy=http://user:secret@proxy.example 3128
httpsProxy=\\shttp://proxy.example 3129
socksProxy=socks://socks.example 1080
`;

test("the person's own proxy and script come back to the byte, and no password is shown", { skip }, async () => {
  await using session = await openSession({ ...desktop, LC_ALL: 'C' });
  for (const [type, other] of [
    ['2', 'http://wpad.example/a'],
    ['1', 'proxy.example:3128, proxy.example:3129, socks.example:1080'],
  ] as const) {
    await writeFile(fileOf(session), before.replace('ProxyType=2', `ProxyType=${type}`), { mode: 0o600 });
    await session.set({ mode: "'none'", 'http/host': "'gtk.example'" });
    const saved = await snapshot(session);
    await using proxy = await startSwitch(session);
    assert.equal((await proxy.until(({ status }) => status === 'off')).other, other);
    await proxy.turn(true);
    assert.deepEqual(await read(session, 'ProxyType', 'socksProxy', 'ReversedException'), ['1', '', 'false']);
    await proxy.commands.changeSystemProxy({ pac: true });
    assert.deepEqual(await read(session, 'ProxyType', 'socksProxy', 'ReversedException'), ['2', 'socks://socks.example 1080', 'true']);
    await proxy.commands.changeSystemProxy({ pac: false });
    await proxy.turn(false);
    assert.deepEqual(await snapshot(session), saved);
  }
});

test('what another program changes is shown and left alone', { skip }, async () => {
  await using session = await openSession(desktop);
  await using proxy = await startSwitch(session);
  await proxy.turn(true);
  await session.tool('kwriteconfig5', '--file', 'kioslaverc', '--group', 'Proxy Settings', '--key', 'httpProxy', 'http://127.0.0.1 7890');
  const { other } = await proxy.until(({ status }) => status === 'changed');
  assert.equal(other, '127.0.0.1:7890, 127.0.0.1:2018');
  await proxy.turn(false);
  assert.equal(proxy.state().leftAlone, true);
  assert.deepEqual(await read(session, 'ProxyType', 'httpProxy', 'httpsProxy', 'NoProxyFor'), [
    '1',
    'http://127.0.0.1 7890',
    'unset',
    'unset',
  ]);
  assert.equal(await session.dump(), '', "GNOME's part was still ours");
});

test('programs of KDE that run are told to look again', { skip: skip || missing('dbus-monitor') }, async () => {
  await using session = await openSession(desktop);
  await using proxy = await startSwitch(session);
  const monitor = spawn('dbus-monitor', ["type='signal',interface='org.kde.KIO.Scheduler'"], { env: session.env });
  const ended = once(monitor, 'close');
  const heard = createInterface({ input: monitor.stdout })[Symbol.asyncIterator]();
  const hears = async (words: string) => {
    for (let line = await heard.next(); !line.done; line = await heard.next()) if (line.value.includes(words)) return;
    assert.fail('the monitor ended');
  };
  await hears('NameLost'); // from then on it hears
  for (const on of [true, false]) {
    await proxy.turn(on);
    await hears('path=/KIO/Scheduler; interface=org.kde.KIO.Scheduler; member=reparseSlaveConfiguration');
  }
  monitor.kill();
  await ended;
});

test('settings that an administrator has locked: denied, and nothing changed', { skip }, async () => {
  await using session = await openSession(desktop);
  await writeFile(fileOf(session), '[Proxy Settings][$i]\nProxyType=0\n');
  const saved = await snapshot(session);
  await using proxy = await startSwitch(session);
  await assert.rejects(proxy.turn(true), { code: 'system-proxy-denied' });
  assert.deepEqual([proxy.state().status, await snapshot(session)], ['off', saved]);
});

test('KDE 6 with its own tools, with those of version 5, and without GNOME: it works; without any: said plainly', { skip }, async () => {
  await using session = await openSession({ ...desktop, KDE_SESSION_VERSION: '6' });
  await session.replace('kwriteconfig6', 'echo "$@" >> "$HOME/six"; exec kwriteconfig5 "$@"');
  {
    await using six = await startSwitch(session);
    await six.turn(true);
    await six.turn(false);
  }
  const asked = await readFile(join(session.home, 'six'), 'utf8');
  assert.match(asked, /^--file kioslaverc --group Proxy Settings --key httpProxy -- http:\/\/127\.0\.0\.1 2018$/m);
  await rm(join(session.home, 'bin/kwriteconfig6'));
  await session.replace('gsettings', 'echo "No such schema “org.gnome.system.proxy”" >&2; exit 1');
  await using proxy = await startSwitch(session);
  await proxy.turn(true);
  assert.deepEqual([proxy.state().status, await session.dump()], ['on', '']);
  await proxy.turn(false);
  assert.equal((await snapshot(session))[0], '');
  session.env.PATH = join(session.home, 'nothing');
  await using without = await startSwitch(session);
  await assert.rejects(without.turn(true), { code: 'system-proxy-tool-missing' });
  assert.deepEqual(without.state().error, 'system-proxy-tool-missing');
});
