import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { apply } from '../../main/system-proxy/apply.ts';
import type { Run } from '../../main/system-proxy/backend.ts';
import { createBackend, findDesktop } from '../../main/system-proxy/backends.ts';
import { restoreLeftover } from '../../main/system-proxy/restore.ts';
import { run } from '../../main/system-proxy/run.ts';
import { findStartEntry } from '../../main/system-proxy/start-entry.ts';
import { SystemProxyError } from '../../main/system-proxy/system-proxy-error.ts';
import { startHeadless } from '../rigs/headless.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { temporaryFolder } from '../rigs/programs.ts';

assertNothingLeftOpen();

const { platform, env } = process;
const isReal = env.PAPERPLANE_SYSTEM_PROXY === 'real';
const skip = !isReal && 'changes the settings of this computer: only with PAPERPLANE_SYSTEM_PROXY=real, as CI does on Windows and macOS';
const windowsOnly = skip || (platform !== 'win32' && 'only on Windows');
const macosOnly = skip || (platform !== 'darwin' && 'only on macOS');

const target = { host: '127.0.0.1', port: 2018, pacUrl: null, bypass: ['127.0.0.0/8', '10.0.0.0/8', '*.local', 'example.org'] };
const pac = { ...target, pacUrl: 'http://127.0.0.1:2018/pac' };
const signal = () => AbortSignal.timeout(60_000);
const settingsKey = 'HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings';

function open(through: Run = run) {
  const { id } = findDesktop({ platform, env });
  const backend = id && createBackend(id, { run: through, platform, env });
  return backend ?? assert.fail('there is no backend for this system');
}

/** What the system says, by another way than ours. */
function askSystem(): string {
  if (platform === 'darwin') return execFileSync('scutil', ['--proxy'], { encoding: 'utf8' });
  return execFileSync('reg', ['query', settingsKey], { encoding: 'utf8' });
}

/** What is started at the next login, by the system's own tool; throws where nothing is. */
function askStartEntry(place: string): string {
  if (platform === 'darwin') return execFileSync('plutil', ['-convert', 'json', '-o', '-', place], { encoding: 'utf8' });
  return execFileSync('reg', ['query', 'HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\RunOnce', '/v', place], { encoding: 'utf8' });
}

/** Resolves once the system says so, or not any more: macOS takes a moment. */
async function untilSystem(says: RegExp, isSo = true): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (says.test(askSystem()) !== isSo) {
    assert.ok(performance.now() < deadline, `${isSo ? 'not' : 'still'} ${says}: ${askSystem()}`);
    await sleep(50);
  }
}

/** Turns on and off by `through`; everything is as before in the end, and in between as the system itself tells. */
async function turnOnAndOff(wanted: typeof target | typeof pac, expected: RegExp, through: Run = run): Promise<void> {
  await using folder = await temporaryFolder();
  const { place, write } = findStartEntry({ run: through, platform, env });
  const startEntry = { place, write: () => write({ args: [process.execPath, '--version'], isNode: true }, signal()) };
  const parts = { run: through, platform, env, folder: folder.path, startEntry };
  const before = await open(through).read(signal());
  const started = performance.now();
  const { ours } = await apply(open(through), wanted, parts, signal());
  const on = performance.now();
  try {
    await untilSystem(expected);
    assert.ok(Object.keys(ours[0] ?? {}).length > 0);
    assert.match(askStartEntry(place), /--version/);
  } finally {
    assert.equal(await restoreLeftover(parts, signal()), 'restored');
  }
  console.log(`on in ${Math.round(on - started)} ms, off in ${Math.round(performance.now() - on)} ms`);
  assert.deepEqual(await open(through).read(signal()), before);
  assert.throws(() => askStartEntry(place));
  await untilSystem(expected, false);
}

const leadsTo = (port: number) =>
  new RegExp(platform === 'darwin' ? `HTTPSEnable : 1[^]*HTTPSPort : ${port}` : `ProxyServer +REG_SZ +127\\.0\\.0\\.1:${port}`);
