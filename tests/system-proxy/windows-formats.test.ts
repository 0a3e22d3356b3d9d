import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { toWindowsBypass } from '../../main/system-proxy/windows/bypass.ts';
import { readConnectionBlob, writeConnectionBlob } from '../../main/system-proxy/windows/connection-blob.ts';
import { parseRegistry, readConnections, registryCommands } from '../../main/system-proxy/windows/registry.ts';
import { company, meaning, off, toChanges, toSettings, wanted } from '../../main/system-proxy/windows/settings.ts';
import { parseAnswer, printRequest, wininetArguments } from '../../main/system-proxy/windows/wininet-script.ts';
import { wininetSource } from '../../main/system-proxy/windows/wininet-source.ts';
import { bypassPattern } from '../../preload/system-proxy.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { missing, temporaryFolder } from '../rigs/programs.ts';

assertNothingLeftOpen();

const latin1 = fc.string({ unit: fc.integer({ min: 1, max: 255 }).map((code) => String.fromCharCode(code)), maxLength: 300 });
const connection = fc.record({ flags: fc.nat(15), server: latin1, bypass: latin1, autoConfigUrl: latin1 });

test('a connection blob of Windows is read', () => {
  // as regedit shows DefaultConnectionSettings: proxy on, automatic detection on, 127.0.0.1:8888, <local>
  const hex = `46000000${'2a000000'}${'0b000000'}${'0e000000'}${Buffer.from('127.0.0.1:8888').toString('hex')}${'07000000'}${Buffer.from('<local>').toString('hex')}${'00000000'}${'00'.repeat(32)}`;
  const blob = readConnectionBlob(Buffer.from(hex, 'hex'));
  assert.ok(blob);
  const { tail, ...settings } = blob;
  assert.deepEqual(settings, { counter: 42, flags: 11, server: '127.0.0.1:8888', bypass: '<local>', autoConfigUrl: '' });
  assert.equal(tail.length, 32);
  assert.equal(writeConnectionBlob(settings, { ...blob, counter: 41 }).toString('hex'), hex);
});

test('a connection blob survives writing and reading, and garbage is refused', () => {
  fc.assert(
    fc.property(connection, fc.nat(), (settings, counter) => {
      const before = { ...settings, counter, tail: Buffer.from('tail') };
      const { tail, ...read } = readConnectionBlob(writeConnectionBlob(settings, before)) ?? assert.fail();
      assert.deepEqual(read, { ...settings, counter: counter + 1 });
      assert.equal(tail.toString(), 'tail');
    }),
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => void readConnectionBlob(Buffer.from(bytes))));
  fc.assert(
    fc.property(connection, fc.nat(), (settings, at) => {
      const whole = writeConnectionBlob(settings, null);
      assert.equal(readConnectionBlob(whole.subarray(0, Math.min(at, whole.length - 33))), null);
    }),
  );
  assert.throws(() => writeConnectionBlob({ flags: 1, server: 'прокси', bypass: '', autoConfigUrl: '' }, null), RangeError);
});

test('bypass entries are in Windows’ own words', () => {
  assert.deepEqual(toWindowsBypass(['localhost', '127.0.0.0/8', '::1', '10.0.0.0/8', '192.168.0.0/16', '*.local', 'fe80::/10']), [
    'localhost',
    '*.localhost',
    '127.*',
    '[::1]',
    '10.*',
    '192.168.*',
    '*.local',
    '<local>',
  ]);
  assert.ok(!toWindowsBypass(['localhost', 'my.local']).includes('<local>')); // who takes *.local out means it
  const private172 = toWindowsBypass(['172.16.0.0/12']);
  assert.deepEqual([private172.length, private172[0], private172[15]], [16, '172.16.*', '172.31.*']);
  assert.deepEqual(toWindowsBypass(['example.org', '.example.com', '192.0.2.7', '192.0.2.128/30', '192.0.2.9/32', '0.0.0.0/0']), [
    'example.org',
    '*.example.org',
    '*.example.com',
    '192.0.2.7',
    '192.0.2.128',
    '192.0.2.129',
    '192.0.2.130',
    '192.0.2.131',
    '192.0.2.9',
  ]);
});

test('no bypass entry ever has a slash or a semicolon, whatever range it comes from', () => {
  const entry = fc.oneof(
    fc.stringMatching(bypassPattern),
    fc.tuple(fc.ipV4(), fc.nat(40)).map(([address, length]) => `${address}/${length}`),
    fc.tuple(fc.ipV6(), fc.nat(140)).map(([address, length]) => `${address}/${length}`),
    fc.string(),
  );
  fc.assert(
    fc.property(
      fc.array(
        entry.filter((text) => bypassPattern.test(text)),
        { maxLength: 5 },
      ),
      (entries) => {
        const printed = toWindowsBypass(entries);
        assert.ok(
          printed.every((text) => text !== '' && text !== '*' && !/[/;\s]/.test(text)),
          printed.join(' '),
        );
        assert.ok(printed.length <= entries.length * 128);
      },
    ),
  );
});

