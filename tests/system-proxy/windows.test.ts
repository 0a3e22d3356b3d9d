import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apply } from '../../main/system-proxy/apply.ts';
import type { Backend, Run } from '../../main/system-proxy/backend.ts';
import { createBackend } from '../../main/system-proxy/backends.ts';
import { restore, restoreLeftover } from '../../main/system-proxy/restore.ts';
import { killAnywhere, type Victim } from '../rigs/kill-anywhere.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { temporaryFolder } from '../rigs/programs.ts';
import { startSwitch } from '../rigs/system-switch.ts';
import { createWindowsComputer, getConnection, setConnection, type WindowsComputer } from '../rigs/windows-computer.ts';

assertNothingLeftOpen();

const signal = AbortSignal.timeout(60_000);
const target = { host: '127.0.0.1', port: 2018, pacUrl: null, bypass: ['127.0.0.0/8', '*.local'] };
const corporate = {
  flags: 13,
  server: 'proxy.corp.example:8080',
  bypass: '*.corp.example',
  autoConfigUrl: 'http://corp.example/proxy.pac',
};

const parts = ({ run }: { run: Run }) => ({ run, platform: 'win32', env: { SystemRoot: 'C:\\Windows' }, startEntry: null }) as const;
const backendOf = (computer: { run: Run }): Backend => createBackend('windows', parts(computer)) ?? assert.fail();
/** All that programs can see of the settings; the change counters only ever go up. */
const dump = ({ registry }: WindowsComputer) =>
  JSON.stringify(
    [
      ...registry.settings,
      ...registry.runOnce,
      ...[...registry.connections].map(([name, [, hex]]) => [name, hex.replace(/^(.{8}).{8}/, '$1')]),
    ].sort(),
  );

/** The LAN with a script and a proxy of the office, a VPN that has nothing, and one with a Russian name and a proxy of its own. */
function createOffice(): WindowsComputer {
  const computer = createWindowsComputer(corporate);
  computer.entries.push('Work', 'VPN-подключение');
  setConnection(computer, 'VPN-подключение', { flags: 3, server: 'vpn:3128', bypass: '', autoConfigUrl: '' });
  setConnection(computer, 'Work', { flags: 9, server: '', bypass: '', autoConfigUrl: '' });
  return computer;
}

test('LAN and every dial-up and VPN entry go through the endpoint, in one start of PowerShell, and running programs are told', async () => {
  const computer = createOffice();
  const backend = backendOf(computer);
  const present = await backend.read(signal);
  assert.equal(backend.meaning(present).pacUrl, corporate.autoConfigUrl);
  const ours = backend.wanted(target, present);
  await backend.write(ours, signal);
  assert.equal(computer.told, 1);
  const now = await backend.read(signal);
  assert.deepEqual(now, { ...present, ...ours });
  assert.deepEqual(backend.meaning(now), {
    mode: 'manual',
    http: '127.0.0.1:2018',
    https: '127.0.0.1:2018',
    socks: null,
    pacUrl: corporate.autoConfigUrl,
  });
  assert.deepEqual(getConnection(computer, 'VPN-подключение'), {
    flags: 3,
    server: '127.0.0.1:2018',
    bypass: '127.*;*.local;<local>',
    autoConfigUrl: '',
  });
  assert.deepEqual(computer.registry.settings.get('ProxyEnable'), ['REG_DWORD', '0x1']);
});

for (const powershell of ['works', 'missing', 'language mode', 'too slow', 'reads no input'] as const) {
  test(`what was before comes back exactly: PowerShell ${powershell}`, async () => {
    await using folder = await temporaryFolder();
    const computer = createOffice();
    if (powershell !== 'works') computer.entries.pop(); // its name is beyond what reg.exe prints
    computer.powershell = powershell;
    const before = dump(computer);
    await apply(backendOf(computer), target, { ...parts(computer), folder: folder.path }, signal);
    assert.equal(getConnection(computer, '').server, '127.0.0.1:2018');
    assert.equal(getConnection(computer, 'Work').server, '127.0.0.1:2018');
    assert.equal(await restoreLeftover({ ...parts(computer), folder: folder.path }, signal), 'restored');
    assert.equal(dump(computer), before);
  });
}

for (const powershell of ['works', 'missing'] as const) {
  test(`killed at any moment of turning on or off, the next one restores everything: PowerShell ${powershell}`, () =>
    killAnywhere(() => {
      const computer = createOffice();
      computer.powershell = powershell;
      // That the start entry cannot be removed is forgiven: one who died of it would go on.
      const isChange: Victim['isChange'] = (_command, [verb = '', key = ''], options) =>
        verb === 'add' || (verb === 'delete' && !key.endsWith('RunOnce')) || !!options?.input;
      return { parts: parts(computer), dump: () => dump(computer), isChange };
    }, target));
}

test('turning on and off takes no more than three starts of PowerShell, and a change by another program is seen all the same', async () => {
  await using folder = await temporaryFolder();
  const computer = createOffice();
  const backend = backendOf(computer);
  const journal = await apply(backend, target, { ...parts(computer), folder: folder.path }, signal);
  assert.equal(await restore(backend, journal, { ...parts(computer), folder: folder.path }, signal), true);
  assert.equal(computer.starts, 3); // what was before, on, off
  setConnection(computer, 'Work', { flags: 3, server: 'theirs:1', bypass: '', autoConfigUrl: '' });
  assert.equal((await backend.read(signal))['server@Work'], 'theirs:1');
});