const manual = leadsTo(2018);
const script =
  platform === 'darwin'
    ? /ProxyAutoConfigURLString : http:\/\/127\.0\.0\.1:2018\/pac/
    : /AutoConfigURL +REG_SZ +http:\/\/127\.0\.0\.1:2018\/pac/;

test('this computer follows the switch on and off', { skip }, () => turnOnAndOff(target, manual));

test('this computer follows a script on and off', { skip }, () => turnOnAndOff(pac, script));

test('killed, the program leaves a watchdog that restores', { skip }, async () => {
  await using program = await startHeadless(['--system-proxy']);
  const { port } = await program.endpoint();
  await program.state(({ systemProxy }) => systemProxy?.status === 'on');
  await untilSystem(leadsTo(port));
  await program.end('SIGKILL');
  const killed = performance.now();
  await untilSystem(leadsTo(port), false);
  console.log(`restored ${Math.round(performance.now() - killed)} ms after the kill`);
});

test('a proxy that the person had set comes back', { skip: windowsOnly }, async () => {
  const set = (...args: string[]) => execFileSync('reg', ['add', settingsKey, '/v', ...args, '/f']);
  set('ProxyServer', '/t', 'REG_SZ', '/d', 'proxy.corp.example:8080');
  set('ProxyOverride', '/t', 'REG_SZ', '/d', '*.corp.example;<local>');
  set('ProxyEnable', '/t', 'REG_DWORD', '/d', '1');
  try {
    await turnOnAndOff(target, manual);
    assert.match(askSystem(), /ProxyServer +REG_SZ +proxy\.corp\.example:8080/);
    assert.match(askSystem(), /ProxyEnable +REG_DWORD +0x1/);
  } finally {
    await open().write(open().off(await open().read(signal())), signal());
  }
});

test('VPN entries are set and restored too, whatever their names are', { skip: windowsOnly }, async () => {
  const powershell = (command: string) => execFileSync('powershell', ['-NoProfile', '-Command', command]);
  powershell("Add-VpnConnection -Name ([char]0x41F + 'aperplane VPN') -ServerAddress 192.0.2.1");
  try {
    const present = await open().read(signal());
    assert.ok(Object.hasOwn(present, 'server@Пaperplane VPN'), Object.keys(present).join());
    await turnOnAndOff(target, manual);
  } finally {
    powershell("Remove-VpnConnection -Name ([char]0x41F + 'aperplane VPN') -Force");
  }
});

test('without PowerShell, the registry does', { skip: windowsOnly }, () =>
  turnOnAndOff(target, manual, async (command, ...rest) => {
    if (command.endsWith('powershell.exe')) throw new SystemProxyError('system-proxy-tool-missing');
    return run(command, ...rest);
  }),
);

test('what was set on each service comes back', { skip: macosOnly }, async () => {
  const [service = assert.fail()] = Object.keys(await open().read(signal())).flatMap((key) => /^web@(.*)$/s.exec(key)?.[1] ?? []);
  const networksetup = (...args: string[]) => execFileSync('networksetup', args, { encoding: 'utf8' });
  networksetup('-setwebproxy', service, 'proxy.corp.example', '8080');
  networksetup('-setproxybypassdomains', service, '*.corp.example', '169.254/16');
  networksetup('-setautoproxyurl', service, 'http://proxy.corp.example/proxy.pac');
  networksetup('-setautoproxystate', service, 'off');
  try {
    await turnOnAndOff(target, manual);
    assert.match(networksetup('-getwebproxy', service), /Enabled: Yes\nServer: proxy\.corp\.example\nPort: 8080/);
    assert.match(networksetup('-getautoproxyurl', service), /URL: http:\/\/proxy\.corp\.example\/proxy\.pac\nEnabled: No/);
    assert.match(networksetup('-getproxybypassdomains', service), /^\*\.corp\.example\n169\.254\/16\n$/);
  } finally {
    networksetup('-setwebproxystate', service, 'off');
  }
});
