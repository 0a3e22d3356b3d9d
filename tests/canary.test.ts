/**
 * Marked secrets go in wherever secrets can go in. They may come out in the answer of exportProxies and nowhere else. Nor does the name of a site,
 * but in the interface.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { SocksClient } from 'socks';
import { request } from './control/open-carrier.ts';
import { authorityFile, serverCertificate } from './rigs/certificates.ts';
import { readAllFiles } from './rigs/data-folder.ts';
import { type Headless, startHeadless } from './rigs/headless.ts';
import { startHttpProxy } from './rigs/http-proxy.ts';
import { refusingPort } from './rigs/loopback-server.ts';
import { assertUnmarked, mark, markedUuid } from './rigs/marked.ts';
import { importedLinks, keptLinks, markedLogin, rejectedLines } from './rigs/marked-links.ts';
import { assertNothingLeftOpen } from './rigs/nothing-open.ts';
import { type HttpOrigin, startHttpOrigin } from './rigs/origin.ts';
import { startSocks4 } from './rigs/socks4-server.ts';
import { startSocks5 } from './rigs/socks5-server.ts';
import { readAll } from './rigs/streams.ts';

assertNothingLeftOpen();

const endpointLogin = { username: 'application', password: `endpoint-${mark}` };
const env = { NODE_EXTRA_CA_CERTS: authorityFile, PAPERPLANE_LOGIN: `${endpointLogin.username}:${endpointLogin.password}` };

test('the search finds a mark in every form', () => {
  const secrets = [mark, mark.toUpperCase(), markedUuid, `vless://${markedUuid}`].map((text) => Buffer.from(text));
  const encodings = ['a', 'ab', 'abc'].map((before) => Buffer.from(Buffer.from(`${before}${mark}cd`).toString('base64')));
  const others = [
    Buffer.from(mark, 'utf16le'),
    Buffer.from(Buffer.from(mark).toString('hex')),
    Buffer.from(`${encodeURIComponent(`:${mark}@`)}`),
  ];
  for (const bytes of [...secrets, ...encodings, ...others]) {
    const around = Buffer.concat([Buffer.alloc(50), bytes, Buffer.alloc(50)]);
    assert.throws(() => assertUnmarked('here', around), /a secret is in here/, String(bytes));
  }
  assertUnmarked('nothing', 'marked secret');
});

for (const [log, args, signal] of [
  ['a file', [], 'SIGTERM'],
  ['standard error', ['--verbose'], 'SIGKILL'],
] as const) {
  test(`no marked secret comes out, logging to ${log}, ended by ${signal}`, async (t) => {
    const data = temporaryFolder(t);
    await using rigs = await startRigs();
    const good = [...importedLinks(rigs.ports), ...keptLinks];
    const links = [...rejectedLines, ...good].join('\n');
    const file = join(temporaryFolder(t), 'links.txt');
    writeFileSync(file, links);
    const headless = await startHeadless(['--ui', '127.0.0.1:0', '--import', `@${file}`, '--probe', rigs.origin.url, ...args], {
      data,
      env,
    });
    t.after(() => headless.end('SIGKILL'));
    const imported = await headless.event('imported');
    assert.deepEqual([imported.added, (imported.rejected as unknown[]).length > 10], [good.length, true]);
    await headless.state(({ proxies }) => proxies.untested === 0 && proxies.working >= 6 && proxies.failing >= 8);

    await useApi(headless, links);
    await askForSite(headless);
    await useEndpoint(headless, rigs.origin);
    await startWrongly(data);
    await rigs.proxies[Symbol.asyncDispose]();
    await useEndpoint(headless, null);
    checkFolder(data, 'while it runs');
    await headless.end(signal);

    checkFolder(data, 'after the end');
    assert.match(log === 'a file' ? (readAllFiles(data).get('paperplane.log')?.toString() ?? '') : headless.stderr(), /"listening"/);
    assertUnmarked('standard output', headless.lines.join('\n'));
    assertUnmarked('standard error', headless.stderr());
  });
}

async function startRigs() {
  const proxies = new AsyncDisposableStack();
  const all = new AsyncDisposableStack();
  const origin = all.use(await startHttpOrigin());
  all.use(proxies);
  const socks5 = proxies.use(await startSocks5(markedLogin)).port;
  const socks4 = proxies.use(await startSocks4(markedLogin)).port;
  const http = proxies.use(await startHttpProxy(markedLogin)).port;
  const https = proxies.use(await startHttpProxy({ ...markedLogin, certificate: serverCertificate })).port;
  const ports = { socks5, socks4, http, https, dead: await refusingPort() };
  return { origin, proxies, ports, [Symbol.asyncDispose]: () => all.disposeAsync() };
}

/** The interface: states, lists, wrong calls with secrets in them; and the one call that may answer with secrets. */
async function useApi(headless: Headless, links: string): Promise<void> {
  const { origin, port, search } = new URL(String((await headless.event('ui')).url));
  const login = await request(Number(port), { path: `/${search}` });
  const cookie = String(login.headers['set-cookie']).split(';')[0] ?? '';
  const states = http.get({ host: '127.0.0.1', port, path: '/api/state', agent: false, headers: { Cookie: cookie } });
  const [stream] = (await once(states, 'response')) as [http.IncomingMessage];
  const pushed: Buffer[] = [];
  stream.on('data', (chunk) => pushed.push(chunk)).on('error', () => {});

  const send = (name: string, body: string, headers = {}) => {
    const own = { Cookie: cookie, Origin: origin, 'Content-Type': 'application/json', ...headers };
    return request(Number(port), { method: 'POST', path: `/api/call/${name}`, headers: own, body });
  };
  const call = async (name: string, args: unknown) => {
    const answer = await send(name, JSON.stringify(args));
    if (name !== 'exportProxies') assertUnmarked(`the answer to ${name}`, JSON.stringify(answer));
    return JSON.parse(answer.body);
  };
  const exported = await call('exportProxies', { ids: 'all', format: 'links' });
  assert.ok(exported.value.text.includes(mark), 'the links do hold the marks');

  const page = await call('listProxies', { offset: 0, limit: 500 });
  assert.ok(page.value.rows.length >= 20);
  assert.equal((await call('listProxies', { offset: 0, limit: 500, search: mark })).value.total, 0, 'nor can a search tell');
  assert.equal((await call('importText', { text: links })).value.added, 0);
  for (const id of [1, 2, 3]) await call('answerPending', { id, accept: true });
  await call('updateSubscriptions', { ids: 'all' });
  await call('removeSubscription', { id: mark });
  await call('importText', { text: links, password: mark });
  await call('importText', { text: { secret: mark } });
  await call('importText', links);
  await call('pinProxy', { id: mark });
  await call('testProxies', { ids: [mark] });
  await call('removeProxies', { ids: [mark] });
  await call('exportProxies', { ids: [mark], format: 'clash' });
  await call('changeSettings', { [mark]: mark });
  await call('dismissNotice', { id: mark });
  await call(`unknown-${mark}`, { secret: mark });
  assertUnmarked('the answer to broken JSON', JSON.stringify(await send('importText', `{"text": "${mark}`)));
  assertUnmarked(
    'the answer to a stranger',
    JSON.stringify(await send('listProxies', '{}', { Cookie: `x=${mark}`, Origin: `http://${mark}` })),
  );
  assertUnmarked(
    'a missing page',
    JSON.stringify(await request(Number(port), { path: `/${mark}?token=${mark}`, headers: { Cookie: cookie } })),
  );

  for (const { id } of page.value.rows.slice(0, 2)) await call('pinProxy', { id });
  await call('pinProxy', { id: null });
  const revision = headless.lastState()?.proxiesRevision ?? 0;
  await call('testProxies', { ids: 'all' });
  await headless.state(({ proxiesRevision }) => proxiesRevision > revision);
  states.destroy();
  assert.ok(Buffer.concat(pushed).includes('data: {'));
  assertUnmarked('the pushed states', Buffer.concat(pushed));
  for (const value of [cookie.split('=')[1] ?? '', new URLSearchParams(search).get('token') ?? '']) {
    assert.ok(value.length > 16);
    for (const [name, bytes] of readAllFiles(headless.data)) assert.ok(!bytes.includes(value), `a session's secret is in ${name}`);
    assert.ok(!headless.stderr().includes(value));
  }
}

