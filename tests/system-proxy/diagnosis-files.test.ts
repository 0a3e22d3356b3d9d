import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import test from 'node:test';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { commentOut } from '../../main/system-proxy/diagnosis/edit-line.ts';
import { maskProxy, parseProxyAddress } from '../../main/system-proxy/diagnosis/proxy-address.ts';
import { settingsChange } from '../../main/system-proxy/diagnosis/settings-change.ts';
import { dialects, findShellLines } from '../../main/system-proxy/diagnosis/shell-files.ts';
import { startHome } from '../rigs/home.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { missing } from '../rigs/programs.ts';

assertNothingLeftOpen();

const execute = promisify(execFile);

const posix = (text: string) => findShellLines(text, dialects.posix).map(({ number, settings, off }) => ({ number, settings, off }));

test('addresses are read as programs write them, and only whole ones', () => {
  const read = (value: string) => parseProxyAddress(value);
  assert.deepEqual(read('http://127.0.0.1:7890'), { host: '127.0.0.1', port: 7890 });
  assert.deepEqual(read('http://bob:p@ss:w/d@LocalHost:1080/'), { host: 'localhost', port: 1080 });
  assert.deepEqual(read('[::1]:80'), { host: '::1', port: 80 });
  assert.deepEqual(read('http://127.0.0.1 8080'), { host: '127.0.0.1', port: 8080 });
  for (const none of ['', 'DIRECT', 'http://127.0.0.1', '127.0.0.1:0', '127.0.0.1:65536', 'http://$host:80x'])
    assert.equal(read(none), null, none);
});

test('whatever a setting holds, its user name and password are not shown', () => {
  const secret = fc.string({ minLength: 1, maxLength: 12 }).map((text) => `geheim${text}geheim`);
  fc.assert(
    fc.property(
      fc.constantFrom('', 'http://', 'socks5h://'),
      secret,
      fc.constantFrom('127.0.0.1:80', '[::1]:80', 'host'),
      (scheme, login, host) => {
        assert.doesNotMatch(maskProxy(`${scheme}${login}@${host}`), /geheim/);
        assert.doesNotMatch(maskProxy(`"${scheme}${host}/${login}"`), /geheim/);
      },
    ),
  );
  assert.equal(maskProxy('"http://bob:s3cret@127.0.0.1:80/"'), '"http://***@127.0.0.1:80"');
  assert.equal(maskProxy('127.0.0.1:80'), '127.0.0.1:80');
});

test('settings of any system are shown without what is secret in them, and otherwise as they are', () => {
  const shown = (value: string) => {
    const change = settingsChange({ it: null }, { it: value });
    return change.kind === 'settings' && change.changes[0]?.before;
  };
  const same = [
    "'manual'",
    '@as []',
    "['localhost', '127.0.0.0/8', '::1', 'it@home']",
    'http=127.0.0.1:1;https=[::1]:2',
    '<local>;*.example.com',
    '',
  ];
  for (const value of same) assert.equal(shown(value), value);
  assert.equal(shown("'http://bob:s3cret@proxy.example:1/x.pac?key=s3cret'"), "'http://***@proxy.example:1/x.pac?***'");
  assert.equal(shown('http=bob:s3cret@127.0.0.1:1;https=bob:s3cret@127.0.0.1:1'), 'http=***@127.0.0.1:1;https=***@127.0.0.1:1');
  assert.deepEqual(settingsChange({ same: '1', other: null }, { same: '1', other: '2' }), {
    kind: 'settings',
    changes: [{ setting: 'other', before: '2', after: '' }],
  });
});

