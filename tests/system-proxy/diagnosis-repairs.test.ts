import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, chown, lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';
import type { BackendParts, Run } from '../../main/system-proxy/backend.ts';
import { type Folders, readConfigFiles } from '../../main/system-proxy/diagnosis/config-files.ts';
import { commentOut } from '../../main/system-proxy/diagnosis/edit-line.ts';
import { findStoredVariables } from '../../main/system-proxy/diagnosis/stored-variables.ts';
import { run } from '../../main/system-proxy/run.ts';
import { startHome } from '../rigs/home.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { missing } from '../rigs/programs.ts';

assertNothingLeftOpen();

const execute = promisify(execFile);

test('a line is turned off in its own file, byte for byte the same but for that, with its rights, behind a link, with a backup', async () => {
  const text = 'export http_proxy=127.0.0.1:1\r\n\xff\xfe latin\nexport https_proxy=127.0.0.1:2';
  await using home = await startHome({ 'dots/profile': '' });
  const real = home.at('dots/profile');
  await writeFile(real, text, 'latin1');
  await chmod(real, 0o660);
  await symlink(real, join(home.folders.home, '.profile'));
  const [file] = await readConfigFiles(home.folders);
  assert.equal(file?.path, real);
  const backups = [];
  for (const line of file?.lines ?? []) backups.push(await commentOut({ path: file?.path ?? '', ...line, off: line.off ?? '' }));
  assert.equal(await readFile(real, 'latin1'), text.replaceAll('export', '# export'));
  assert.equal((await stat(real)).mode & 0o777, 0o660);
  assert.ok((await lstat(join(home.folders.home, '.profile'))).isSymbolicLink());
  assert.deepEqual(backups, [`${real}.paperplane-backup`, `${real}.2.paperplane-backup`]);
  assert.equal(await readFile(`${real}.paperplane-backup`, 'latin1'), text);
  assert.equal((await stat(`${real}.paperplane-backup`)).mode & 0o777, 0o660);
  assert.deepEqual((await readdir(dirname(real))).sort(), ['profile', 'profile.2.paperplane-backup', 'profile.paperplane-backup']);
});

test('a line that has changed since it was shown is left alone, and nothing is left beside it', async () => {
  await using home = await startHome({ 'home/.profile': 'export http_proxy=127.0.0.1:1\n' });
  const path = home.at('home/.profile');
  await assert.rejects(commentOut({ path, number: 1, text: 'export http_proxy=127.0.0.1:2', off: '# ' }), { code: 'finding-gone' });
  assert.equal(await readFile(path, 'utf8'), 'export http_proxy=127.0.0.1:1\n');
  assert.deepEqual(await readdir(home.folders.home), ['.hushlogin', '.profile']);
});

test('files that are read-only or of another user are not ours to change; pipes, folders and giants are not waited for', async () => {
  const line = 'export http_proxy=127.0.0.1:1\n';
  await using home = await startHome({ 'home/.profile': line, 'home/.bashrc': line, 'home/.zshrc': line, 'etc/environment': line });
  await chmod(home.at('home/.bashrc'), 0o444);
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) await chown(home.at('etc/environment'), 12345, 12345);
  await writeFile(home.at('home/.zshrc'), line.repeat(40_000));
  await mkdir(home.at('home/.zprofile'));
  await execute('mkfifo', [home.at('home/.zshenv')]);
  const files = await readConfigFiles(home.folders);
  assert.deepEqual(files.map(({ path, isOurs }) => [path.slice(home.path.length), isOurs]).sort(), [
    ['/etc/environment', !isRoot],
    ['/home/.bashrc', false],
    ['/home/.profile', true],
  ]);
});

const storedIn = (folders: Folders, parts: Partial<BackendParts> = {}) =>
  findStoredVariables({ run, platform: 'linux', env: { PATH: process.env.PATH ?? '', HOME: folders.home }, folders, ...parts });

