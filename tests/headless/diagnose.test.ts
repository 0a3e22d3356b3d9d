import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { startHeadless } from '../rigs/headless.ts';
import { noNetwork, startHome } from '../rigs/home.ts';
import { refusingPort, startServer } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startHttpOrigin } from '../rigs/origin.ts';
import { startSocks5 } from '../rigs/socks5-server.ts';

assertNothingLeftOpen();

const entry = join(import.meta.dirname, '../../main/headless.ts');

/** The program in this home, until it ends by itself; it gets nothing of our own surroundings. */
async function runIn(home: { at: (name: string) => string }, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [entry, ...args], { env: { HOME: home.at('home'), PATH: process.env.PATH, ...env } });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const [code] = await once(child, 'close');
  assert.equal(stderr, '');
  const lines = stdout.trim().split('\n');
  return { code, stdout, events: () => lines.map((line) => JSON.parse(line)) };
}

const ofHome = (events: { event: string; id?: string; code?: string; place?: string }[]) =>
  events.filter(({ event, place }) => event === 'finding' && place?.startsWith('~/'));

test('--diagnose lists and changes nothing; --repair makes the one change; exit codes tell', async () => {
  const [dead, other] = [await refusingPort(), await refusingPort()];
  const text = `export http_proxy=http://bob:s3cret@127.0.0.1:${dead}\n`;
  await using home = await startHome({ 'home/.profile': text, 'home/.npmrc': `proxy=http://127.0.0.1:${other}\n` });
  const listed = await runIn(home, ['--diagnose', '--json']);
  assert.equal(listed.code, 3);
  assert.doesNotMatch(listed.stdout, /bob|s3cret/);
  const [profile, npm] = ofHome(listed.events());
  assert.deepEqual([profile?.code, npm?.code], ['variable-file-dead', 'npm-proxy-dead']);
  assert.equal(await readFile(home.at('home/.profile'), 'utf8'), text);

  const inWords = await runIn(home, ['--diagnose']);
  assert.equal(inWords.code, 3);
  assert.match(inWords.stdout, new RegExp(`127\\.0\\.0\\.1:${dead}, where nobody listens`));
  assert.match(inWords.stdout, /- export http_proxy=http:\/\/\*\*\*@127.+\n.+\+ # export http_proxy/);
  assert.match(inWords.stdout, new RegExp(`--repair ${profile?.id}`));
  assert.doesNotMatch(inWords.stdout, /bob|s3cret/);

  const repaired = await runIn(home, ['--repair', profile?.id ?? '', '--json']);
  assert.equal(repaired.code, 3);
  assert.deepEqual(repaired.events()[0], { event: 'repaired', id: profile?.id });
  assert.deepEqual(
    ofHome(repaired.events()).map(({ code }) => code),
    ['npm-proxy-dead'],
  );
  assert.equal(await readFile(home.at('home/.profile'), 'utf8'), `# ${text}`);
  assert.equal(await readFile(home.at('home/.profile.paperplane-backup'), 'utf8'), text);

  const again = await runIn(home, ['--repair', profile?.id ?? '', '--repair', npm?.id ?? '', '--json']);
  assert.equal(again.code, 1);
  const [failed, done] = again.events();
  assert.match(failed.failure, /changed meanwhile/);
  assert.deepEqual(done, { event: 'repaired', id: npm?.id });
  assert.deepEqual(ofHome(again.events()), []);
});

test('where nothing is wrong it says so and exits with 0; it makes no data folder', { skip: noNetwork }, async () => {
  await using listener = await startServer(() => {});
  await using home = await startHome({ 'home/.profile': `export http_proxy=127.0.0.1:${listener.port}\n` });
  const free = `127.0.0.1:${await refusingPort()}`;
  const { code, stdout } = await runIn(home, ['--diagnose', '--listen', free]);
  assert.equal(code, 0, stdout);
  assert.match(stdout, /^Nothing was found/);
  assert.deepEqual((await readdir(home.at('home'))).sort(), ['.hushlogin', '.profile']);
});

test('a variable of this very process is found, and the command that forgets it is told', async () => {
  await using home = await startHome();
  const { code, stdout } = await runIn(home, ['--diagnose'], { all_proxy: `socks5h://u:s3cret@127.0.0.1:${await refusingPort()}` });
  assert.equal(code, 3);
  assert.match(stdout, /unset all_proxy/);
  assert.doesNotMatch(stdout, /s3cret/);
});

test('beside a Paperplane with the same port and folder: it asks that one for the time, with its login', { skip: noNetwork }, async () => {
  await using origin = await startHttpOrigin();
  await using proxy = await startSocks5();
  const env = { PAPERPLANE_LOGIN: 'vera:s3cret' };
  await using program = await startHeadless(['--probe', origin.url, '--import', `socks5://127.0.0.1:${proxy.port}`], { env });
  await program.state(({ status }) => status === 'ready');
  const { host, port } = await program.endpoint();
  await using home = await startHome();
  const asked = proxy.accepted;
  const args = ['--diagnose', '--json', '--listen', `${host}:${port}`, '--data', program.data, '--probe', origin.url];
  const { events, code } = await runIn(home, args, env);
  assert.equal(code, 0);
  assert.ok(proxy.accepted > asked);
  assert.deepEqual(
    events().filter(({ check }: { check: string }) => check === 'clock'),
    [],
  );
});
