/** After a power failure nobody is left offline: what the desktop starts at the next login restores, and goes. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { printDesktopEntry } from '../../main/system-proxy/start-entry-forms.ts';
import { execOf } from '../rigs/desktop-entry.ts';
import { startHeadless } from '../rigs/headless.ts';
import { createMacosComputer, freshService } from '../rigs/macos-computer.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { patienceMs } from '../rigs/patience.ts';
import { failPower } from '../rigs/power-failure.ts';
import { noSession, openSession, type PrivateSession } from '../rigs/private-session.ts';
import { temporaryFolder } from '../rigs/programs.ts';
import { startSwitch } from '../rigs/system-switch.ts';
import { until } from '../rigs/until.ts';
import { createWindowsComputer } from '../rigs/windows-computer.ts';

assertNothingLeftOpen();

const skip = noSession();
const kde = { XDG_CURRENT_DESKTOP: 'KDE', KDE_SESSION_VERSION: '5' };
const own = { mode: "'manual'", 'http/host': "'proxy.example'", 'http/port': '3128', 'socks/host': "'socks.example'" };

const entryIn = ({ home }: PrivateSession) => join(home, '.config/autostart/paperplane-restore.desktop');
const kdeFileIn = ({ home }: PrivateSession) => join(home, '.config/kioslaverc');
const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
/** Whether the entry and the journal are there. */
const traces = async (session: PrivateSession) => [await exists(entryIn(session)), await exists(join(session.folder, 'system-proxy.json'))];
const snapshot = async (session: PrivateSession) => [await session.dump(), await readFile(kdeFileIn(session), 'utf8').catch(() => '')];
const start = (session: PrivateSession, ...args: string[]) => startHeadless(args, { env: session.env, data: join(session.home, 'data') });

/** What the entry says, done as the desktop does it at the next login: how it ends, and all that it says. */
async function logIn(session: PrivateSession) {
  const [program = '', ...args] = execOf(await readFile(entryIn(session), 'utf8'));
  // Its standard input stays open.
  const started = spawn(program, args, { env: session.env, stdio: ['pipe', 'pipe', 'pipe'], timeout: patienceMs, killSignal: 'SIGKILL' });
  const [[code], ...said] = await Promise.all([once(started, 'exit'), text(started.stdout), text(started.stderr)]);
  started.stdin.destroy();
  return { code, said: said.join('') };
}
const silently = { code: 0, said: '' };

/** A person's own settings, then the switch turned on, then the power gone. Gives the settings before. */
async function losePower(session: PrivateSession) {
  await session.set(own);
  if (session.env.XDG_CURRENT_DESKTOP === 'KDE') {
    await writeFile(kdeFileIn(session), '[Proxy Settings]\nProxyType=1\nhttpProxy=http://proxy.example 3128\n');
  }
  const before = await snapshot(session);
  await using program = await start(session, '--system-proxy');
  await program.state(({ systemProxy }) => systemProxy?.status === 'on');
  await failPower(session, program.pid, program.exited);
  assert.notDeepEqual(await snapshot(session), before);
  return before;
}

for (const [name, desktop, tools] of [
  ['GNOME', undefined, []],
  ['KDE', kde, ['kwriteconfig5']],
] as const) {
  test(`${name}: at the next login all is as before to the byte, silently, and nothing is left`, {
    skip: noSession(...tools),
  }, async () => {
    await using session = await openSession(desktop);
    session.env.XDG_DATA_HOME = join(session.home, 'it\'s "100%" of $HOME & `дом`\\');
    const named = { ...session, folder: join(session.env.XDG_DATA_HOME, 'paperplane') };
    const before = await losePower(named);
    assert.deepEqual(await traces(named), [true, true]);
    assert.deepEqual(await logIn(named), silently);
    assert.deepEqual(await snapshot(named), before);
    assert.deepEqual(await traces(named), [false, false]);
  });
}

test('of an AppImage, whose files are mounted anew each time, the image is started', { skip }, async () => {
  await using session = await openSession();
  const image = join(session.home, 'Paper plane.AppImage');
  await writeFile(image, `#!/bin/sh\nexec '${process.execPath}' "$@"\n`, { mode: 0o755 });
  Object.assign(session.env, { APPIMAGE: image, APPDIR: dirname(process.execPath) });
  const before = await losePower(session);
  assert.equal(execOf(await readFile(entryIn(session), 'utf8'))[0], image);
  assert.equal((await logIn(session)).code, 0);
  assert.deepEqual([await snapshot(session), await traces(session)], [before, [false, false]]);
});

test('it is there while the switch is on, and goes when it is turned off, when the session ends, and with the program', {
  skip,
}, async () => {
  await using session = await openSession();
  {
    await using proxy = await startSwitch(session);
    assert.deepEqual(await traces(session), [false, false]);
    for (const end of [() => proxy.turn(false), () => proxy.restoreNow(), () => proxy.stop()]) {
      await proxy.turn(true);
      assert.deepEqual(await traces(session), [true, true]);
      await proxy.commands.changeSystemProxy({ pac: true });
      assert.deepEqual(await traces(session), [true, true]);
      await end();
      assert.deepEqual(await traces(session), [false, false]);
    }
    assert.deepEqual(proxy.failures, []);
  }
  await using program = await start(session, '--system-proxy');
  await program.state(({ systemProxy }) => systemProxy?.status === 'on');
  assert.deepEqual(await traces(session), [true, true]);
  await program.end('SIGKILL');
  await until(async () => (await traces(session)).every((isThere) => !isThere)); // the watchdog's work
  assert.equal(await session.dump(), '');
});