test('lines of a shell that do nothing but set proxies are found; the last one counts', () => {
  const found = (text: string) =>
    posix(text).map(({ number, settings }) => [number, ...settings.map(({ name, value }) => `${name} ${value}`)]);
  assert.deepEqual(found('export http_proxy=http://127.0.0.1:1\nexport http_proxy="127.0.0.1:2"'), [[2, 'http_proxy 127.0.0.1:2']]);
  assert.deepEqual(found('p=127.0.0.1:1\nexport HTTPS_PROXY=http://$p/ ALL_PROXY="socks5://$p"'), [
    [2, 'HTTPS_PROXY http://127.0.0.1:1/', 'ALL_PROXY socks5://127.0.0.1:1'],
  ]);
  assert.deepEqual(found("http_proxy='127.0.0.1:1' # mine\nexport EDITOR http_proxy"), [[1, 'http_proxy 127.0.0.1:1']]);
  const harmless = [
    'http_proxy=127.0.0.1:1', // not exported
    'http_proxy=127.0.0.1:1 curl example.com',
    'export http_proxy=$(cat proxy)',
    'export http_proxy=$unknown',
    "alias on='export http_proxy=127.0.0.1:1'",
    'on() { export http_proxy=127.0.0.1:1; }',
    'on() {\n  if true; then\n    export http_proxy=127.0.0.1:1\n  fi\n}',
    'function on {\nexport http_proxy=127.0.0.1:1\n}',
    'export http_proxy=127.0.0.1:1\nunset http_proxy',
    '# export http_proxy=127.0.0.1:1',
    'export no_proxy=localhost',
  ];
  for (const text of harmless)
    assert.deepEqual(
      posix(text).filter(({ settings }) => settings.some(({ value }) => value !== null)),
      [],
      text,
    );
});

test('a line that sets other things too is not turned off as a whole', () => {
  assert.equal(posix('export http_proxy=127.0.0.1:1 EDITOR=vi')[0]?.off, null);
  assert.equal(posix('export http_proxy=127.0.0.1:1 no_proxy=localhost')[0]?.off, '# ');
  assert.equal(posix('if true; then\n  export http_proxy=127.0.0.1:1\nfi')[0]?.off, ': # ');
});

test('what is shown of a line holds no secret', () => {
  const line = 'export http_proxy="http://bob:s3cret@127.0.0.1:1/?key=s3cret" TOKEN=s3cret all_proxy=$http_proxy # password s3cret';
  assert.deepEqual(
    findShellLines(line, dialects.posix).map(({ shown }) => shown),
    ['export http_proxy="http://***@127.0.0.1:1/***" TOKEN=*** all_proxy=$http_proxy'],
  );
});

/** What a shell makes of a file, as the values of these variables. */
async function valuesIn(shell: string, file: string): Promise<Record<string, string>> {
  const script = shell === 'fish' ? `source ${file}; env` : `. ${file}; env`;
  const { stdout } = await execute(shell, shell === 'fish' ? ['--no-config', '-c', script] : ['-c', script], {
    env: { PATH: process.env.PATH ?? '' },
  });
  return Object.fromEntries(
    stdout
      .split('\n')
      .filter((line) => /_proxy=/i.test(line))
      .map((line) => line.split('=', 2)),
  );
}

const scripts = {
  sh: `host=127.0.0.1
http_proxy="http://$host:1" ; export http_proxy
export https_proxy=http://bob:a\\ b@127.0.0.1:2 # later
if true; then
  export all_proxy='socks5h://127.0.0.1:3'
fi
export ftp_proxy=\${http_proxy};
off() {
  export HTTP_PROXY=127.0.0.1:9
}
`,
  fish: `set -gx http_proxy http://127.0.0.1:1
set --export --global https_proxy "http://127.0.0.1:2" # later
set -x -g all_proxy 'socks5h://127.0.0.1:3';
export ftp_proxy=127.0.0.1:4
set -g HTTP_PROXY not-exported:9
function on
  if true
    set -gx HTTPS_PROXY 127.0.0.1:9
  end
end
`,
};

