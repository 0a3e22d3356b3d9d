import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { EngineError, LinkError } from '../../main/engine/errors.ts';
import { createLog } from '../../main/engine/log.ts';
import { maskSecrets } from '../../main/engine/mask-secrets.ts';
import { temporaryDataFolder } from '../rigs/data-folder.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

const mark = 'mArKeD';

test('a line holds time, level and what was logged, and nothing of this computer', (t) => {
  const { log, lines } = logToFile(t);
  log.info({ port: 2018, label: 'Home' }, 'listening on %s', '127.0.0.1');
  log.debug('not at this level');
  const [line] = lines();
  assert.equal(lines().length, 1);
  assert.match(line.time, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  assert.deepEqual({ ...line, time: '' }, { level: 'info', time: '', port: 2018, label: 'Home', msg: 'listening on 127.0.0.1' });
});

test('values under a secret key are hidden at any depth, in lists, in children, and whatever their type', (t) => {
  const { log, text } = logToFile(t);
  const keys = [
    'link',
    'password',
    'userName',
    'user_id',
    'Secret',
    'token',
    'Proxy-Authorization',
    'proxyAuthorization',
    'set-cookie',
    'uuid',
    'text',
  ];
  const secrets = Object.fromEntries(keys.map((key) => [key, mark]));
  log.info({ ...secrets, a: [{ b: { c: { d: { e: secrets } } } }], links: [mark, mark], auth: { nested: { mark } } }, 'x');
  log
    .child(secrets)
    .child({ more: [secrets] })
    .warn('child');
  assert.ok(!text().includes(mark));
  assert.match(text(), /"d":\{"e":\{"link":"\*\*\*"/);
});

test('of an error that is not ours neither message nor properties nor cause are kept, of ours the detail is', (t) => {
  const { log, text, lines } = logToFile(t);
  const foreign = Object.assign(new TypeError(`cannot parse ${mark}`, { cause: new Error(mark) }), {
    code: 'ERR_X',
    options: { proxy: mark },
  });
  log.error(foreign);
  log.error({ err: foreign });
  log.error({ error: foreign }, 'failed');
  log.error({ other: foreign }, 'failed');
  assert.ok(!text().includes(mark), text());
  const [first] = lines();
  assert.deepEqual([first.err.name, first.err.code, first.msg], ['TypeError', 'ERR_X', '']);
  assert.match(first.err.places[0], /^at .*log\.test\.ts:\d+/);

  log.error({ error: new EngineError('proxy-refused', 'ECONNREFUSED') }, 'failed');
  log.error(new LinkError('not-spoken', 'vmess'));
  const [ours, link] = lines().slice(-2);
  assert.deepEqual([ours.error.code, ours.error.detail], ['proxy-refused', 'proxy-refused: ECONNREFUSED']);
  assert.equal(link.err.detail, 'not-spoken: vmess');
});

const base64 = Buffer.from(`user:${mark}@192.0.2.7:1080`).toString('base64');
const masked: readonly (readonly [string, string])[] = [
  [`see socks5://user:${mark}@192.0.2.7:1080#Home now`, 'see socks5://*** now'],
  [`"http://user:${mark}@px.example.com:8080/"`, '"http://***@px.example.com:8080/"'],
  [`https://us@er:p/a#${mark}@px.example.com`, 'https://***@px.example.com'],
  [`socks5://user:it's-${mark}@h:1`, 'socks5://***'],
  [`socks://${base64}#Old`, 'socks://***'],
  [`SS://${base64}`, 'SS://***'],
  [`trojan://${mark}@h.example.com:443`, 'trojan://***'],
  [`tg://proxy?server=h&port=443&secret=${mark}`, 'tg://***'],
  [`tg:socks?server=h&port=1&user=${mark}&pass=${mark}`, 'tg:socks?server=h&port=1&user=***&pass=***'],
  [`https://t.me/socks?pass=${mark}&server=h&amp;user=${mark}`, 'https://t.me/socks?pass=***&server=h&amp;user=***'],
  [`http://127.0.0.1:2019/?token=${mark}`, 'http://127.0.0.1:2019/?token=***'],
  [`paperplane://import?text=${mark}&secret=${mark}x@h`, 'paperplane://***@h'],
  [`user1:${mark}@px.example.com:1080`, '***@px.example.com:1080'],
  [`192.0.2.8:3128:user1:${mark}:more`, '192.0.2.8:3128:***'],
  [`[2001:db8::1]:1080:user1:${mark}`, '[2001:db8::1]:1080:***'],
  [`Proxy-Authorization: Basic ${Buffer.from(mark).toString('base64')}`, 'Proxy-Authorization: Basic ***'],
];
for (const [text, expected] of masked) test(`masked: ${text}`, () => assert.equal(maskSecrets(text), expected));

const plain = [
  '127.0.0.1:2018',
  '[2001:db8::1]:443',
  'at connect (file:///home/a/node_modules/@hono/node-server/dist/index.mjs:12:34)',
  'at node:internal/modules/run_main:101:5',
  '2026-01-01T10:43:07.481Z',
  'https://example.com/generate_204',
  'someone@example.com',
];
for (const text of plain) test(`left alone: ${text}`, () => assert.equal(maskSecrets(text), text));

test('a password is masked in any link, whatever stands around it, and every line stays JSON', (t) => {
  const { log, text, lines } = logToFile(t);
  const around = fc.string({ unit: 'binary', maxLength: 20 });
  const scheme = fc.constantFrom('socks5', 'socks', 'http', 'https', 'ss', 'trojan', 'vless', 'hysteria2');
  const password = fc.string({ maxLength: 12 }).map((noise) => encodeURIComponent(`${noise}${mark}${noise}`));
  fc.assert(
    fc.property(around, scheme, password, around, (before, name, secret, after) => {
      log.info({ nested: [`${before} ${name}://user:${secret}@h.example.com:1 ${after}`] }, `${name}://user:${secret}@h.example.com:1`);
    }),
  );
  assert.ok(!text().includes(mark));
  assert.equal(lines().length, 100);
});

test('the file is for this user alone, and when full it becomes .1, one only', { skip: process.platform === 'win32' }, (t) => {
  const { log, path, lines } = logToFile(t);
  log.info('first');
  assert.equal(statSync(path).mode & 0o777, 0o600);
  for (const round of ['a', 'b', 'c']) {
    writeFileSync(path, `${round}\n`.padStart(2 * 1024 * 1024 - 10, ' '));
    log.info(`after ${round}`);
    assert.equal(readFileSync(`${path}.1`, 'utf8').trim(), round);
    assert.deepEqual(
      lines().map(({ msg }) => msg),
      [`after ${round}`],
    );
  }
});

test('a log that cannot be written does not stop the program', (t) => {
  const folder = temporaryDataFolder(t);
  const log = createLog({ level: 'info', destination: join(folder, 'missing', 'paperplane.log') });
  log.info('nobody hears this');
  const inPlace = createLog({ level: 'info', destination: temporaryFolderItself(folder) });
  inPlace.error(new Error('nor this'));
});

test('the same gate stands before stdout and stderr', () => {
  const module = join(import.meta.dirname, '../../main/engine/log.ts');
  const script = `const { createLog } = await import(${JSON.stringify(module)});
    for (const destination of ['stdout', 'stderr']) createLog({ level: 'info', destination }).info({ password: '${mark}' }, 'http://u:${mark}@' + destination);`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' });
  assert.equal(JSON.parse(stdout).msg, 'http://***@stdout');
  assert.equal(JSON.parse(stderr).msg, 'http://***@stderr');
  assert.ok(!(stdout + stderr).includes(mark));
});

function logToFile(t: TestContext) {
  const folder = temporaryDataFolder(t);
  mkdirSync(folder);
  const path = join(folder, 'paperplane.log');
  const text = () => readFileSync(path, 'utf8');
  const lines = () =>
    text()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  return { log: createLog({ level: 'info', destination: path }), path, text, lines };
}

function temporaryFolderItself(folder: string): string {
  mkdirSync(folder);
  return folder;
}
