/** The proxy that Firefox keeps for itself, in real files of a private home. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import test from 'node:test';
import type { BackendParts, Run } from '../../main/system-proxy/backend.ts';
import { type DiagnosisParts, diagnose, repair } from '../../main/system-proxy/diagnosis/diagnosis.ts';
import { readFirefoxFiles } from '../../main/system-proxy/diagnosis/firefox.ts';
import { SystemProxyError } from '../../main/system-proxy/system-proxy-error.ts';
import { diagnosed } from '../rigs/diagnosed.ts';
import { startHome } from '../rigs/home.ts';
import { refusingPort, startServer } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

type Home = Awaited<ReturnType<typeof startHome>>;

/** The tools that tell whether Firefox runs, and nothing else. */
const tools =
  (isRunning: boolean): Run =>
  async (command) => {
    if (command.endsWith('tasklist.exe')) {
      const none = 'ИНФОРМАЦИЯ: Задачи, отвечающие заданным критериям, отсутствуют.\r\n';
      return { code: 0, stdout: isRunning ? '"firefox.exe","4711","Console","1","312 456 КБ"\r\n' : none, stderr: '' };
    }
    if (command === 'pgrep') return { code: isRunning ? 0 : 1, stdout: isRunning ? '4711\n' : '', stderr: '' };
    throw new SystemProxyError('system-proxy-tool-missing');
  };

const partsIn = ({ folders }: Home, given: Partial<BackendParts> = {}) => diagnosed(folders, { run: tools(false), ...given });
const findings = async (parts: DiagnosisParts) => (await diagnose(parts)).findings;

const preferences = (settings: Readonly<Record<string, string | number>>) =>
  Object.entries(settings)
    .map(([name, value]) => `user_pref("network.proxy.${name}", ${JSON.stringify(value)});\n`)
    .join('');
const profile = 'home/.mozilla/firefox/x1y2.default-release';

test('a dead proxy of a profile: the one line that makes Firefox use it is turned off after the yes', async () => {
  const dead = await refusingPort();
  const rest = `user_pref("browser.startup.page", 3);\n${preferences({ http: '127.0.0.1', http_port: dead, ssl: 'localhost', ssl_port: dead })}`;
  const text = `// Mozilla User Preferences\n${preferences({ type: 1 })}${rest}`;
  await using home = await startHome({ [`${profile}/prefs.js`]: text, 'home/.mozilla/firefox/profiles.ini': '[General]\n' });
  const [finding, ...others] = await findings(partsIn(home));
  assert.deepEqual(others, []);
  const { id, ...shown } = finding ?? assert.fail();
  assert.deepEqual(shown, {
    code: 'firefox-proxy-dead',
    place: '~/.mozilla/firefox/x1y2.default-release/prefs.js:2',
    address: `127.0.0.1:${dead}`,
    change: {
      kind: 'line',
      path: home.at(`${profile}/prefs.js`),
      line: 2,
      before: 'user_pref("network.proxy.type", 1);',
      after: '// user_pref("network.proxy.type", 1);',
      backup: '.paperplane-backup',
    },
  });
  assert.equal(await readFile(home.at(`${profile}/prefs.js`), 'utf8'), text);
  await repair(partsIn(home), id);
  assert.equal(await readFile(home.at(`${profile}/prefs.js`), 'utf8'), text.replace('user_pref("network.proxy.type"', '// $&'));
  assert.deepEqual(await findings(partsIn(home)), []);
});

test('while Firefox runs, or nobody can tell, no change is proposed, and an earlier yes is not taken', async () => {
  const dead = await refusingPort();
  await using home = await startHome({ [`${profile}/prefs.js`]: preferences({ type: 1, socks: '127.0.0.1', socks_port: dead }) });
  const [closed] = await findings(partsIn(home));
  const noTools: Run = async () => Promise.reject(new SystemProxyError('system-proxy-tool-missing'));
  for (const run of [tools(true), noTools]) {
    const [finding] = await findings(partsIn(home, { run }));
    assert.deepEqual([finding?.code, finding?.address, finding?.change], ['firefox-proxy-dead', `127.0.0.1:${dead}`, null]);
    await assert.rejects(repair(partsIn(home, { run }), closed?.id ?? ''), { code: 'finding-gone' });
  }
});

test('user.js comes before prefs.js; a script; what is alive, remote or not in use', async () => {
  const dead = await refusingPort();
  await using alive = await startServer(() => {});
  const lead = (port: number) => preferences({ type: 1, http: '127.0.0.1', http_port: port });
  const places = async (prefs: string, user: string) => {
    await using home = await startHome({ [`${profile}/prefs.js`]: prefs, [`${profile}/user.js`]: user });
    return (await findings(partsIn(home))).map(({ place = '' }) => place.replace(/.*\//, ''));
  };
  assert.deepEqual(await places(lead(dead), lead(dead)), ['prefs.js:1', 'user.js:1']);
  assert.deepEqual(await places(lead(dead), preferences({ http_port: alive.port })), []);
  assert.deepEqual(await places(lead(alive.port), preferences({ http_port: dead })), ['prefs.js:1']);
  assert.deepEqual(await places(lead(dead), preferences({ type: 5 })), []);
  assert.deepEqual(await places(preferences({ type: 4, http: '127.0.0.1', http_port: dead }), ''), []);
  assert.deepEqual(await places(preferences({ type: 1, http: 'proxy.example', http_port: 3128 }), ''), []);
  const script = { type: 2, autoconfig_url: `http://bob:s3cret@127.0.0.1:${dead}/x.pac?key=s3cret` };
  await using home = await startHome({ [`${profile}/prefs.js`]: preferences(script) });
  const [finding] = await findings(partsIn(home));
  assert.equal(finding?.address, `http://127.0.0.1:${dead}/x.pac`);
  assert.doesNotMatch(JSON.stringify(finding), /bob|s3cret/);
});

test('the places of every system, of Snap and of Flatpak', async () => {
  const text = preferences({ type: 1, socks: '::1', socks_port: 1080 });
  const places = {
    linux: [
      '.mozilla/firefox',
      '.config/mozilla/firefox',
      'snap/firefox/common/.mozilla/firefox',
      '.var/app/org.mozilla.firefox/.mozilla/firefox',
    ],
    darwin: ['Library/Application Support/Firefox/Profiles'],
    win32: ['AppData/Roaming/Mozilla/Firefox/Profiles'],
  } as const;
  const paths = Object.values(places)
    .flat()
    .map((place) => `home/${place}/p/prefs.js`);
  await using home = await startHome(Object.fromEntries(paths.map((path) => [path, text])));
  for (const platform of ['linux', 'darwin', 'win32'] as const) {
    for (const isRunning of [false, true]) {
      const files = await readFirefoxFiles(partsIn(home, { platform, run: tools(isRunning) }));
      assert.deepEqual(files.map(({ path }) => path).sort(), places[platform].map((place) => home.at(`home/${place}/p/prefs.js`)).sort());
      for (const { lines } of files) {
        assert.deepEqual(
          lines.map(({ settings, off }) => [settings[0]?.value, off]),
          [['[::1]:1080', isRunning ? null : '// ']],
        );
      }
    }
  }
});