for (const [shell, dialect] of [
  ['sh', dialects.posix],
  ['fish', dialects.fish],
] as const) {
  test(`${shell} reads its file as we do, before every repair and after it`, { skip: missing(shell) }, async () => {
    await using home = await startHome({ file: scripts[shell] });
    const path = home.at('file');
    for (let left = 4; left >= 0; left--) {
      const lines = findShellLines(await readFile(path, 'utf8'), dialect);
      const ours = lines.flatMap(({ settings }) => settings).filter(({ value }) => value !== null);
      assert.deepEqual(Object.fromEntries(ours.map(({ name, value }) => [name, value])), await valuesIn(shell, path));
      const line = lines.at(-1);
      if (line === undefined || line.off === null) break;
      await commentOut({ path, ...line, off: line.off });
    }
    assert.deepEqual(await valuesIn(shell, path), {});
  });
}

/** Lines of a file as people write them; each may stand anywhere. */
const pieces = {
  sh: [
    ...[
      'http_proxy=127.0.0.1:1',
      'export http_proxy',
      'export http_proxy=127.0.0.1:2 https_proxy="$http_proxy"',
      'unset http_proxy https_proxy',
    ],
    ...[
      'all_proxy=127.0.0.1:3; export all_proxy # all',
      "export ftp_proxy='127.0.0.1:4';",
      'host=127.0.0.1; http_proxy=$host:5',
      'export http_proxy=127.0.0.1:7; export all_proxy=$http_proxy',
    ],
    ...[
      'on() {\n  export https_proxy=127.0.0.1:9\n}',
      'on() { export https_proxy=127.0.0.1:9; }',
      'on()\n{\n  export all_proxy=127.0.0.1:9\n}',
    ],
    ...[
      'off() {\n  if true; then\n    unset http_proxy; fi; }',
      'if true; then\n  export all_proxy=127.0.0.1:6\nfi',
      '# export all_proxy=127.0.0.1:9',
    ],
    ...['http_proxy=127.0.0.1:9 true', 'alias proxied="export http_proxy=127.0.0.1:9"', 'export EDITOR=vi'],
  ],
  fish: [
    ...[
      'set -gx http_proxy 127.0.0.1:1',
      'set -x -g https_proxy "127.0.0.1:2"',
      'set -g all_proxy 127.0.0.1:9',
      'export ftp_proxy=127.0.0.1:4',
    ],
    ...[
      'set -e http_proxy',
      'set --erase https_proxy ftp_proxy',
      'function on\n  set -gx all_proxy 127.0.0.1:9\nend',
      '# set -gx all_proxy x:9',
    ],
    ...['function on; set -gx all_proxy 127.0.0.1:9; end', 'if true\n  set -gx http_proxy 127.0.0.1:6\nend', 'set -gx EDITOR vi'],
    ...['function off\n  if true; set -e http_proxy; end\n  for x in a b\n    set -gx ftp_proxy 127.0.0.1:9\n  end\nend'],
  ],
} as const;

for (const [shell, dialect] of [
  ['sh', dialects.posix],
  ['fish', dialects.fish],
] as const) {
  test(`${shell} reads any file as we do`, { skip: missing(shell) }, async () => {
    await using home = await startHome();
    const path = home.at('any');
    const files = fc.array(fc.constantFrom(...pieces[shell]), { minLength: 1, maxLength: 8 });
    const read = async (lines: readonly string[]) => {
      await writeFile(path, `${lines.join('\n')}\n`);
      const ours = findShellLines(await readFile(path, 'utf8'), dialect).flatMap(({ settings }) => settings);
      const theirs = await valuesIn(shell, path);
      for (const { name, value } of ours) if (value === null) delete theirs[name]; // it depends on what is not in the file
      assert.deepEqual(Object.fromEntries(ours.flatMap(({ name, value }) => (value === null ? [] : [[name, value]]))), theirs);
    };
    await fc.assert(fc.asyncProperty(files, read), { numRuns: 40 });
  });
}
