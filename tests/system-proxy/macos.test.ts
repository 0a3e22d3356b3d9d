import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apply } from '../../main/system-proxy/apply.ts';
import type { Backend, Run } from '../../main/system-proxy/backend.ts';
import { createBackend } from '../../main/system-proxy/backends.ts';
import { restoreLeftover } from '../../main/system-proxy/restore.ts';
import { killAnywhere } from '../rigs/kill-anywhere.ts';
import { createMacosComputer, freshService, type MacosComputer } from '../rigs/macos-computer.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { temporaryFolder } from '../rigs/programs.ts';
import { startSwitch } from '../rigs/system-switch.ts';

assertNothingLeftOpen();

const signal = AbortSignal.timeout(60_000);
const target = { host: '127.0.0.1', port: 2018, pacUrl: null, bypass: ['127.0.0.0/8', '*.local'] };

const parts = ({ run }: { run: Run }) => ({ run, platform: 'darwin', env: {}, startEntry: null }) as const;
const backendOf = (computer: { run: Run }): Backend => createBackend('macos', parts(computer)) ?? assert.fail();
const dump = ({ services }: MacosComputer) => JSON.stringify(services);

/** Cable with a proxy and a script of the office, Wi-Fi with nothing, a service that is switched off, a VPN without proxy settings. */
const createOffice = (): MacosComputer =>
  createMacosComputer({
    "Office «LAN» of O'Brien": freshService('en7', {
      web: { enabled: true, server: 'proxy.corp.example', port: '8080', login: false },
      secureweb: { enabled: false, server: 'old.corp.example', port: '8443', login: false },
      bypass: ['*.corp.example'],
      script: { enabled: true, url: 'http://corp.example/proxy.pac' },
      discovery: true,
    }),
    'Wi-Fi': freshService('en0'),
    'Thunderbolt Bridge': freshService('bridge0', { disabled: true }),
  });

test('every service that is switched on gets the endpoint, the primary one first', async () => {
  const computer = createOffice();
  const backend = backendOf(computer);
  const present = await backend.read(signal);
  const ours = backend.wanted(target, present);
  await backend.write(ours, signal);
  assert.equal(computer.changes[0]?.[1], 'Wi-Fi');
  for (const name of ['Wi-Fi', "Office «LAN» of O'Brien"]) {
    const { web, secureweb, socksfirewall, script, discovery } = computer.services[name] ?? assert.fail();
    for (const proxy of [web, secureweb, socksfirewall]) {
      assert.deepEqual(proxy, { enabled: true, server: '127.0.0.1', port: '2018', login: false });
    }
    assert.ok(!script.enabled && !discovery);
  }
  assert.deepEqual(computer.services['Thunderbolt Bridge'], freshService('bridge0', { disabled: true }));
  const now = await backend.read(signal);
  assert.deepEqual(now, { ...present, ...ours });
  assert.deepEqual(backend.meaning(now), {
    mode: 'manual',
    http: '127.0.0.1:2018',
    https: '127.0.0.1:2018',
    socks: '127.0.0.1:2018',
    pacUrl: null,
  });
});

for (const pacUrl of [null, 'http://127.0.0.1:5/pac']) {
  test(`what was before comes back exactly: ${pacUrl === null ? 'proxies' : 'script'}`, async () => {
    await using folder = await temporaryFolder();
    const computer = createOffice();
    const before = dump(computer);
    await apply(backendOf(computer), { ...target, pacUrl }, { ...parts(computer), folder: folder.path }, signal);
    assert.notEqual(dump(computer), before);
    assert.equal(await restoreLeftover({ ...parts(computer), folder: folder.path }, signal), 'restored');
    assert.equal(dump(computer), before);
  });
}

test('killed at any moment of turning on or off, the next one restores everything', () =>
  killAnywhere(() => {
    const computer = createOffice();
    return { parts: parts(computer), dump: () => dump(computer), isChange: (_command, [verb]) => verb?.startsWith('-set') ?? false };
  }, target));

test('where an administrator is wanted it says so, and nothing is changed', async () => {
  await using folder = await temporaryFolder();
  const computer = createOffice();
  computer.administrator = 'asks';
  const before = dump(computer);
  await assert.rejects(apply(backendOf(computer), target, { ...parts(computer), folder: folder.path }, signal), {
    code: 'system-proxy-administrator',
  });
  assert.equal(dump(computer), before);
  assert.equal(computer.changes.length, 1); // it does not try again and again
  assert.equal(await restoreLeftover({ ...parts(computer), folder: folder.path }, signal), 'nothing');
});

