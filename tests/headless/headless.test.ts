import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import net, { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { SocksClient } from 'socks';
import { startHeadless } from '../rigs/headless.ts';
import { startListServer } from '../rigs/list-server.ts';
import { refusingPort } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startEcho, startHttpOrigin } from '../rigs/origin.ts';
import { startSocks5 } from '../rigs/socks5-server.ts';
import { until } from '../rigs/until.ts';

assertNothingLeftOpen();

const entry = join(import.meta.dirname, '../../main/headless.ts');
const isLinux = process.platform === 'linux';

/** What an application does: a connection through the endpoint, by an independent SOCKS5 client. */
async function connectThrough(endpoint: { host: string; port: number }, destination: { host: string; port: number }) {
  const { host, port } = endpoint;
  const { socket } = await SocksClient.createConnection({ proxy: { host, port, type: 5 }, command: 'connect', destination });
  return socket.on('error', () => {});
}

async function echoed(socket: net.Socket, text: string): Promise<string> {
  socket.write(text);
  const [chunk] = await once(socket, 'data');
  return String(chunk);
}

test('two links, one of them dead: applications get out; the proxy dies: they are refused and nothing goes direct', async () => {
  await using origin = await startHttpOrigin();
  await using echo = await startEcho();
  const proxy = await startSocks5({ username: 'bob', password: 's3cret' });
  const links = `tg://socks?server=127.0.0.1&port=${await refusingPort()}\nhttps://t.me/socks?server=127.0.0.1&port=${proxy.port}&user=bob&pass=s3cret`;
  await using headless = await startHeadless(['--import', links, '--probe', origin.url]);
  const { added, duplicates, rejected } = await headless.event('imported');
  assert.deepEqual({ added, duplicates, rejected }, { added: 2, duplicates: 0, rejected: [] });
  const ready = await headless.state(({ status, proxies }) => status === 'ready' && proxies.failing === 1);
  assert.equal(ready.active?.address, `127.0.0.1:${proxy.port}`);

  const endpoint = await headless.endpoint();
  const socket = await connectThrough(endpoint, echo);
  assert.equal(await echoed(socket, 'through'), 'through');
  socket.destroy();

  const before = echo.accepted;
  await proxy[Symbol.asyncDispose]();
  await assert.rejects(connectThrough(endpoint, echo));
  assert.equal(echo.accepted, before);
  await headless.state(({ status, proxies }) => status === 'blocked' && proxies.failing === 2);
  assert.equal(headless.stderr(), '');
});

test('links come as text, from a file and from standard input; every rejected line is told', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'paperplane-import-'));
  await writeFile(join(folder, 'links.txt'), '\ufeffsocks5://127.0.2.1:9\r\n', 'utf16le'); // as Windows likes to write it
  const args = ['--import', `@${join(folder, 'links.txt')}`, '--import', '-', '--probe', 'http://127.0.0.1:9/'];
  await using headless = await startHeadless(args, { input: 'socks5://127.0.2.1:9\nfoo://YWVzOnB3@127.0.2.2:9\n' });
  const imported = (event: { event: string }) => event.event === 'imported';
  await headless.state(({ proxies, groups }) => proxies.total === 1 && groups[0] === 'links.txt');
  await headless.event('imported');
  await until(() => headless.lines.map((line) => JSON.parse(line)).filter(imported).length >= 2);
  const [first, second] = headless.lines.map((line) => JSON.parse(line)).filter(imported);
  assert.deepEqual(first, { event: 'imported', added: 1, notSpoken: 0, duplicates: 0, rejected: [] });
  assert.equal(second.duplicates, 1);
  assert.equal(second.rejected[0].line, 2);
  assert.match(second.rejected[0].reason, /foo/);
  await rm(folder, { recursive: true });
});

test('a list is fetched where it was subscribed to, and only waits where it was imported', async () => {
  await using origin = await startHttpOrigin();
  await using proxy = await startSocks5();
  await using server = await startListServer({ body: 'socks5://127.0.0.1:9#listed' });
  const link = `socks5://127.0.0.1:${proxy.port}`;
  {
    await using headless = await startHeadless(['--import', `${link}\n${server.url}`, '--probe', origin.url]);
    const { pending } = await headless.state(({ status, pending }) => status === 'ready' && pending !== null);
    assert.equal(pending?.subscriptions[0]?.host, `127.0.0.1:${server.port}`);
    assert.equal(server.requests.length, 0);
  }
  await using headless = await startHeadless(['--import', link, '--subscribe', server.url, '--probe', origin.url]);
  await headless.state(({ subscriptions, proxies }) => subscriptions[0]?.updatedAt != null && proxies.total === 2);
  assert.equal(server.requests.length, 1);
});

test('a list is fetched without a proxy where that is allowed, for this run alone', async () => {
  await using server = await startListServer({ body: 'socks5://127.0.2.1:9#Listed' });
  const data = await mkdtemp(join(tmpdir(), 'paperplane-direct-'));
  const args = ['--subscribe', server.url, '--probe', 'http://127.0.0.1:9/'];
  const first = await startHeadless([...args, '--allow-direct-fetch'], { data });
  await first.state(({ proxies, settings }) => proxies.total === 1 && settings.allowDirectFetch);
  await first.end();
  const second = await startHeadless(args, { data });
  await second.state(({ proxies, settings }) => proxies.total === 1 && !settings.allowDirectFetch);
  await second.end();
  assert.equal(server.requests.length, 1);
  await rm(data, { recursive: true });
});