test('it is on the disk before any setting is changed, and a change that fails takes it away', { skip }, async () => {
  await using session = await openSession();
  const seen = join(session.home, 'seen');
  await session.replace('dconf', `[ "$1" = load ] && { cat '${entryIn(session)}' > '${seen}'; exit 1; }; exec /usr/bin/dconf "$@"`);
  await session.replace('gsettings', '[ "$1" = set ] && exit 1; exec /usr/bin/gsettings "$@"');
  await using proxy = await startSwitch(session);
  await assert.rejects(proxy.turn(true), { code: 'system-proxy-failed' });
  assert.equal(execOf(await readFile(seen, 'utf8')).at(-1), 'at-login');
  assert.deepEqual([await traces(session), await session.dump()], [[false, false], '']);
});

test('while a Paperplane has the switch, it does nothing', { skip }, async () => {
  await using session = await openSession();
  await using proxy = await startSwitch(session);
  await proxy.turn(true);
  const on = await session.dump();
  assert.deepEqual(await logIn(session), silently);
  assert.deepEqual([await session.dump(), await traces(session)], [on, [true, true]]);
});

test('a Paperplane that starts at the same moment and turns the switch on keeps it, and its entry', { skip }, async () => {
  await using session = await openSession();
  for (const delayMs of [0, 200]) {
    const before = await losePower(session);
    const login = logIn(session);
    await sleep(delayMs); // another moment each time
    await using program = await start(session, '--system-proxy');
    await program.state(({ systemProxy }) => systemProxy?.status === 'on');
    assert.equal((await login).code, 0);
    assert.deepEqual(await traces(session), [true, true]);
    assert.notDeepEqual(await snapshot(session), before);
    assert.equal(await program.end(), 0);
    assert.deepEqual([await snapshot(session), await traces(session)], [before, [false, false]]);
  }
});

test('one that was left without a journal is harmless: the next login or the next start takes it away', { skip }, async () => {
  await using session = await openSession();
  await session.set(own);
  const before = await session.dump();
  await using proxy = await startSwitch(session);
  await proxy.turn(true);
  const left = await readFile(entryIn(session));
  await proxy.turn(false);
  const leave = () => writeFile(entryIn(session), left);
  for (const restorer of [() => logIn(session), () => startSwitch(session).then(({ stop }) => stop())]) {
    await leave();
    await restorer();
    assert.deepEqual([await traces(session), await session.dump()], [[false, false], before]);
  }
});

test('one whose program was uninstalled changes nothing, and goes with the next start of another', { skip }, async () => {
  await using session = await openSession();
  const before = await losePower(session);
  const after = await session.dump();
  for (const args of [
    [join(session.home, 'gone'), '/gone/watchdog.cjs'],
    [process.execPath, '/gone/watchdog.cjs'],
  ]) {
    await writeFile(entryIn(session), printDesktopEntry({ args, isNode: true }));
    assert.notEqual((await logIn(session)).code, 0);
    assert.equal(await session.dump(), after);
  }
  await using _elsewhere = await startSwitch(session); // a new one, installed in another place
  assert.deepEqual([await snapshot(session), await traces(session)], [before, [false, false]]);
});

test('where none can be written, the switch works all the same, and the log says so', { skip }, async () => {
  await using session = await openSession();
  await writeFile(dirname(entryIn(session)), 'not a folder');
  await using proxy = await startSwitch(session);
  await proxy.turn(true);
  assert.deepEqual([proxy.state().status, proxy.state().error], ['on', null]);
  assert.match(String(proxy.failures[0]), /^nothing will restore at the next login, should the power fail,SystemProxyError/);
  assert.equal(String(proxy.failures).includes(session.home), false);
  await proxy.turn(false);
  assert.deepEqual([await session.dump(), await traces(session)], ['', [false, false]]);
});

test('on Windows it is a value of RunOnce, and where reg.exe is barred there is none', async () => {
  await using folder = await temporaryFolder();
  const computer = createWindowsComputer();
  const restoreCommand = ['C:\\Program Files\\Самолётик\\Paperplane.exe', '--restore-system-proxy'];
  const parts = { run: computer.run, platform: 'win32', restoreCommand } as const;
  await using proxy = await startSwitch({ folder: folder.path, env: { SystemRoot: 'C:\\Windows' } }, parts);
  await proxy.turn(true);
  const line = '"C:\\Program Files\\Самолётик\\Paperplane.exe" "--restore-system-proxy"';
  assert.deepEqual([...computer.registry.runOnce], [['!Paperplane', ['REG_SZ', line]]]);
  await proxy.turn(false);
  assert.equal(computer.registry.runOnce.size, 0);
  assert.deepEqual(proxy.failures, []);
  computer.reg = 'barred';
  await proxy.turn(true);
  assert.deepEqual([proxy.state().status, proxy.failures.length], ['on', 1]);
  await proxy.turn(false);
});

test('on macOS it is a launch agent', async () => {
  await using folder = await temporaryFolder();
  const agents = join(folder.path, 'Library/LaunchAgents');
  await mkdir(agents, { recursive: true });
  const { run } = createMacosComputer({ 'Wi-Fi': freshService('en0') });
  await using proxy = await startSwitch({ folder: folder.path, env: { HOME: folder.path } }, { run, platform: 'darwin' });
  await proxy.turn(true);
  const agent = join(agents, 'net.paperplane.desktop.restore.plist');
  assert.ok((await readFile(agent, 'utf8')).includes(`<string>${folder.path}</string>\n    <string>at-login</string>`));
  await proxy.turn(false);
  assert.equal(await exists(agent), false);
  assert.deepEqual(proxy.failures, []);
});