test('a proxy in use whose password is in the keychain is not overwritten; one that is switched off is', async () => {
  await using folder = await temporaryFolder();
  const computer = createMacosComputer({
    'Wi-Fi': freshService('en0', { web: { enabled: true, server: 'proxy', port: '1', login: true } }),
  });
  const before = dump(computer);
  await assert.rejects(apply(backendOf(computer), target, { ...parts(computer), folder: folder.path }, signal), {
    code: 'system-proxy-login',
  });
  assert.equal(dump(computer), before);
  Object.assign(computer.services['Wi-Fi']?.web ?? assert.fail(), { enabled: false });
  await apply(backendOf(computer), target, { ...parts(computer), folder: folder.path }, signal);
  assert.ok(computer.services['Wi-Fi']?.web.enabled);
});

test('where an empty server is refused, restoring ends with everything switched off', async () => {
  await using folder = await temporaryFolder();
  const computer = createMacosComputer({ 'Wi-Fi': freshService('en0') });
  computer.clears = false;
  const before = await backendOf(computer).read(signal);
  await apply(backendOf(computer), target, { ...parts(computer), folder: folder.path }, signal);
  assert.equal(await restoreLeftover({ ...parts(computer), folder: folder.path }, signal), 'restored');
  assert.deepEqual(await backendOf(computer).read(signal), before);
  assert.equal(computer.services['Wi-Fi']?.web.enabled, false);
});

test('what another program has set meanwhile stays; a service that is deleted does not stop the others', async () => {
  await using folder = await temporaryFolder();
  const computer = createOffice();
  await apply(backendOf(computer), target, { ...parts(computer), folder: folder.path }, signal);
  const wifi = computer.services['Wi-Fi'] ?? assert.fail();
  const theirs = { enabled: true, server: '127.0.0.1', port: '7890', login: false };
  wifi.web = theirs;
  delete computer.services["Office «LAN» of O'Brien"];
  assert.equal(await restoreLeftover({ ...parts(computer), folder: folder.path }, signal), 'left-alone');
  assert.deepEqual(wifi.web, theirs);
  assert.equal(wifi.secureweb.enabled, false);
});

test('a service that takes no proxy does not keep the others from it, unless it leads here', async () => {
  await using folder = await temporaryFolder();
  const computer = createOffice();
  computer.services.Tailscale = freshService('', { refuses: true });
  const before = dump(computer);
  const backend = backendOf(computer);
  await apply(backend, target, { ...parts(computer), folder: folder.path }, signal);
  assert.equal(computer.services['Wi-Fi']?.web.server, '127.0.0.1');
  assert.equal(await restoreLeftover({ ...parts(computer), folder: folder.path }, signal), 'restored');
  assert.equal(dump(computer), before);

  const leadsHere = { enabled: true, server: '127.0.0.1', port: '2018', login: false };
  const stuck = backendOf(createMacosComputer({ Tailscale: freshService('', { refuses: true, web: leadsHere }) }));
  await assert.rejects(stuck.write({ 'webState@Tailscale': 'off' }, signal), { code: 'system-proxy-failed' });
});

test('when the time is up in the middle of a change, what was changed is still put back', async () => {
  await using folder = await temporaryFolder();
  const computer = createOffice();
  const before = dump(computer);
  const timeIsUp = new AbortController();
  const run: Run = async (...args) => {
    if (computer.changes.length === 3) timeIsUp.abort();
    return computer.run(...args);
  };
  await assert.rejects(apply(backendOf({ run }), target, { ...parts({ run }), folder: folder.path }, timeIsUp.signal));
  assert.ok(computer.changes.length > 3);
  assert.equal(dump(computer), before);
});

test('a network service that is new is covered without a word, one that somebody has changed is not touched', async () => {
  await using folder = await temporaryFolder();
  const computer = createMacosComputer({ 'Wi-Fi': freshService('en0') });
  await using proxy = await startSwitch({ folder: folder.path, env: {} }, { ...parts(computer), env: { HOME: folder.path } });
  await proxy.turn(true);
  assert.equal(proxy.state().status, 'on');

  computer.services['iPhone USB'] = freshService('en5');
  computer.primary = 'en5';
  proxy.wake();
  await proxy.until(({ status }) => status === 'changed'); // the truth, until it is set there as well
  await proxy.until(({ status }) => status === 'on');
  assert.ok(computer.services['iPhone USB'].web.enabled);

  computer.services['iPhone USB'].web = { enabled: true, server: '10.0.0.1', port: '8080', login: false };
  proxy.wake();
  const { other } = await proxy.until(({ status }) => status === 'changed');
  assert.equal(other, '10.0.0.1:8080, 127.0.0.1:2018');
  await proxy.turn(false);
  assert.deepEqual(computer.services['Wi-Fi'], freshService('en0'));
  assert.equal(computer.services['iPhone USB'].web.server, '10.0.0.1');
});

test('a computer without a service that answers is an error, not an empty setting', async () => {
  const backend = backendOf(createMacosComputer({}));
  await assert.rejects(backend.read(signal), { code: 'system-proxy-failed' });
});
