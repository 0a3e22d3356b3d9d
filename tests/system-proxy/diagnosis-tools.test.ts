import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import test from 'node:test';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { readConfigFiles } from '../../main/system-proxy/diagnosis/config-files.ts';
import { commentOut } from '../../main/system-proxy/diagnosis/edit-line.ts';
import { findAptLines, findGitLines, findNpmLines } from '../../main/system-proxy/diagnosis/tool-files.ts';
import { startHome } from '../rigs/home.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { missing } from '../rigs/programs.ts';

assertNothingLeftOpen();

const execute = promisify(execFile);

test('git, npm and apt: the lines that set a proxy', () => {
  const values = (lines: ReturnType<typeof findGitLines>) =>
    lines.map(({ number, settings }) => [number, settings[0]?.name, settings[0]?.value]);
  const git =
    '[user]\n\tproxy = 1.1.1.1:1\n[http]\n\tproxy = http://a:b@127.0.0.1:1 ; old\n[https]\nproxy=127.0.0.1:9\n[http "https://example.com"]\n  Proxy = "127.0.0.1:2"\n';
  assert.deepEqual(values(findGitLines(git)), [
    [4, 'http.proxy', 'http://a:b@127.0.0.1:1'],
    [8, 'http.https://example.com.proxy', '127.0.0.1:2'],
  ]);
  assert.deepEqual(
    values(
      findNpmLines('; proxy=127.0.0.1:9\nproxy=http://127.0.0.1:1/\nhttps-proxy = "http://127.0.0.1:2"\nnoproxy=localhost\nproxy=$P\n'),
    ),
    [
      [2, 'proxy', 'http://127.0.0.1:1/'],
      [3, 'https-proxy', 'http://127.0.0.1:2'],
    ],
  );
  const apt =
    '// Acquire::http::Proxy "x:9";\nAcquire::http::Proxy "http://127.0.0.1:1";\nAcquire {\n  https { Proxy "http://127.0.0.1:2"; };\n  ftp::Proxy "127.0.0.1:3";\n};\nAcquire { http::Proxy "127.0.0.1:4"; # half\n';
  assert.deepEqual(values(findAptLines(apt)), [
    [2, 'acquire::http::proxy', 'http://127.0.0.1:1'],
    [4, 'acquire::https::proxy', 'http://127.0.0.1:2'],
    [5, 'acquire::ftp::proxy', '127.0.0.1:3'],
  ]);
});

const toolPieces = {
  git: [
    ...['[http]', '[http "https://example.com"]', '[user]\n\tname = Vera', '[https]', '# [http]', 'proxy = http://127.0.0.1:1'],
    ...['\tproxy = "127.0.0.1:2" ; old', 'Proxy=127.0.0.1:3# old', 'proxy =', 'sslVerify = true', '; proxy = 127.0.0.1:9'],
  ],
  apt: [
    ...['Acquire::http::Proxy "http://127.0.0.1:1";', 'acquire::HTTPS::proxy "127.0.0.1:2";', 'Acquire { http::Proxy "127.0.0.1:3"; };'],
    ...[
      'Acquire {\n  http {\n    Proxy "127.0.0.1:4"; // old\n  };\n  https { Proxy "127.0.0.1:5"; };\n};',
      'Acquire::http::Proxy "DIRECT";',
    ],
    ...['// Acquire::http::Proxy "127.0.0.1:9";', 'Acquire::Retries "3";', 'Acquire::https {\n  Verify-Peer "true"; };', 'APT::X "{";'],
  ],
} as const;

test('git and apt read any file as we do', { skip: missing('git', 'apt-config') }, async () => {
  await using home = await startHome({ 'only-this': 'Dir::Etc "/nonexistent";\n' });
  const path = home.at('any');
  const env = { PATH: process.env.PATH ?? '', APT_CONFIG: home.at('only-this') };
  const said = (command: string, ...args: string[]) =>
    execute(command, args, { env }).then(
      ({ stdout }) => stdout.trim(),
      ({ stdout }: { stdout: string }) => stdout.trim(),
    );
  const ours = (lines: ReturnType<typeof findGitLines>, name: string) =>
    lines.find(({ settings }) => settings[0]?.name === name)?.settings[0]?.value ?? '';
  const files = (pieces: readonly string[]) =>
    fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 6 }).map((lines) => `${lines.join('\n')}\n`);
  const git = async (text: string) => {
    if (!text.startsWith('[')) text = `[core]\n${text}`;
    await writeFile(path, text);
    assert.equal(ours(findGitLines(text), 'http.proxy'), await said('git', 'config', '--file', path, 'http.proxy'));
    const one = await said('git', 'config', '--file', path, 'http.https://example.com.proxy');
    assert.equal(ours(findGitLines(text), 'http.https://example.com.proxy'), one);
  };
  const apt = async (text: string) => {
    await writeFile(path, text);
    const shell = await said('apt-config', '-c', path, 'shell', 'A', 'Acquire::http::Proxy', 'B', 'Acquire::https::Proxy');
    const [a, b] = [ours(findAptLines(text), 'acquire::http::proxy'), ours(findAptLines(text), 'acquire::https::proxy')];
    assert.equal(shell, [a && `A='${a}'`, b && `B='${b}'`].filter((line) => line !== '').join('\n'));
  };
  await fc.assert(fc.asyncProperty(files(toolPieces.git), git), { numRuns: 40 });
  await fc.assert(fc.asyncProperty(files(toolPieces.apt), apt), { numRuns: 40 });
});

test('git, npm and apt read their files as we do, and no proxy any more once the lines are off', {
  skip: missing('git', 'apt-config'),
}, async () => {
  await using home = await startHome({
    'home/.gitconfig': '[http]\n\tproxy = http://127.0.0.1:1\n[user]\n\tname = Vera\n',
    'home/.npmrc': 'color=false\nproxy=http://127.0.0.1:2\n',
    'etc/apt/apt.conf.d/95proxy': 'Acquire {\n  http { Proxy "http://127.0.0.1:3"; };\n};\n',
  });
  const env = { PATH: process.env.PATH ?? '', HOME: home.folders.home };
  const said = async (command: string, ...args: string[]) => {
    const { stdout } = await execute(command, args, { env }).catch(({ stdout }: { stdout: string }) => ({ stdout }));
    return stdout.trim();
  };
  const asked = async () => [
    await said('git', 'config', '--global', 'http.proxy'),
    await said('npm', 'config', 'get', 'proxy', '--location=user'),
    await said('apt-config', '-c', home.at('etc/apt/apt.conf.d/95proxy'), 'shell', 'P', 'Acquire::http::Proxy'),
    await said('git', 'config', '--global', 'user.name'),
  ];
  assert.deepEqual(await asked(), ['http://127.0.0.1:1', 'http://127.0.0.1:2', "P='http://127.0.0.1:3'", 'Vera']);
  for (const { path, lines } of await readConfigFiles(home.folders)) {
    for (const line of lines) await commentOut({ path, ...line, off: line.off ?? '' });
  }
  assert.deepEqual(await asked(), ['', 'null', '', 'Vera']);
});