const transcript = `
HKEY_CURRENT_USER\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings
    CertificateRevocation    REG_DWORD    0x1
    DisableCachingOfSSLPages    REG_DWORD    0x0
    User Agent    REG_SZ    Mozilla/4.0 (compatible; MSIE 8.0; Win32)
    ZonesSecurityUpgrade    REG_BINARY    BE3AF7A6D7C2D801
    ProxyEnable    REG_DWORD    0x1
    MigrateProxy    REG_DWORD    0x1
    ProxyServer    REG_SZ    proxy.corp.example:8080
    ProxyOverride    REG_SZ    *.corp.example;<local>
    AutoConfigURL    REG_SZ
\r
HKEY_CURRENT_USER\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings\\Connections
HKEY_CURRENT_USER\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings\\Zones
`;

test('what reg prints is read in any language, with either line end', () => {
  for (const printed of [transcript, transcript.replaceAll('\n', '\r\n')]) {
    const values = parseRegistry(printed);
    assert.equal(values.get('ProxyServer'), 'proxy.corp.example:8080');
    assert.equal(values.get('User Agent'), 'Mozilla/4.0 (compatible; MSIE 8.0; Win32)');
    assert.equal(values.get('AutoConfigURL'), '');
    assert.equal(values.size, 9);
  }
  assert.equal(parseRegistry('ОШИБКА: Не удается найти указанный раздел или параметр в реестре.').size, 0);
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme-ascii', minLength: 1 }).filter((name) => !/ {4}REG_|^\s|\s$/.test(name)),
      fc.stringMatching(/^[!-~](?:[ -~]{0,40}[!-~])?$/),
      (name, value) => assert.deepEqual([...parseRegistry(`    ${name}    REG_SZ    ${value}\r\n`)], [[name, value]]),
    ),
  );
});

test('the plain values of the registry count before the blob, which keeps what they cannot say', () => {
  const blob = writeConnectionBlob({ flags: 9, server: 'old:1', bypass: 'old', autoConfigUrl: 'http://old/pac' }, null).toString('hex');
  const vpn = writeConnectionBlob({ flags: 3, server: 'vpn:1', bypass: '', autoConfigUrl: '' }, null).toString('hex');
  const blobs = new Map([
    ['DefaultConnectionSettings', blob],
    ['SavedLegacySettings', blob],
    ['WinHttpSettings', '1800000000000000010000000000000000000000'],
    ['Work VPN', vpn],
    ['broken', '4600'],
  ]);
  const plain = new Map([
    ['ProxyEnable', '0x1'],
    ['ProxyServer', 'new:2'],
  ]);
  assert.deepEqual(readConnections(plain, blobs), [
    { name: '', flags: 11, server: 'new:2', bypass: 'old', autoConfigUrl: 'http://old/pac' },
    { name: 'Work VPN', flags: 3, server: 'vpn:1', bypass: '', autoConfigUrl: '' },
  ]);
  assert.deepEqual(readConnections(new Map(), new Map()), [{ name: '', flags: 1, server: '', bypass: '', autoConfigUrl: '' }]);
});

test('the registry is written in an order that ends with what counts, and what is empty is taken out', () => {
  const lines = registryCommands({ name: '', flags: 1, server: '', bypass: 'a b"c', autoConfigUrl: 'http://kept/pac' }, new Map());
  assert.deepEqual(
    lines.map(([verb, , , name]) => `${verb} ${name}`),
    [
      'delete ProxyServer',
      'add ProxyOverride',
      'delete AutoConfigURL',
      'add ProxyEnable',
      'add SavedLegacySettings',
      'add DefaultConnectionSettings',
    ],
  );
  assert.deepEqual(lines[0]?.slice(2), ['/v', 'ProxyServer', '/f']);
  assert.equal(lines[1]?.[7], 'a b"c');
  const blob = readConnectionBlob(Buffer.from(lines.at(-1)?.[7] ?? '', 'hex'));
  assert.equal(blob?.autoConfigUrl, 'http://kept/pac');
  assert.deepEqual(
    registryCommands({ name: 'VPN', flags: 1, server: '', bypass: '', autoConfigUrl: '' }, new Map()).map(([, , , name]) => name),
    ['VPN'],
  );
});

test('settings and connections say the same, with any name', () => {
  const name = fc.string({ unit: 'grapheme', maxLength: 20 });
  const text = fc.string({ maxLength: 20 });
  const named = fc.record({ name, flags: fc.nat(15), server: text, bypass: text, autoConfigUrl: text }, { noNullPrototype: true });
  fc.assert(
    fc.property(fc.uniqueArray(named, { selector: ({ name }) => name, maxLength: 4 }), (connections) => {
      const expected = connections.map(({ flags, ...texts }) => ({ ...texts, on: flags & 14, off: ~flags & 14 }));
      assert.deepEqual(toChanges(toSettings(connections)), expected);
    }),
  );
  assert.deepEqual(toChanges({ 'proxy@a@b': null, 'script@a@b': 'on', 'bypass@': null }), [
    { name: 'a@b', on: 4, off: 2 },
    { name: '', bypass: '', on: 0, off: 0 },
  ]);
});