test('what was imported is there after a restart', async () => {
  const data = await mkdtemp(join(tmpdir(), 'paperplane-restart-'));
  const first = await startHeadless(['--import', 'socks5://127.0.2.1:9#Home', '--probe', 'http://127.0.0.1:9/'], { data });
  await first.event('imported');
  assert.equal(await first.end(), 0);
  const second = await startHeadless(['--probe', 'http://127.0.0.1:9/'], { data });
  await second.state(({ proxies }) => proxies.total === 1);
  assert.equal(await second.end('SIGINT'), 0);
  await rm(data, { recursive: true });
});

test('a database that cannot be read is kept under another name, which is said in words too', async () => {
  const data = await mkdtemp(join(tmpdir(), 'paperplane-unreadable-'));
  await writeFile(join(data, 'paperplane.db'), 'no database');
  const program = spawn(process.execPath, [entry, '--data', data, '--listen', '127.0.0.1:0', '--ui', 'off']);
  let said = '';
  for await (const chunk of program.stdout) {
    said += chunk;
    if (said.includes('no proxies yet')) program.kill();
  }
  const [, aside = ''] = /set aside.* kept: (.+)\n/.exec(said) ?? [];
  assert.equal(await readFile(aside, 'utf8'), 'no database');
  await rm(data, { recursive: true });
});

test('SIGTERM: no new connections, streams may finish what they do, exit 0', async () => {
  await using origin = await startHttpOrigin();
  await using echo = await startEcho();
  await using proxy = await startSocks5();
  const headless = await startHeadless(['--import', `socks5://127.0.0.1:${proxy.port}`, '--probe', origin.url]);
  await headless.state(({ status }) => status === 'ready');
  const endpoint = await headless.endpoint();
  const socket = await connectThrough(endpoint, echo);
  assert.equal(await echoed(socket, 'before'), 'before');
  const ended = headless.end('SIGTERM');
  const refused = async () => {
    const late = net.connect(endpoint.port, endpoint.host);
    const outcome = await Promise.race([once(late, 'connect').then(() => false), once(late, 'error').then(() => true)]).catch(() => true);
    late.destroy();
    return outcome;
  };
  await until(refused);
  assert.equal(await echoed(socket, 'while it drains'), 'while it drains');
  await once(socket.resume(), 'close'); // the drain has an end
  assert.equal(await ended, 0);
  assert.equal(headless.lastState()?.status, 'stopped');
});

test('SIGTERM ends it too while it waits for links from standard input', async () => {
  const headless = await startHeadless(['--import', '-'], { input: null });
  await headless.state(({ status }) => status === 'no-proxies');
  assert.equal(await headless.end('SIGTERM'), 0);
});

test('with a login, applications must know it', async () => {
  await using headless = await startHeadless([], { env: { PAPERPLANE_LOGIN: 'me:secret' } });
  await assert.rejects(connectThrough(await headless.endpoint(), { host: '127.0.0.1', port: 9 }), /authentication/i);
});

for (const [what, args, said] of [
  ['an unknown option', ['--bogus'], /--bogus/],
  ['a wrong address', ['--listen', 'localhost'], /--listen needs HOST:PORT/],
  ['a wrong port', ['--listen', '127.0.0.1:70000'], /--listen/],
  ['an interface for the whole network', ['--ui', '0.0.0.0:80'], /--ui needs an address of this computer/],
  ['a wrong test address', ['--probe', 'ftp://x'], /--probe/],
  ['a list that is none', ['--subscribe', 'example.com'], /--subscribe needs an https address/],
  ['a file that is not there', ['--import', '@/nowhere/at/all'], /cannot read .*ENOENT/],
  ['a stray word', ['hello'], /hello/],
] as const) {
  test(`${what}: one line, exit 2`, async () => {
    const headless = await startHeadless(args);
    assert.equal(await headless.exited, 2);
    assert.match(headless.stderr(), said);
    assert.equal(headless.stderr().trim().split('\n').length, 1);
    assert.deepEqual(headless.lines, []);
    await headless.end();
  });
}

test('a taken port: says by which program, exit 1', async () => {
  const squatter = net.createServer().listen(0, '127.0.0.1');
  await once(squatter, 'listening');
  const headless = await startHeadless(['--listen', `127.0.0.1:${(squatter.address() as AddressInfo).port}`]);
  assert.equal(await headless.exited, 1);
  assert.match(headless.stderr(), isLinux ? new RegExp(`taken by .* \\(process ${process.pid}\\)`) : /is taken by/);
  await headless.end();
  squatter.close();
});

test('a folder that the system does not let anybody make, and a name that nobody knows: one sentence, exit 1', {
  skip: !isLinux,
}, async () => {
  for (const [args, said] of [
    [['--data', '/proc/paperplane/data'], /data folder cannot be read or written/],
    [['--listen', 'nowhere.invalid:0'], /does not know the address nowhere\.invalid/],
  ] as const) {
    const headless = await startHeadless(args);
    assert.equal(await headless.exited, 1);
    assert.match(headless.stderr(), said);
    await headless.end();
  }
});

test('a second instance on the same folder, and listening off loopback without a login: refused with a sentence, exit 1', async () => {
  await using first = await startHeadless();
  await first.endpoint();
  const second = await startHeadless([], { data: first.data });
  assert.equal(await second.exited, 1);
  assert.match(second.stderr(), /already runs with this data folder/);
  const open = await startHeadless(['--listen', '0.0.0.0:0']);
  assert.equal(await open.exited, 1);
  assert.match(open.stderr(), /needs a login/);
  await open.end();
});
