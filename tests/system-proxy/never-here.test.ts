/** Whatever other programs do while it is on: once it is off, nothing that is in effect leads to where nobody listens. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { apply } from '../../main/system-proxy/apply.ts';
import type { BackendParts } from '../../main/system-proxy/backend.ts';
import { createBackend, findDesktop } from '../../main/system-proxy/backends.ts';
import { restoreLeftover } from '../../main/system-proxy/restore.ts';
import { createMacosComputer, freshService, type MacosService } from '../rigs/macos-computer.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { temporaryFolder } from '../rigs/programs.ts';
import { createWindowsComputer, getConnection, setConnection } from '../rigs/windows-computer.ts';

assertNothingLeftOpen();

const signal = AbortSignal.timeout(120_000);
const pac = 'http://127.0.0.1:2019/pac';
const target = (isScript: boolean) => ({ host: '127.0.0.1', port: 2018, pacUrl: isScript ? pac : null, bypass: ['*.local'] });
const numRuns = 40;

async function turnOnAndOff(parts: BackendParts, isScript: boolean, meanwhile: () => void): Promise<void> {
  await using folder = await temporaryFolder();
  const backend = createBackend(findDesktop(parts).id ?? assert.fail(), parts) ?? assert.fail();
  const rest = { ...parts, folder: folder.path, startEntry: null };
  await apply(backend, target(isScript), rest, signal);
  meanwhile();
  await restoreLeftover(rest, signal);
}

test('on macOS', async () => {
  const kind = fc.constantFrom('web', 'secureweb', 'socksfirewall');
  const edit = fc.oneof(
    fc.tuple(kind, fc.boolean()).map(
      ([name, enabled]) =>
        (service: MacosService) =>
          void Object.assign(service[name], { enabled }),
    ),
    kind.map((name) => (service: MacosService) => {
      service[name] = { enabled: true, server: '127.0.0.1', port: '7890', login: false };
    }),
    fc.boolean().map((enabled) => (service: MacosService) => {
      service.script = { enabled, url: 'http://theirs/pac' };
    }),
    fc.boolean().map((enabled) => (service: MacosService) => void Object.assign(service.script, { enabled })),
    fc.boolean().map((discovery) => (service: MacosService) => void Object.assign(service, { discovery })),
  );
  const before = fc.array(edit, { maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(before, fc.boolean(), fc.array(edit, { maxLength: 4 }), async (first, isScript, edits) => {
      const wifi = freshService('en0');
      for (const change of first) change(wifi);
      const { run } = createMacosComputer({ 'Wi-Fi': wifi });
      await turnOnAndOff({ run, platform: 'darwin', env: {} }, isScript, () => {
        for (const change of edits) change(wifi);
      });
      const { script, ...proxies } = wifi;
      assert.ok(!script.enabled || script.url !== pac, JSON.stringify(wifi));
      for (const name of ['web', 'secureweb', 'socksfirewall'] as const) {
        assert.ok(!proxies[name].enabled || proxies[name].port !== '2018', JSON.stringify(wifi));
      }
    }),
    { numRuns },
  );
});

test('on Windows', async () => {
  const flags = fc.nat(7).map((bits) => bits * 2 + 1);
  const texts = {
    server: fc.constantFrom('', '127.0.0.1:7890'),
    bypass: fc.constantFrom('', '*.theirs'),
    autoConfigUrl: fc.constantFrom('', 'http://theirs/pac'),
  };
  const edit = fc.record({ flags, ...texts }, { requiredKeys: [] });
  const powershell = fc.constantFrom('works' as const, 'missing' as const);
  await fc.assert(
    fc.asyncProperty(powershell, edit, fc.boolean(), fc.array(edit, { maxLength: 3 }), async (how, first, isScript, edits) => {
      const computer = createWindowsComputer(first);
      computer.powershell = how;
      await turnOnAndOff({ run: computer.run, platform: 'win32', env: { SystemRoot: 'C:\\Windows' } }, isScript, () => {
        for (const change of edits) setConnection(computer, '', { ...getConnection(computer, ''), ...change });
      });
      const lan = getConnection(computer, '');
      assert.ok((lan.flags & 2) === 0 || lan.server !== '127.0.0.1:2018', JSON.stringify(lan));
      assert.ok((lan.flags & 4) === 0 || lan.autoConfigUrl !== pac, JSON.stringify(lan));
    }),
    { numRuns },
  );
});
