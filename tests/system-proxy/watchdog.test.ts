/** Whatever ends the program, the settings are as they were before. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startHeadless } from '../rigs/headless.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { failPower, watchdogsOf as watchdogs } from '../rigs/power-failure.ts';
import { noSession, openSession, type PrivateSession } from '../rigs/private-session.ts';
import { processesOf, processesWith } from '../rigs/processes.ts';
import { missing } from '../rigs/programs.ts';
import { startSwitch } from '../rigs/system-switch.ts';
import { until } from '../rigs/until.ts';

assertNothingLeftOpen();

const skip = noSession();
const desktops = {
  GNOME: { desktop: { XDG_CURRENT_DESKTOP: 'GNOME' }, tools: [], rounds: 20 },
  KDE: { desktop: { XDG_CURRENT_DESKTOP: 'KDE', KDE_SESSION_VERSION: '5' }, tools: ['kwriteconfig5'], rounds: 8 },
};
const longestMs = 600;
const own = { mode: "'manual'", 'http/host': "'proxy.example'", 'http/port': '3128', 'socks/host': "'socks.example'" };

const hasJournal = ({ folder }: PrivateSession) => exists(join(folder, 'system-proxy.json'));
const isWatched = async ({ home }: PrivateSession) => (await processesOf(home, 'dconf\0watch')).length > 0;
const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

/** Resolves when the process says the word. */
async function says(child: ChildProcess, word: string): Promise<void> {
  assert.ok(child.stdout);
  for await (const line of createInterface({ input: child.stdout })) if (line === word) return;
  throw new Error(`ended before it said ${word}`);
}

const startSwitching = ({ env, folder }: PrivateSession) =>
  spawn(process.execPath, [join(import.meta.dirname, '../rigs/switching-process.ts'), folder], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });

for (const [name, { desktop, rounds, tools }] of Object.entries(desktops)) {
  test(`${name}, killed at ${rounds} random moments: each time all is as before, and nothing of ours goes on`, {
    skip: noSession(...tools),
  }, async (t: TestContext) => {
    await using session = await openSession(desktop);
    await session.set(own);
    const file = join(session.home, '.config/kioslaverc');
    if (name === 'KDE')
      await writeFile(file, '[Proxy Settings]\nProxyType=1\nhttpProxy=http://proxy.example 3128\nsocksProxy=socks://socks.example 1080\n');
    const dump = async () => [await session.dump(), await readFile(file, 'utf8').catch(() => '')];
    const before = await dump();
    const tookMs: number[] = [];
    let changed = 0;
    for (let round = 0; round < rounds; round++) {
      const program = startSwitching(session);
      await says(program, round % 2 === 0 ? 'started' : 'on');
      const delayMs = Math.random() * longestMs;
      await sleep(delayMs);
      program.kill('SIGKILL');
      const killedAt = performance.now();
      await once(program, 'exit');
      if (await hasJournal(session)) changed++;
      await until(async () => (await watchdogs(session)).length === 0);
      tookMs.push(performance.now() - killedAt);
      assert.deepEqual(await dump(), before, `after ${delayMs.toFixed(0)} ms`);
      assert.equal(await hasJournal(session), false);
    }
    t.diagnostic(`in the middle of it: ${changed} of ${rounds}; restored at the latest after ${Math.max(...tookMs).toFixed(0)} ms`);
    assert.ok(changed > 0, 'it was on at least once');
  });
}

test('killed while a tool is at it: the restoration comes after the tool has ended', { skip }, async () => {
  await using session = await openSession();
  await session.set(own);
  const before = await session.dump();
  const slow = join(session.home, 'bin/dconf');
  const began = join(session.home, 'began');
  await session.replace('dconf', `[ "$1" = load ] && [ ! -e ${began} ] && touch ${began} && sleep 1; exec /usr/bin/dconf "$@"`);
  const program = startSwitching(session);
  await until(() => exists(began));
  program.kill('SIGKILL');
  await once(program, 'exit');
  await until(async () => (await watchdogs(session)).length === 0 && (await processesWith('dconf', slow)).length === 0);
  assert.equal(await session.dump(), before);
});

test('at the end of a session, with the bus gone before the program: restored all the same', {
  skip: skip || missing('dbus-run-session'),
}, async () => {
  await using session = await openSession();
  await session.set(own);
  const before = await session.dump();
  await using program = await startHeadless(['--system-proxy'], { env: session.env, data: join(session.home, 'data') });
  await program.state(({ systemProxy }) => systemProxy?.status === 'on');
  await session.endBus();
  process.kill(program.pid, 'SIGKILL');
  await program.exited;
  await until(async () => (await watchdogs(session)).length === 0);
  assert.equal(await session.dump(), before);
});

test('program and watchdog killed: the next start restores before anything else', { skip }, async () => {
  await using session = await openSession();
  await session.set(own);
  const before = await session.dump();
  const program = startSwitching(session);
  await says(program, 'on');
  await failPower(session, program.pid as number, once(program, 'exit'));
  // It may have died while it was turning off; then there is nothing left to show.
  await using next = await startSwitch(session);
  assert.equal(await session.dump(), before);
  assert.equal((await next.until(({ status }) => status !== 'unknown')).status, 'off');
});

