import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isComplaint, parseAnswers, wantsAdministrator, writeCommands } from '../../main/system-proxy/macos/networksetup.ts';
import { parsePrimaryDevice, parseServices } from '../../main/system-proxy/macos/services.ts';
import { company, meaning, off, wanted } from '../../main/system-proxy/macos/settings.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

const order = `An asterisk (*) denotes that a network service is disabled.
(1) USB 10/100/1000 LAN
(Hardware Port: USB 10/100/1000 LAN, Device: en7)

(2) Домашний «Wi-Fi» (5 GHz)
(Hardware Port: Wi-Fi, Device: en0)

(*) Thunderbolt Bridge
(Hardware Port: Thunderbolt Bridge, Device: bridge0)

(3) Tailscale
(Hardware Port: io.tailscale.ipn.macsys, Device: )

`;
const route = `   route to: default
destination: default
       mask: default
    gateway: 192.168.1.1
  interface: en0
      flags: <UP,GATEWAY,DONE,STATIC,PRCLONING,GLOBAL>
 recvpipe  sendpipe  ssthresh  rtt,msec    rttvar  hopcount      mtu     expire
       0         0         0         0         0         0      1500         0
`;

test('the primary service comes first, whatever it is called, and what is switched off is left out', () => {
  assert.equal(parsePrimaryDevice(route), 'en0');
  assert.deepEqual(parseServices(order, 'en0'), ['Домашний «Wi-Fi» (5 GHz)', 'USB 10/100/1000 LAN', 'Tailscale']);
  const asListed = ['USB 10/100/1000 LAN', 'Домашний «Wi-Fi» (5 GHz)', 'Tailscale'];
  assert.deepEqual(parseServices(order, 'utun4'), asListed); // a VPN has the route
  assert.equal(parsePrimaryDevice('route: writing to routing socket: not in table\n'), null);
  assert.deepEqual(parseServices(order, null), asListed);
  assert.deepEqual(parseServices('', null), []);
});

test('a service may have any name', () => {
  const name = fc.string({ unit: 'grapheme' }).filter((text) => !/[\r\n\u2028\u2029]/.test(text));
  fc.assert(
    fc.property(fc.array(fc.tuple(name, fc.boolean()), { maxLength: 5 }), (services) => {
      const lines = services.map(([text, isOn], n) => `(${isOn ? n + 1 : '*'}) ${text}\n(Hardware Port: ${text}, Device: en${n})\n\n`);
      const expected = services.filter(([, isOn]) => isOn).map(([text]) => text);
      assert.deepEqual(parseServices(`An asterisk (*) denotes that a network service is disabled.\n${lines.join('')}`, null), expected);
    }),
  );
});

const nothing = 'Enabled: No\nServer: \nPort: 0\nAuthenticated Proxy Enabled: 0\n';
const noBypass = "There aren't any bypass domains set on Wi-Fi.\n";
const noScript = 'URL: (null)\nEnabled: No\n';
const noDiscovery = 'Auto Proxy Discovery: Off\n';
const fresh = {
  'web@Wi-Fi': null,
  'webState@Wi-Fi': 'off',
  'secureweb@Wi-Fi': null,
  'securewebState@Wi-Fi': 'off',
  'socksfirewall@Wi-Fi': null,
  'socksfirewallState@Wi-Fi': 'off',
  'bypass@Wi-Fi': null,
  'autoproxy@Wi-Fi': null,
  'autoproxyState@Wi-Fi': 'off',
  'discoveryState@Wi-Fi': 'off',
};

test('what networksetup prints is read', () => {
  assert.deepEqual(parseAnswers('Wi-Fi', [nothing, nothing, nothing, noBypass, noScript, noDiscovery]), fresh);
  const web = 'Enabled: Yes\nServer: proxy.corp.example\nPort: 8080\nAuthenticated Proxy Enabled: 1\n';
  const secure = 'Enabled: No\nServer: fd00::1\nPort: 8443\nAuthenticated Proxy Enabled: 0\n';
  const script = 'URL: http://corp/proxy.pac\nEnabled: Yes\n';
  assert.deepEqual(
    parseAnswers('Wi-Fi', [web, secure, nothing, '*.local\n169.254/16\nprintserver\n', script, 'Auto Proxy Discovery: On\n']),
    {
      ...fresh,
      'web@Wi-Fi': 'proxy.corp.example 8080',
      'webState@Wi-Fi': 'on',
      'webLogin@Wi-Fi': 'yes',
      'secureweb@Wi-Fi': 'fd00::1 8443',
      'bypass@Wi-Fi': '*.local\n169.254/16\nprintserver',
      'autoproxy@Wi-Fi': 'http://corp/proxy.pac',
      'autoproxyState@Wi-Fi': 'on',
      'discoveryState@Wi-Fi': 'on',
    },
  );
});

test('what is switched off and leads to this computer counts as not set', () => {
  const leftover = 'Enabled: No\nServer: 127.0.0.1\nPort: 7890\nAuthenticated Proxy Enabled: 0\n';
  const script = 'URL: http://127.0.0.1:33331/commands/pac\nEnabled: No\n';
  assert.deepEqual(parseAnswers('Wi-Fi', [leftover, leftover, leftover, noBypass, script, noDiscovery]), fresh);
  const inUse = parseAnswers('Wi-Fi', [leftover.replace('No', 'Yes'), nothing, nothing, noBypass, noScript, noDiscovery]);
  assert.equal(inUse?.['web@Wi-Fi'], '127.0.0.1 7890');
});

