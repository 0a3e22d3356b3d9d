/** Shadowsocks against Debian's server and plugins. There is no server of the 2022 edition in Debian: its peer is the rig of the contract suite. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { chromium } from 'playwright';
import { createDirect } from '../../main/engine/outbounds/direct.ts';
import { createProxyOutbound } from '../../main/engine/outbounds/proxy-outbound.ts';
import { shadowsocks } from '../../main/engine/outbounds/shadowsocks.ts';
import { findBrowser } from '../rigs/browser.ts';
import { carries } from '../rigs/carries.ts';
import { serverCertificate, trustTestAuthority } from '../rigs/certificates.ts';
import { soon } from '../rigs/connecting.ts';
import { exchange } from '../rigs/datagrams.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startHttpOrigin } from '../rigs/origin.ts';
import { missing, type Program, temporaryFolder } from '../rigs/programs.ts';
import { rowsOf, startEngine, stateOf } from '../rigs/running-engine.ts';
import { type LibevPlugin, startSsServer } from '../rigs/shadowsocks-libev.ts';
import { startUdpEcho } from '../rigs/udp-echo.ts';

assertNothingLeftOpen();
trustTestAuthority();

const password = 'pw 123/+';
const notInstalled = missing('ss-server');

function define({ host, port }: Program, username: string, query: Readonly<Record<string, string>> = {}, key = password) {
  return shadowsocks.parse({ scheme: 'ss', host, port, username, password: key, name: '', query: new Map(Object.entries(query)) });
}

describe('ss-server', { skip: notInstalled }, () => {
  for (const cipher of ['aes-128-gcm', 'aes-192-gcm', 'aes-256-gcm', 'chacha20-ietf-poly1305', 'xchacha20-ietf-poly1305']) {
    test(`${cipher}: TCP and UDP`, async () => {
      await using folder = await temporaryFolder();
      await using server = await startSsServer(folder.path, { username: cipher, password });
      await carries(createProxyOutbound(define(server, cipher), createDirect()));
      await using echo = await startUdpEcho();
      const way = await define(server, cipher).createClient(createDirect()).openDatagrams?.(soon());
      assert.ok(way);
      for (const length of [1, 1300]) {
        const { source, payload } = await exchange(way, echo, Buffer.alloc(length, 7));
        assert.deepEqual(payload, Buffer.alloc(length, 7));
        assert.deepEqual(source, { host: echo.host, port: echo.port });
      }
      way.close();
    });
  }

  test('with a prefix', async () => {
    await using folder = await temporaryFolder();
    await using server = await startSsServer(folder.path, { username: 'chacha20-ietf-poly1305', password });
    await carries(
      createProxyOutbound(define(server, 'chacha20-ietf-poly1305', { prefix: '\x16\x03\x01\x00\xa8\x01\x01' }), createDirect()),
    );
  });

  test('a wrong password is found out in bounded time, although the server says nothing', async (t) => {
    await using folder = await temporaryFolder();
    await using server = await startSsServer(folder.path, { username: 'aes-256-gcm', password });
    await using origin = await startHttpOrigin();
    await using engine = await startEngine(t, { probe: origin.url });
    await engine.commands.importText({ text: define(server, 'aes-256-gcm', {}, 'wrong').link });
    await stateOf(engine, ({ proxies }) => proxies.failing === 1);
    assert.deepEqual(
      (await rowsOf(engine)).map(({ reason }) => reason),
      ['proxy-timeout'],
    );
  });
});

const plugins: readonly LibevPlugin[] = [
  { link: 'obfs-local;obfs=http;obfs-host=www.example.com', program: 'obfs-server', options: 'obfs=http' },
  { link: 'simple-obfs;obfs=tls;obfs-host=www.example.com', program: 'obfs-server', options: 'obfs=tls' },
  { link: 'v2ray-plugin;mux=0;host=www.example.com;path=/a', program: 'ss-v2ray-plugin', options: 'server;mux=0;path=/a' },
  { link: 'v2ray-plugin;host=www.example.com', program: 'ss-v2ray-plugin', options: 'server' },
  {
    link: 'v2ray-plugin;mux=0;tls;host=proxy.test',
    program: 'ss-v2ray-plugin',
    options: `server;mux=0;tls;host=proxy.test;cert=${serverCertificate.certFile};key=${serverCertificate.keyFile}`,
  },
];

for (const plugin of plugins) {
  test(`ss-server behind ${plugin.program} ${plugin.options}`, { skip: notInstalled || missing(plugin.program) }, async () => {
    await using folder = await temporaryFolder();
    await using server = await startSsServer(folder.path, { username: 'aes-128-gcm', password }, plugin);
    await carries(createProxyOutbound(define(server, 'aes-128-gcm', { plugin: plugin.link }), createDirect()));
  });
}

test('a browser loads a page through ss-server', { skip: notInstalled }, async (t) => {
  await using folder = await temporaryFolder();
  await using server = await startSsServer(folder.path, { username: 'chacha20-ietf-poly1305', password });
  await using origin = await startHttpOrigin();
  await using engine = await startEngine(t, { probe: origin.url });
  await engine.commands.importText({ text: define(server, 'chacha20-ietf-poly1305').link });
  const { endpoint } = await stateOf(engine, ({ status }) => status === 'ready');
  const { executablePath, args } = await findBrowser();
  const proxyArgs = [`--proxy-server=socks5://${endpoint?.host}:${endpoint?.port}`, '--proxy-bypass-list=<-loopback>'];
  const browser = await chromium.launch({ executablePath, args: [...args, ...proxyArgs] });
  try {
    const page = await browser.newPage();
    await page.goto(`http://localhost:${origin.port}/`);
    assert.match((await page.textContent('body')) ?? '', /hello from the origin/);
  } finally {
    await browser.close();
  }
});
