/** "Fix my internet" on GNOME and KDE, with the real tools in a session of its own. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFile, readdir, readFile, rename } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { foldersOf } from '../../main/system-proxy/diagnosis/config-files.ts';
import { type DiagnosisParts, diagnose, repair } from '../../main/system-proxy/diagnosis/diagnosis.ts';
import { run } from '../../main/system-proxy/run.ts';
import { refusingPort, startServer } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startHttpOrigin } from '../rigs/origin.ts';
import { noSession, openSession, type PrivateSession } from '../rigs/private-session.ts';
import { startSwitch } from '../rigs/system-switch.ts';

assertNothingLeftOpen();

const entry = join(import.meta.dirname, '../../main/headless.ts');
const kde = { XDG_CURRENT_DESKTOP: 'KDE', KDE_SESSION_VERSION: '5' };

function partsIn(session: PrivateSession): DiagnosisParts {
  return {
    run,
    platform: 'linux',
    readInterfaces: networkInterfaces,
    env: session.env,
    folder: session.folder,
    folders: { ...foldersOf(session.home, session.env), etc: join(session.home, 'etc') },
    wayOut: async () => null,
    isDirectAllowed: () => false,
    checkDirectly: () => assert.fail('went direct'),
    timeUrl: new URL('http://127.0.0.1:9/'),
    names: [],
  };
}

/** A computer without a network is another test's concern. */
const findings = async (session: PrivateSession) => (await diagnose(partsIn(session))).findings.filter(({ code }) => code !== 'offline');

/** The program in that session, until it ends. */
function runIn(session: PrivateSession, ...args: string[]): Promise<{ code: number; lines: readonly { [field: string]: unknown }[] }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [entry, '--json', ...args], { env: session.env }, (error, stdout) => {
      const lines = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      resolve({ code: Number(error?.code ?? 0), lines });
    });
  });
}

test('GNOME: a proxy that another program left is turned off, and its addresses stay', { skip: noSession() }, async () => {
  await using session = await openSession();
  const dead = await refusingPort();
  await session.set({
    'http/host': "'127.0.0.1'",
    'http/port': `${dead}`,
    'https/host': "'localhost'",
    'https/port': `${dead}`,
    mode: "'manual'",
  });
  const [finding, ...others] = await findings(session);
  assert.deepEqual(others, []);
  const { id, ...rest } = finding ?? assert.fail();
  assert.deepEqual(rest, {
    code: 'system-proxy-dead',
    place: 'GNOME',
    address: `127.0.0.1:${dead}`,
    change: { kind: 'settings', changes: [{ setting: 'mode', before: "'manual'", after: "'none'" }] },
  });
  const before = await session.dump();
  await repair(partsIn(session), id);
  assert.equal(await session.dump(), before.replace("mode='manual'", "mode='none'"));
  assert.deepEqual(await findings(session), []);
});

test('GNOME: one of several addresses is dead: it is told, but turning all of them off is not proposed', {
  skip: noSession(),
}, async () => {
  await using session = await openSession();
  await using listener = await startServer(() => {});
  const alive = { 'http/host': "'127.0.0.1'", 'http/port': `${listener.port}`, mode: "'manual'" };
  await session.set(alive);
  assert.deepEqual(await findings(session), []);
  await session.set({ 'socks/host': "'127.0.0.1'", 'socks/port': `${await refusingPort()}` });
  const [finding] = await findings(session);
  assert.deepEqual([finding?.code, finding?.change], ['system-proxy-dead', null]);
});

test('GNOME: a script that is not there any more, with its secrets kept', { skip: noSession() }, async () => {
  await using session = await openSession();
  await using origin = await startHttpOrigin();
  await session.set({ 'autoconfig-url': `'${origin.url}proxy.pac'`, mode: "'auto'" });
  assert.deepEqual(await findings(session), []);
  await session.set({ 'autoconfig-url': `'http://127.0.0.1:${await refusingPort()}/proxy.pac?key=s3cret'` });
  const [finding] = await findings(session);
  assert.equal(finding?.code, 'system-pac-dead');
  assert.doesNotMatch(JSON.stringify(finding), /s3cret/);
  await repair(partsIn(session), finding.id);
  assert.equal((await session.gsettings('get', 'org.gnome.system.proxy', 'mode')).trim(), "'none'");
});

test('GNOME: automatic detection, without a script of its own, is no fault', { skip: noSession() }, async () => {
  await using session = await openSession();
  await session.set({ 'http/host': "'127.0.0.1'", 'http/port': `${await refusingPort()}`, mode: "'auto'" });
  assert.deepEqual(await findings(session), []);
});