test('variables that fish keeps for all its sessions are found, and fish itself forgets them', { skip: missing('fish') }, async () => {
  await using home = await startHome();
  const env = { PATH: process.env.PATH ?? '', HOME: home.folders.home };
  const set =
    'set -Ux http_proxy "http://bob:s 3cret@127.0.0.1:1/"; set -U https_proxy 127.0.0.1:2; set -Ux all_proxy 127.0.0.1:3 x; set -Ux EDITOR vi';
  await execute('fish', ['-c', set], { env });
  const [suspect, ...others] = await storedIn(home.folders);
  assert.deepEqual(others, []);
  assert.deepEqual(suspect?.leadsTo, [{ host: '127.0.0.1', port: 1 }]);
  const change = { kind: 'settings', changes: [{ setting: 'http_proxy (fish)', before: 'http://***@127.0.0.1:1', after: '' }] };
  assert.deepEqual(suspect?.finding, { code: 'variable-file-dead', place: 'http_proxy (fish)', change });
  await suspect.repair?.();
  assert.deepEqual(await storedIn(home.folders), []);
  const { stdout } = await execute('fish', ['-c', 'echo $EDITOR $http_proxy'], { env });
  assert.equal(stdout, 'vi\n');
});

test('variables of a user of Windows are found, and forgotten by reg', async () => {
  await using home = await startHome();
  const values = new Map([
    ['Path', 'REG_EXPAND_SZ    %USERPROFILE%\\bin'],
    ['HTTP_PROXY', 'REG_SZ    http://bob:s3cret@127.0.0.1:1'],
  ]);
  const asked: string[] = [];
  let isDeaf = true;
  const reg: Run = async (command, args) => {
    asked.push([command, ...args].join(' '));
    if (args[0] === 'delete' && !isDeaf) values.delete(args[3] ?? '');
    const lines = [...values].map(([name, value]) => `    ${name}    ${value}\r\n`).join('');
    return { code: 0, stdout: `\r\nHKEY_CURRENT_USER\\Environment\r\n${lines}\r\n`, stderr: '' };
  };
  const [suspect] = await storedIn(home.folders, { run: reg, platform: 'win32', env: { SystemRoot: 'C:\\WINDOWS' } });
  assert.equal(suspect?.finding.place, 'HTTP_PROXY (HKCU\\Environment)');
  assert.doesNotMatch(JSON.stringify(suspect), /s3cret/);
  await assert.rejects(async () => suspect?.repair?.(), { code: 'repair-failed' });
  isDeaf = false;
  await suspect?.repair?.();
  assert.deepEqual([...values.keys()], ['Path']);
  assert.equal(asked[1], 'C:\\WINDOWS\\System32\\reg.exe delete HKCU\\Environment /v HTTP_PROXY /f');
});

test('variables that launchctl has set on macOS are found, and launchctl forgets them', async () => {
  await using home = await startHome();
  const values = new Map([
    ['HTTPS_PROXY', 'http://bob:s3cret@127.0.0.1:1'],
    ['EDITOR', 'vi'],
  ]);
  const asked: string[] = [];
  const launchctl: Run = async (command, [verb = '', name = '']) => {
    asked.push([command, verb, name].join(' '));
    if (verb === 'unsetenv') values.delete(name);
    const value = verb === 'getenv' ? values.get(name) : undefined;
    return { code: 0, stdout: value === undefined ? '' : `${value}\n`, stderr: '' };
  };
  const [suspect, ...others] = await storedIn(home.folders, { run: launchctl, platform: 'darwin', env: {} });
  assert.deepEqual([suspect?.finding.place, suspect?.leadsTo, others], ['HTTPS_PROXY (launchctl)', [{ host: '127.0.0.1', port: 1 }], []]);
  assert.doesNotMatch(JSON.stringify(suspect), /s3cret/);
  assert.ok(asked.every((line) => line.startsWith('/bin/launchctl getenv ')));
  await suspect?.repair?.();
  assert.deepEqual([...values.keys()], ['EDITOR']);
  assert.ok(asked.includes('/bin/launchctl unsetenv HTTPS_PROXY'));
});
