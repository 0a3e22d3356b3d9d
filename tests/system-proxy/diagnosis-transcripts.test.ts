/** "Fix my internet" on Windows and macOS, by what their tools print. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { BackendParts } from '../../main/system-proxy/backend.ts';
import { type DiagnosisParts, diagnose, repair } from '../../main/system-proxy/diagnosis/diagnosis.ts';
import { diagnosed } from '../rigs/diagnosed.ts';
import { startHome } from '../rigs/home.ts';
import { refusingPort } from '../rigs/loopback-server.ts';
import { createMacosComputer, freshService } from '../rigs/macos-computer.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { createWindowsComputer, getConnection } from '../rigs/windows-computer.ts';

assertNothingLeftOpen();

const partsOf = ({ folders }: Awaited<ReturnType<typeof startHome>>, computer: BackendParts) => diagnosed(folders, computer);
const findings = async (parts: DiagnosisParts) => (await diagnose(parts)).findings;

test('Windows: a proxy that another program left is turned off after the yes; automatic detection stays, and is no fault', async () => {
  await using home = await startHome();
  const server = `127.0.0.1:${await refusingPort()}`;
  const computer = createWindowsComputer({ flags: 11, server, bypass: '<local>' });
  const parts = partsOf(home, { run: computer.run, platform: 'win32', env: { SystemRoot: 'C:\\Windows' } });
  const [finding, ...others] = await findings(parts);
  assert.deepEqual([finding?.code, finding?.place, finding?.address, others], ['system-proxy-dead', 'Windows', server, []]);
  assert.deepEqual(finding?.change, { kind: 'settings', changes: [{ setting: 'proxy@', before: 'on', after: 'off' }] });
  assert.equal(getConnection(computer, '').flags, 11);
  await repair(parts, finding.id);
  assert.deepEqual(getConnection(computer, ''), { flags: 9, server, bypass: '<local>', autoConfigUrl: '' });
  assert.deepEqual(await findings(parts), []);
});

test('macOS: a proxy that another program left on the service in use is turned off after the yes, its address stays', async () => {
  await using home = await startHome();
  const port = String(await refusingPort());
  const proxy = { enabled: true, server: '127.0.0.1', port, login: false };
  const computer = createMacosComputer({ 'Wi-Fi': freshService('en0', { web: { ...proxy }, secureweb: { ...proxy }, discovery: true }) });
  const parts = partsOf(home, { run: computer.run, platform: 'darwin', env: {} });
  const [finding, ...others] = await findings(parts);
  assert.deepEqual([finding?.code, finding?.place, finding?.address, others], ['system-proxy-dead', 'macOS', `127.0.0.1:${port}`, []]);
  assert.deepEqual(computer.changes, []);
  await repair(parts, finding?.id ?? '');
  const { web, secureweb, discovery } = computer.services['Wi-Fi'] ?? assert.fail();
  assert.deepEqual([web, secureweb, discovery], [{ ...proxy, enabled: false }, { ...proxy, enabled: false }, true]);
  assert.deepEqual(await findings(parts), []);
});