test('KDE: its own setting, and that of GTK programs beside it', { skip: noSession('kwriteconfig5') }, async () => {
  await using session = await openSession(kde);
  const write = (key: string, value: string) =>
    session.tool('kwriteconfig5', '--file', 'kioslaverc', '--group', 'Proxy Settings', '--key', key, value);
  const dead = await refusingPort();
  await write('httpProxy', `http://bob:s3cret@127.0.0.1 ${dead}`);
  await write('ProxyType', '1');
  const [own] = await findings(session);
  assert.deepEqual([own?.code, own?.place, own?.address], ['system-proxy-dead', 'KDE', `127.0.0.1:${dead}`]);
  assert.deepEqual(own?.change, { kind: 'settings', changes: [{ setting: 'ProxyType', before: '1', after: '0' }] });
  await repair(partsIn(session), own.id);
  assert.match(await readFile(join(session.home, '.config/kioslaverc'), 'utf8'), /ProxyType=0/);

  await session.set({ 'http/host': "'127.0.0.1'", 'http/port': `${dead}`, mode: "'manual'" });
  const [beside, ...others] = await findings(session);
  assert.deepEqual([beside?.code, beside?.place, others], ['system-proxy-dead', 'GTK', []]);
  await repair(partsIn(session), beside?.id ?? '');
  assert.deepEqual(await findings(session), []);
});

test('a switch of a Paperplane that died is restored; one of a living Paperplane is left alone', { skip: noSession() }, async () => {
  await using session = await openSession();
  const person = { 'http/host': "'proxy.example'", 'http/port': '3128', mode: "'manual'" };
  await session.set(person);
  const before = await session.dump();
  const journal = join(session.folder, 'system-proxy.json');
  await using proxy = await startSwitch(session, { endpoint: () => ({ host: '127.0.0.1', port: 2018 }) });
  await proxy.turn(true);
  await copyFile(journal, `${journal}.kept`);
  const switched = await session.dump();
  assert.deepEqual(
    (await findings(session)).filter(({ code }) => code === 'proxy-left-behind'),
    [],
  );
  await proxy.turn(false);
  assert.equal(await session.dump(), before);

  // As after a loss of power: the journal and the settings, and nobody who holds them.
  await rename(`${journal}.kept`, journal);
  const loading = session.tool('sh', '-c', `printf '%s' "$0" | dconf load /`, switched);
  await loading;
  const listed = await runIn(session, '--diagnose');
  assert.equal(listed.code, 3);
  const [left] = listed.lines.filter(({ code }) => code === 'proxy-left-behind');
  assert.equal(left?.place, 'GNOME');
  assert.match(JSON.stringify(left.change), /"setting":"http\/host","before":"'127\.0\.0\.1'","after":"'proxy\.example'"/);
  assert.deepEqual(
    listed.lines.filter(({ code }) => code === 'system-proxy-dead'),
    [],
  );
  assert.equal(await session.dump(), switched);

  const repaired = await runIn(session, '--repair', String(left.id));
  assert.deepEqual(repaired.lines[0], { event: 'repaired', id: left.id });
  assert.equal(await session.dump(), before);
  assert.ok(!(await readdir(session.folder)).includes('system-proxy.json'));
});

test('settings that the system does not let go of, and a tool that only says so: the repair fails and says it', {
  skip: noSession(),
}, async () => {
  await using session = await openSession();
  await session.set({ 'http/host': "'127.0.0.1'", 'http/port': `${await refusingPort()}`, mode: "'manual'" });
  const [finding] = await findings(session);
  const real = (await session.tool('which', 'dconf')).trim();
  await session.replace('dconf', `[ "$1" = load ] || exec ${real} "$@"`);
  await assert.rejects(repair(partsIn(session), finding?.id ?? ''), { code: 'system-proxy-failed' });
  await session.replace('dconf', `[ "$1" = load ] || exec ${real} "$@"; echo 'error: non-writable keys' >&2; exit 1`);
  await assert.rejects(repair(partsIn(session), finding?.id ?? ''), { code: 'system-proxy-denied' });
  await session.replace('gsettings', 'echo "No such schema" >&2; exit 1');
  assert.deepEqual(await findings(session), []);
  assert.deepEqual((await diagnose(partsIn(session))).unchecked[0], { check: 'system-proxy', why: 'unsupported' });
});
