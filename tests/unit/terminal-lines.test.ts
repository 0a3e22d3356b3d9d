import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import test from 'node:test';
import { promisify } from 'node:util';
import { type Shell, terminalLines } from '../../renderer/parts/terminal-lines.ts';
import { startHttpProxy } from '../rigs/http-proxy.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { missing } from '../rigs/programs.ts';

assertNothingLeftOpen();

const execute = promisify(execFile);
const endpoint = { host: '127.0.0.1', port: 2018, needsLogin: false };
const url = 'http://127.0.0.1:2018';
const all = { http_proxy: url, https_proxy: url, all_proxy: url };

/** How each shell is started with a script, lists its environment and ends one command before the next. */
const kinds: Record<Shell, { program: string; args: (script: string) => string[]; list: string; end: string }> = {
  sh: { program: 'sh', args: (script) => ['-c', script], list: 'env', end: '\n' },
  fish: { program: 'fish', args: (script) => ['--no-config', '-c', script], list: 'env', end: '\n' },
  powershell: {
    program: 'pwsh',
    args: (script) => ['-NoProfile', '-Command', script],
    list: "gci env: | % { $_.Name + '=' + $_.Value }",
    end: '\n',
  },
  cmd: { program: 'cmd', args: (script) => ['/d', '/c', script], list: 'set', end: ' & ' },
};

/** The proxy variables that a program started after these lines sees. */
async function variablesAfter(shell: Shell, lines: readonly string[]): Promise<Record<string, string>> {
  const { program, args, list, end } = kinds[shell];
  const { stdout } = await execute(program, args([...lines, list].join(end)), {
    env: { PATH: process.env.PATH ?? '', HOME: '/nonexistent' },
  });
  const listed = stdout.split(/\r?\n/).filter((line) => /^\w+_proxy=/.test(line));
  return Object.fromEntries(listed.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}

for (const shell of Object.keys(kinds) as Shell[]) {
  test(`${shell} takes what turns it on, and what turns it off`, { skip: missing(kinds[shell].program) }, async () => {
    const { on, off } = terminalLines(endpoint, shell);
    assert.deepEqual(await variablesAfter(shell, [on]), all);
    assert.deepEqual(await variablesAfter(shell, [on, off]), {});
  });
}

test('curl goes through the proxy after what turns it on', { skip: missing('sh', 'curl') }, async () => {
  await using proxy = await startHttpProxy();
  const { on } = terminalLines({ ...endpoint, port: proxy.port }, 'sh');
  await assert.rejects(
    execute('sh', ['-c', `${on}\ncurl --silent --max-time 5 https://nobody.invalid/`], { env: { PATH: process.env.PATH ?? '' } }),
  );
  assert.equal(proxy.accepted, 1);
});

test('with a login a placeholder stands where it belongs; an endpoint on all addresses is reached on this computer', () => {
  const withLogin = terminalLines({ ...endpoint, needsLogin: true }, 'cmd').on;
  assert.equal(withLogin.match(/http:\/\/USER:PASSWORD@127\.0\.0\.1:2018/g)?.length, 3);
  assert.match(terminalLines({ host: '0.0.0.0', port: 1, needsLogin: true }, 'sh').on, /@127\.0\.0\.1:1$/);
  assert.match(terminalLines({ host: '::', port: 1, needsLogin: true }, 'sh').on, /@\[::1\]:1$/);
  assert.match(
    terminalLines({ host: '::1', port: 1, needsLogin: false }, 'powershell').on,
    /^\$env:http_proxy = .* = 'http:\/\/\[::1\]:1'$/,
  );
});