test('every connection gets the endpoint; the person’s own bypass list stays, and an unused script too', () => {
  const lan = { name: '', flags: 5, server: '', bypass: '*.corp.example;10.*', autoConfigUrl: 'http://corp/pac' };
  const present = toSettings([lan, { name: 'VPN-подключение', flags: 9, server: '', bypass: '', autoConfigUrl: '' }]);
  const target = { host: '127.0.0.1', port: 2018, pacUrl: null, bypass: ['10.0.0.0/8', '*.local'] };
  const ours = wanted(target, present);
  assert.deepEqual(ours, {
    'server@': '127.0.0.1:2018',
    'bypass@': '*.corp.example;10.*;*.local;<local>',
    'proxy@': 'on',
    'script@': 'off',
    'detection@': 'off',
    'server@VPN-подключение': '127.0.0.1:2018',
    'bypass@VPN-подключение': '10.*;*.local;<local>',
    'proxy@VPN-подключение': 'on',
    'script@VPN-подключение': 'off',
    'detection@VPN-подключение': 'off',
  });
  assert.deepEqual(wanted(target, { ...present, ...ours }), ours); // asking again asks for nothing new
  const pacUrl = 'http://127.0.0.1:5/pac';
  const byScript = { 'autoConfigUrl@': pacUrl, 'proxy@': 'off', 'script@': 'on', 'detection@': 'off' };
  assert.deepEqual(wanted({ ...target, pacUrl }, toSettings([lan])), byScript);
  assert.equal(wanted({ ...target, host: '::1' }, present)['server@'], '[::1]:2018');
  assert.deepEqual(off(toSettings([lan])), { 'proxy@': 'off', 'script@': 'off' });
  assert.deepEqual([company('script@a'), company('bypass@a'), company('server@a')], [['server@a', 'autoConfigUrl@a'], ['server@a'], []]);
});

test('what Windows’ settings mean', () => {
  const read = (flags: number, server: string, autoConfigUrl = '') =>
    meaning(toSettings([{ name: '', flags, server, bypass: '', autoConfigUrl }]));
  const none = { mode: 'none', http: null, https: null, socks: null, pacUrl: null };
  assert.deepEqual(meaning({}), none);
  assert.deepEqual(read(9, ''), { ...none, mode: 'detect' });
  assert.deepEqual(read(3, '127.0.0.1:7890'), { ...none, mode: 'manual', http: '127.0.0.1:7890', https: '127.0.0.1:7890' });
  assert.deepEqual(read(11, 'http=a:1;https=http://user:word@b:2;SOCKS=c:3'), {
    ...none,
    mode: 'manual',
    http: 'a:1',
    https: 'b:2',
    socks: 'c:3',
  });
  assert.deepEqual(read(7, '', 'http://x/pac'), { ...none, mode: 'pac', pacUrl: 'http://x/pac' });
});

test('PowerShell’s answer is found behind what a profile or an antivirus program prints, and nothing else is taken for it', () => {
  const connections = [{ name: '', flags: 1, server: '', bypass: '', autoConfigUrl: '' }];
  const answer = { connections, written: 0, managed: false };
  assert.deepEqual(parseAnswer(`WARNING: something\r\n${JSON.stringify(answer)}\r\n`), answer);
  assert.deepEqual(parseAnswer('{"reason":"language-mode"}\r\n'), { reason: 'language-mode' });
  for (const text of ['', '#< CLIXML', '{', '{}', 'null', '{"connections":{}}', '{"connections":[{}],"written":0,"managed":false}']) {
    assert.equal(parseAnswer(text), null, text);
  }
  fc.assert(fc.property(fc.string(), (text) => void parseAnswer(text)));
});

test('the request is one line of base64, and the command line stays within what Windows takes', () => {
  const change = { name: 'VPN\n"\'`$(x)', server: 'ы', on: 2, off: 12 };
  const request = printRequest([change]);
  assert.match(request, /^[A-Za-z0-9+/=]+\n$/);
  assert.deepEqual(JSON.parse(Buffer.from(request, 'base64').toString()), [change]);
  assert.equal(printRequest([]), '');
  assert.ok(wininetArguments.join(' ').length < 32_000);
});

test('the C# of the script compiles as version 5', { skip: missing('mcs') }, async () => {
  await using folder = await temporaryFolder();
  const source = join(folder.path, 'source.cs');
  writeFileSync(source, wininetSource);
  execFileSync('mcs', ['-langversion:5', '-warnaserror', '-target:library', `-out:${join(folder.path, 'out.dll')}`, source]);
});