test('a refusal is told from an answer, with whatever exit code it comes', () => {
  const unknown = 'Wi-Fi is not a recognized network service.\n** Error: The parameters were not valid.\n';
  const denied = '** Error: Command requires admin privileges.\n';
  for (const text of [unknown, denied, '']) {
    for (let at = 0; at < 6; at++) {
      const answers = [nothing, nothing, nothing, noBypass, noScript, noDiscovery].with(at, text);
      if (text !== '' || at !== 3) assert.equal(parseAnswers('Wi-Fi', answers), null, `${text} at ${at}`);
    }
  }
  assert.ok(isComplaint(unknown) && isComplaint(denied) && !isComplaint('') && !isComplaint(noBypass));
  assert.ok(wantsAdministrator(denied) && !wantsAdministrator(unknown));
  fc.assert(fc.property(fc.array(fc.string(), { maxLength: 7 }), (answers) => void parseAnswers('x', answers)));
});

const target = {
  host: '127.0.0.1',
  port: 2018,
  pacUrl: null,
  bypass: ['localhost', '10.0.0.0/8', '*.local', 'example.org', '.example.com', '::1'],
};

test('every service gets HTTP, HTTPS and SOCKS; the person’s own bypass list stays', () => {
  const present = { ...fresh, 'bypass@Wi-Fi': 'printserver\n*.local', 'discoveryState@Wi-Fi': 'on' };
  const ours = wanted(target, present);
  assert.deepEqual(ours, {
    'discoveryState@Wi-Fi': 'off',
    'web@Wi-Fi': '127.0.0.1 2018',
    'secureweb@Wi-Fi': '127.0.0.1 2018',
    'socksfirewall@Wi-Fi': '127.0.0.1 2018',
    'bypass@Wi-Fi': 'printserver\n*.local\nlocalhost\n10.0.0.0/8\nexample.org\n*.example.org\n*.example.com\n::1',
    'webState@Wi-Fi': 'on',
    'securewebState@Wi-Fi': 'on',
    'socksfirewallState@Wi-Fi': 'on',
  });
  const { 'discoveryState@Wi-Fi': _, ...again } = ours;
  assert.deepEqual(wanted(target, { ...present, ...ours }), again);
  const script = wanted({ ...target, pacUrl: 'http://127.0.0.1:5/pac' }, { ...present, ...ours });
  assert.deepEqual(script, {
    'autoproxy@Wi-Fi': 'http://127.0.0.1:5/pac',
    'autoproxyState@Wi-Fi': 'on',
    'webState@Wi-Fi': 'off',
    'securewebState@Wi-Fi': 'off',
    'socksfirewallState@Wi-Fi': 'off',
  });
  assert.deepEqual(off({ ...fresh, ...script }), {
    'webState@Wi-Fi': 'off',
    'securewebState@Wi-Fi': 'off',
    'socksfirewallState@Wi-Fi': 'off',
    'autoproxyState@Wi-Fi': 'off',
  });
  assert.deepEqual(company('socksfirewallState@a@b'), ['socksfirewall@a@b', 'autoproxy@a@b']);
  assert.deepEqual(company('autoproxyState@a'), ['web@a', 'secureweb@a', 'autoproxy@a']);
  assert.deepEqual([company('bypass@a'), company('web@a')], [['web@a', 'secureweb@a'], []]);
});

test('what the settings mean is what the primary service says', () => {
  const none = { mode: 'none', http: null, https: null, socks: null, pacUrl: null };
  assert.deepEqual(meaning({}), none);
  assert.deepEqual(meaning({ ...fresh, 'web@Other': 'a 1', 'webState@Other': 'on' }), none);
  const web = { ...fresh, 'web@Wi-Fi': 'fd00::1 8080', 'webState@Wi-Fi': 'on', 'secureweb@Wi-Fi': 'b 2' };
  assert.deepEqual(meaning(web), { ...none, mode: 'manual', http: '[fd00::1]:8080' });
  const script = { ...web, 'autoproxy@Wi-Fi': 'http://x/', 'autoproxyState@Wi-Fi': 'on' };
  assert.deepEqual(meaning(script), { ...meaning(web), mode: 'pac', pacUrl: 'http://x/' });
  assert.equal(meaning({ ...fresh, 'discoveryState@Wi-Fi': 'on' }).mode, 'detect');
});

test('values are written before states, off before on; a value whose state is not to change has it set again', () => {
  const service = "O'Brien's «LAN» -x $(reboot)";
  const changes = {
    [`autoproxyState@${service}`]: 'on',
    [`web@${service}`]: '127.0.0.1 2018',
    [`webState@${service}`]: 'off',
    [`secureweb@${service}`]: null,
    [`bypass@${service}`]: 'a\nb',
    [`autoproxy@${service}`]: 'http://x/',
    [`discoveryState@${service}`]: 'off',
  };
  assert.deepEqual(writeCommands(changes, { [`securewebState@${service}`]: 'on' }), [
    ['-setwebproxy', service, '127.0.0.1', '2018'],
    ['-setsecurewebproxy', service, '', '0'],
    ['-setproxybypassdomains', service, 'a', 'b'],
    ['-setautoproxyurl', service, 'http://x/'],
    ['-setwebproxystate', service, 'off'],
    ['-setproxyautodiscovery', service, 'off'],
    ['-setautoproxystate', service, 'on'],
    ['-setsecurewebproxystate', service, 'on'],
  ]);
  assert.deepEqual(writeCommands({ 'bypass@x': null }, {}), [['-setproxybypassdomains', 'x', 'Empty']]);
});