/** Applications: with a right and a wrong login, to a destination that is there and to one that refuses. null: no proxy is left. */
async function useEndpoint(headless: Headless, origin: HttpOrigin | null): Promise<void> {
  const { host, port } = await headless.endpoint();
  const destination = { host: '127.0.0.1', port: origin?.port ?? 9 };
  const connect = (password: string, to = destination) =>
    SocksClient.createConnection({
      proxy: { host, port, type: 5, userId: endpointLogin.username, password },
      command: 'connect',
      destination: to,
    });
  if (origin !== null) (await connect(endpointLogin.password)).socket.destroy();
  else await assert.rejects(connect(endpointLogin.password));
  await assert.rejects(connect(`wrong-${mark}`));
  await assert.rejects(connect(endpointLogin.password, { host: '127.0.0.1', port: await refusingPort() }));

  const basic = (text: string) => `Proxy-Authorization: Basic ${Buffer.from(text).toString('base64')}\r\n`;
  const requests = [
    `CONNECT 127.0.0.1:9 HTTP/1.1\r\n${basic(`application:wrong-${mark}`)}\r\n`,
    `CONNECT 127.0.0.1:1 HTTP/1.1\r\n${basic(env.PAPERPLANE_LOGIN)}\r\n`,
    `GET http://user:${mark}@127.0.0.1:1/${mark} HTTP/1.1\r\n${basic(env.PAPERPLANE_LOGIN)}Cookie: ${mark}\r\n\r\n`,
    `GET /${mark} HTTP/1.1\r\nHost: x\r\n\r\n`,
    `${mark} ${mark}\r\n\r\n`,
  ];
  for (const text of requests) {
    const socket = net.connect({ host, port }).on('error', () => {});
    socket.end(text);
    assertUnmarked(`the endpoint's answer to ${text.split(' ')[0]}`, await readAll(socket).catch(() => Buffer.alloc(0)));
  }
}

