/** Datagrams through the real program and proxy servers that others wrote. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { authorityFile } from '../rigs/certificates.ts';
import { defineWay, type Way } from '../rigs/connecting.ts';
import { startHeadless } from '../rigs/headless.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startHttpOrigin } from '../rigs/origin.ts';
import { missing, type Program, temporaryFolder } from '../rigs/programs.ts';
import { startSsServer } from '../rigs/shadowsocks-libev.ts';
import { thirdPartyProxies } from '../rigs/third-party-proxies.ts';
import { startUdpClient } from '../rigs/udp-client.ts';
import { startUdpEcho } from '../rigs/udp-echo.ts';
import { startV2ray, v2rayWay } from '../rigs/v2ray.ts';

assertNothingLeftOpen();

interface Server {
  readonly name: string;
  readonly programs: readonly string[];
  readonly way: Way;
  start(folder: string): Promise<Program>;
}

const cipher = { username: 'aes-256-gcm', password: 'pw 123/+' };
const socks = ({ name, programs, login, start }: (typeof thirdPartyProxies)[number]): Server => ({
  name,
  programs,
  way: { scheme: 'socks5', login },
  start,
});
const ssServer: Server = {
  name: 'ss-server',
  programs: ['ss-server'],
  way: { scheme: 'ss', login: cipher },
  start: (folder) => startSsServer(folder, cipher),
};
const v2ray = (scheme: Parameters<typeof startV2ray>[1], stream: Parameters<typeof startV2ray>[2]): Server => ({
  name: `v2ray with ${scheme} over ${stream}`,
  programs: ['v2ray'],
  way: v2rayWay(scheme, stream),
  start: (folder) => startV2ray(folder, scheme, stream),
});

/** The program with this proxy, which it has found to work, while an application is served. */
async function serving(server: Server, work: (endpoint: { host: string; port: number }) => Promise<void>): Promise<void> {
  await using folder = await temporaryFolder();
  await using origin = await startHttpOrigin();
  await using proxy = await server.start(folder.path);
  const { link } = defineWay(server.way, { host: server.way.query?.sni === undefined ? proxy.host : 'localhost', port: proxy.port });
  await using headless = await startHeadless(['--import', link, '--probe', origin.url], { env: { NODE_EXTRA_CA_CERTS: authorityFile } });
  await headless.state(({ status }) => status === 'ready');
  await work(await headless.endpoint());
}

const byName = (wanted: string) => thirdPartyProxies.filter(({ name }) => name === wanted).map(socks);

for (const server of [...byName('danted'), ssServer, v2ray('trojan', 'tls'), v2ray('vless', 'ws'), v2ray('vmess', 'tcp')]) {
  test(`${server.name} carries datagrams`, { skip: missing(...server.programs) }, async () => {
    await using echo = await startUdpEcho();
    await serving(server, async (endpoint) => {
      await using client = await startUdpClient(endpoint);
      for (const host of ['127.0.0.1', 'localhost']) {
        for (const text of ['hello', 'x'.repeat(1300)]) assert.equal(await client.ask({ host, port: echo.port }, text), text);
      }
    });
  });
}

for (const server of byName('microsocks')) {
  test(`${server.name} carries none, and applications are told so`, { skip: missing(...server.programs) }, async () => {
    await serving(server, (endpoint) => assert.rejects(startUdpClient(endpoint), /CommandNotSupported|rejected/i));
  });
}