test('restoring what a program has left takes one start of PowerShell; where there is a doubt, a second', async () => {
  for (const [starts, prepare, meanwhile] of [
    [1, (office: WindowsComputer) => office.entries.pop(), () => {}], // the name of that one is beyond what reg.exe prints
    [2, () => {}, () => {}],
    [2, (office: WindowsComputer) => office.entries.pop(), forgetPlainValues],
  ] as const) {
    await using folder = await temporaryFolder();
    const computer = createOffice();
    prepare(computer);
    const before = dump(computer);
    await apply(backendOf(computer), target, { ...parts(computer), folder: folder.path }, signal);
    meanwhile(computer);
    computer.starts = computer.told = 0;
    assert.equal(await restoreLeftover({ ...parts(computer), folder: folder.path }, signal), 'restored');
    assert.deepEqual([computer.starts, computer.told, dump(computer)], [starts, 1, before]);
  }
});

/** As programs do that know only the plain values: WinINET does not follow. */
const forgetPlainValues = ({ registry }: WindowsComputer) => void registry.settings.set('ProxyEnable', ['REG_DWORD', '0x0']);

test('without PowerShell, a computer on which nothing was ever set is so again', async () => {
  await using folder = await temporaryFolder();
  const computer = createWindowsComputer();
  computer.powershell = 'missing';
  const before = dump(computer);
  await apply(backendOf(computer), target, { ...parts(computer), folder: folder.path }, signal);
  assert.equal(await restoreLeftover({ ...parts(computer), folder: folder.path }, signal), 'restored');
  assert.equal(dump(computer), before);
});

test('what another program has set meanwhile stays; what is still ours is restored', async () => {
  await using folder = await temporaryFolder();
  const computer = createOffice();
  const before = getConnection(computer, 'Work');
  await apply(backendOf(computer), target, { ...parts(computer), folder: folder.path }, signal);
  const other = { flags: 3, server: '127.0.0.1:7890', bypass: 'theirs', autoConfigUrl: corporate.autoConfigUrl };
  setConnection(computer, '', other);
  assert.equal(await restoreLeftover({ ...parts(computer), folder: folder.path }, signal), 'left-alone');
  assert.deepEqual(getConnection(computer, ''), other);
  assert.deepEqual(getConnection(computer, 'Work'), before);
});

test('a program that knows only the plain values of the registry is seen by the fallback', async () => {
  const computer = createWindowsComputer();
  computer.powershell = 'missing';
  computer.registry.settings.set('ProxyEnable', ['REG_DWORD', '0x1']).set('ProxyServer', ['REG_SZ', '127.0.0.1:7890']);
  const backend = backendOf(computer);
  assert.equal(backend.meaning(await backend.read(signal)).http, '127.0.0.1:7890');
  await backend.write(backend.off(await backend.read(signal)), signal);
  assert.equal(backend.meaning(await backend.read(signal)).mode, 'none');
});

test('where a policy bars reg.exe, PowerShell does; without either it is an error', async () => {
  await using folder = await temporaryFolder();
  const computer = createOffice();
  computer.reg = 'barred';
  const before = dump(computer);
  await apply(backendOf(computer), target, { ...parts(computer), folder: folder.path }, signal);
  assert.equal(getConnection(computer, 'VPN-подключение').server, '127.0.0.1:2018');
  assert.equal(await restoreLeftover({ ...parts(computer), folder: folder.path }, signal), 'restored');
  assert.equal(dump(computer), before);
  computer.powershell = 'missing';
  await assert.rejects(backendOf(computer).read(signal), { code: 'system-proxy-failed' });
});

for (const powershell of ['works', 'missing'] as const) {
  test(`settings that belong to the whole computer are refused before anything is changed: PowerShell ${powershell}`, async () => {
    await using folder = await temporaryFolder();
    const computer = createOffice();
    computer.powershell = powershell;
    const before = dump(computer);
    computer.managed = true;
    await assert.rejects(apply(backendOf(computer), target, { ...parts(computer), folder: folder.path }, signal), {
      code: 'system-proxy-denied',
    });
    assert.equal(dump(computer), before);
    assert.equal(await restoreLeftover({ ...parts(computer), folder: folder.path }, signal), 'nothing');
  });
}

test('the switch says what Windows says, and leaves alone what another program has taken over', async () => {
  await using folder = await temporaryFolder();
  const computer = createOffice();
  const work = getConnection(computer, 'Work');
  await using proxy = await startSwitch({ folder: folder.path, env: {} }, parts(computer));
  const { other } = await proxy.until(({ status }) => status === 'off');
  assert.equal(other, corporate.autoConfigUrl);
  await proxy.turn(true);
  assert.deepEqual([proxy.state().status, proxy.state().desktop, proxy.state().other], ['on', 'Windows', null]);

  setConnection(computer, '', { ...getConnection(computer, ''), server: '127.0.0.1:7890' });
  proxy.wake();
  assert.equal((await proxy.until(({ status }) => status === 'changed')).other, '127.0.0.1:7890');
  await proxy.turn(false);
  assert.deepEqual([proxy.state().status, proxy.state().leftAlone], ['off', true]);
  assert.equal(getConnection(computer, '').server, '127.0.0.1:7890');
  assert.deepEqual(getConnection(computer, 'Work'), work);
});