/** A site whose name is nobody else's: it fails through every proxy, which the interface shows. */
async function askForSite(headless: Headless): Promise<void> {
  const { host, port } = await headless.endpoint();
  const proxy = { host, port, type: 5 as const, userId: endpointLogin.username, password: endpointLogin.password };
  assert.equal(headless.lastState()?.refusingSite, null);
  await assert.rejects(SocksClient.createConnection({ proxy, command: 'connect', destination: { host: `${mark}.test`, port: 443 } }));
  const { refusingSite } = await headless.state(({ refusingSite }) => refusingSite !== null);
  assert.ok(Number(refusingSite?.proxies) >= 2, JSON.stringify(refusingSite));
}

/** Command lines that cannot work, with secrets in them. */
async function startWrongly(busy: string): Promise<void> {
  const link = `socks5://user:${mark}@127.0.0.1:1080`;
  for (const args of [['--data', busy], [link], [`--imports=${link}`], ['--import', link, '--listen', link], ['--probe', link]]) {
    const headless = await startHeadless(['--import', link, ...args], { env });
    const hasStarted = headless.event('listening').then(
      () => true,
      () => false,
    );
    assert.equal(await hasStarted, false, args[0]);
    await headless.end();
    assertUnmarked(`what ${args[0]} says`, headless.stderr() + headless.lines.join('\n'));
  }
}

function checkFolder(data: string, when: string): void {
  const files = readAllFiles(data);
  assert.ok((files.get('paperplane.db')?.length ?? 0) > 0);
  for (const [name, bytes] of files) assertUnmarked(`${name} ${when}`, bytes);
}

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'paperplane-canary-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