test('the headless program: on while it runs, off by a signal, by a kill, and by --restore-system-proxy', { skip }, async () => {
  await using session = await openSession();
  await session.set(own);
  const before = await session.dump();
  const start = () => startHeadless(['--system-proxy'], { env: session.env, data: join(session.home, 'data') });

  for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
    await using program = await start();
    const { endpoint } = await program.state(({ systemProxy }) => systemProxy?.status === 'on');
    assert.equal((await session.gsettings('get', 'org.gnome.system.proxy.http', 'port')).trim(), String(endpoint?.port));
    assert.equal(await program.end(signal), 0);
    assert.equal(await session.dump(), before);
  }
  for (const killsWatchdog of [false, true]) {
    await using program = await start();
    await program.state(({ systemProxy }) => systemProxy?.status === 'on');
    if (killsWatchdog) await failPower(session, program.pid, program.exited);
    else await program.end('SIGKILL');
    await until(async () => (await watchdogs(session)).length === 0);
    assert.equal((await session.dump()) === before, !killsWatchdog);
  }
  await using repair = await startHeadless(['--restore-system-proxy'], { env: session.env });
  assert.equal(await repair.exited, 0);
  assert.deepEqual([(await repair.event('restored')).outcome, await session.dump()], ['restored', before]);
  await mkdir(session.folder, { recursive: true });
  await writeFile(join(session.folder, 'system-proxy.json'), '{"version":9}');
  await using unread = await startHeadless(['--restore-system-proxy'], { env: session.env });
  assert.equal(await unread.exited, 1);
  assert.match(unread.stderr(), /^Another version of Paperplane has left a proxy setting here/);
  await rm(join(session.folder, 'system-proxy.json'));
  await using again = await startHeadless(['--restore-system-proxy'], { env: session.env });
  assert.deepEqual([await again.exited, (await again.event('restored')).outcome], [0, 'nothing']);
});

test('a terminal that is closed: the program itself restores', {
  skip: skip || missing('script'),
}, async () => {
  await using session = await openSession();
  await session.set(own);
  const before = await session.dump();
  const program = [process.execPath, join(import.meta.dirname, '../../main/headless.ts'), '--data', join(session.home, 'data')];
  const command = ['exec', ...program, '--listen 127.0.0.1:0 --ui off --system-proxy --json'].join(' ');
  const terminal = spawn('script', ['-qec', command, '/dev/null'], { env: session.env, stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: terminal.stdout })) if (line.includes('"status":"on"')) break;
  for (const pid of await watchdogs(session)) process.kill(pid, 'SIGSTOP'); // so that it cannot be the one
  terminal.kill('SIGKILL');
  await until(async () => (await processesWith('headless.ts', session.home)).length === 0 && !(await isWatched(session)));
  assert.deepEqual([await session.dump(), await hasJournal(session)], [before, false]);
  for (const pid of await watchdogs(session)) process.kill(pid, 'SIGKILL');
});

for (const isOn of [false, true]) {
  test(`killed while it is ${isOn ? 'on' : 'off'}: what watches the settings ends too`, { skip }, async () => {
    await using session = await openSession();
    await using program = await startHeadless(isOn ? ['--system-proxy'] : [], { env: session.env, data: join(session.home, 'data') });
    await program.state(({ systemProxy }) => systemProxy?.status === (isOn ? 'on' : 'off'));
    await until(() => isWatched(session));
    process.kill(program.pid, 'SIGKILL');
    await program.exited;
    await until(async () => !(await isWatched(session)) && (await watchdogs(session)).length === 0);
    assert.equal(await session.dump(), '');
  });
}

test('--restore-system-proxy while a Paperplane has the switch, and --system-proxy where it cannot be: exit 1 with a sentence', {
  skip,
}, async () => {
  await using session = await openSession();
  await using proxy = await startSwitch(session);
  await proxy.turn(true);
  await using repair = await startHeadless(['--restore-system-proxy'], { env: session.env });
  assert.equal(await repair.exited, 1);
  assert.equal(repair.stderr(), 'Another Paperplane has turned on the system’s proxy. Turn it off there first.\n');
  assert.equal(proxy.state().status, 'on');
  await using stranger = await startHeadless(['--system-proxy'], { env: { ...session.env, XDG_CURRENT_DESKTOP: 'sway' } });
  assert.equal(await stranger.exited, 1);
  assert.match(stranger.stderr(), /^This desktop has no proxy setting that Paperplane can change\./);
});

test('a watchdog that dies is replaced; without one nothing is changed', { skip }, async () => {
  await using session = await openSession();
  await using proxy = await startSwitch(session);
  await proxy.turn(true);
  const [first] = await watchdogs(session);
  assert.ok(first);
  process.kill(first, 'SIGKILL');
  await until(async () => (await watchdogs(session)).some((pid) => pid !== first));
  await proxy.turn(false);
  await using unguarded = await startSwitch(session, { watchdog: join(session.home, 'nothing.ts') });
  await assert.rejects(unguarded.turn(true), { code: 'system-proxy-unguarded' });
  assert.equal(await session.dump(), '');
});
