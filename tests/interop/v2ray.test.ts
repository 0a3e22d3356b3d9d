/** Trojan, VLESS and VMess against v2ray, trojan and nginx. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, mock, test } from 'node:test';
import { chromium } from 'playwright';
import type { Destination } from '../../main/engine/outbound.ts';
import type { Login } from '../../main/engine/outbounds/definition.ts';
import { createDirect } from '../../main/engine/outbounds/direct.ts';
import { findBrowser } from '../rigs/browser.ts';
import { carries } from '../rigs/carries.ts';
import {
  authorityFile,
  type Certificate,
  expiredCertificate,
  otherNameCertificate,
  serverCertificate,
  trustTestAuthority,
} from '../rigs/certificates.ts';
import { defineWay, outboundTo, soon, type Way } from '../rigs/connecting.ts';
import { exchange } from '../rigs/datagrams.ts';
import { startHeadless } from '../rigs/headless.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startHttpOrigin } from '../rigs/origin.ts';
import { missing, type Program, startProgram, temporaryFolder } from '../rigs/programs.ts';
import { startTrojanServer } from '../rigs/trojan-program.ts';
import { startUdpEcho } from '../rigs/udp-echo.ts';
import { type SchemeName, type StreamName, startV2ray, v2rayWay, webSocketPath } from '../rigs/v2ray.ts';
import { verdict } from '../rigs/verdict.ts';

assertNothingLeftOpen();
trustTestAuthority();

/** It reads on, as much as it has chosen when it started or for four seconds, and closes then. */
const isSilent = /^proxy-(?:timeout|closed)$/;
async function carriesDatagrams(way: Way, proxy: Destination): Promise<void> {
  await using echo = await startUdpEcho();
  const datagrams = await defineWay(way, proxy).createClient(createDirect()).openDatagrams?.(soon());
  assert.ok(datagrams);
  for (const length of [1, 1400]) {
    const sent = Buffer.alloc(length, 'x');
    const { source, payload } = await exchange(datagrams, echo, sent);
    assert.deepEqual([source.port, payload], [echo.port, sent]);
  }
  datagrams.close();
}

const otherId: Login = { username: 'a1b2c3d4-0000-4000-8000-000000000000', password: '' };
const wrong: Record<SchemeName, { readonly login: Login; readonly code: RegExp; readonly deadlineMs?: number }> = {
  vmess: { login: otherId, code: isSilent, deadlineMs: 300 },
  vless: { login: otherId, code: /^proxy-closed$/ },
  trojan: { login: { username: 'not the password', password: '' }, code: /^proxy-closed$/ },
  ss: { login: { username: 'aes-256-gcm', password: 'not the password' }, code: isSilent, deadlineMs: 300 },
};
const combinations: readonly (readonly [SchemeName, StreamName])[] = [
  ['vmess', 'tcp'],
  ['vmess', 'tls'],
  ['vmess', 'ws'],
  ['vmess', 'ws+tls'],
  ['vless', 'tcp'],
  ['vless', 'tls'],
  ['vless', 'ws'],
  ['vless', 'ws+tls'],
  ['trojan', 'tcp'],
  ['trojan', 'tls'],
  ['trojan', 'ws'],
  ['trojan', 'ws+tls'],
  ['ss', 'tcp'],
  ['ss', 'tls'],
  ['ss', 'ws'],
  ['ss', 'ws+tls'],
];

describe('v2ray', { skip: missing('v2ray') }, () => {
  for (const [scheme, stream] of combinations) {
    test(`${scheme} over ${stream}`, async () => {
      await using folder = await temporaryFolder();
      await using proxy = await startV2ray(folder.path, scheme, stream);
      const way = v2rayWay(scheme, stream);
      await carries(outboundTo(way, proxy));
      if (scheme !== 'ss' || stream === 'tcp') await carriesDatagrams(way, proxy); // Shadowsocks' go beside the stream, by UDP
      assert.equal(await verdict(way, proxy), 'works');
      const { login, code, deadlineMs } = wrong[scheme];
      assert.match(await verdict({ ...way, login }, proxy, deadlineMs), code);
      if (stream.startsWith('ws')) assert.equal(await verdict(v2rayWay(scheme, stream, { path: '/another' }), proxy), 'proxy-protocol');
    });
  }

  test('vmess with every cipher', async () => {
    await using folder = await temporaryFolder();
    await using proxy = await startV2ray(folder.path, 'vmess', 'tcp');
    for (const encryption of ['aes-128-gcm', 'chacha20-poly1305', 'none', 'zero', 'auto']) {
      await carries(outboundTo(v2rayWay('vmess', 'tcp', { encryption }), proxy));
      await carriesDatagrams(v2rayWay('vmess', 'tcp', { encryption }), proxy);
    }
  });

  test('vmess with a clock that is three minutes off meets silence, and the deadline speaks', async () => {
    await using folder = await temporaryFolder();
    await using proxy = await startV2ray(folder.path, 'vmess', 'tcp');
    mock.timers.enable({ apis: ['Date'], now: Date.now() - 180_000 });
    try {
      assert.match(await verdict(v2rayWay('vmess', 'tcp'), proxy, 300), isSilent);
    } finally {
      mock.timers.reset();
    }
  });
});

describe('trojan', { skip: missing('trojan') }, () => {
  const way = v2rayWay('trojan', 'tls');
  test('carries, and knows its password and its name', async () => {
    await using folder = await temporaryFolder();
    await using site = await startHttpOrigin();
    await using proxy = await startTrojanServer(folder.path, site.port);
    await carries(outboundTo(way, proxy));
    await carriesDatagrams(way, proxy);
    assert.equal(await verdict(way, proxy), 'works');
    assert.equal(await verdict({ ...way, login: { username: 'not the password', password: '' } }, proxy), 'proxy-login-rejected');
    assert.equal(await verdict({ ...way, query: { sni: 'another.test' } }, proxy), 'proxy-certificate');
  });

  test('a certificate that is over or for another name is not taken, unless the link says so', async () => {
    await using folder = await temporaryFolder();
    await using site = await startHttpOrigin();
    for (const certificate of [expiredCertificate, otherNameCertificate]) {
      await using proxy = await startTrojanServer(folder.path, site.port, certificate);
      assert.equal(await verdict(way, proxy), 'proxy-certificate');
      assert.equal(await verdict({ ...way, query: { sni: 'proxy.test', allowInsecure: '1' } }, proxy), 'works');
    }
  });
});

describe('nginx in front of v2ray', { skip: missing('nginx', 'v2ray') }, () => {
  test('vless and vmess over ws+tls', async () => {
    await using folder = await temporaryFolder();
    for (const scheme of ['vless', 'vmess'] as const) {
      await using v2ray = await startV2ray(folder.path, scheme, 'ws');
      await using front = await startNginx(folder.path, v2ray.port);
      const way = v2rayWay(scheme, 'ws+tls');
      await carries(outboundTo(way, front));
      assert.equal(await verdict(way, front), 'works');
      assert.equal(await verdict(v2rayWay(scheme, 'ws+tls', { path: '/another' }), front), 'proxy-protocol');
      await v2ray[Symbol.asyncDispose]();
      assert.equal(await verdict(way, front), 'proxy-unreachable');
    }
  });
});

function startNginx(folder: string, port: number): Promise<Program> {
  return startProgram(folder, 'nginx', async (listen) => {
    const config = `daemon off; master_process off; pid ${folder}/nginx.pid; error_log stderr;
events { worker_connections 256; }
http { access_log off; client_body_temp_path ${folder}/nb; proxy_temp_path ${folder}/np; fastcgi_temp_path ${folder}/nf;
  uwsgi_temp_path ${folder}/nu; scgi_temp_path ${folder}/ns;
  server { listen 127.0.0.1:${listen} ssl http2; ssl_certificate ${serverCertificate.certFile}; ssl_certificate_key ${serverCertificate.keyFile};
    location / { return 200 "plain site"; }
    location ${webSocketPath} { proxy_pass http://127.0.0.1:${port}; proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection "upgrade"; proxy_set_header Host $host; } } }`;
    const file = path.join(folder, `nginx-${listen}.conf`);
    await writeFile(file, config);
    return ['-c', file, '-e', 'stderr'];
  });
}

test('Chromium loads a page through each', { skip: missing('v2ray', 'trojan', 'nginx') }, async () => {
  await using folder = await temporaryFolder();
  await using origin = await startHttpOrigin();
  const { executablePath, args } = await findBrowser();
  const browser = await chromium.launch({ executablePath, args: [...args, '--proxy-bypass-list=<-loopback>'] });
  await using _closing = { [Symbol.asyncDispose]: () => browser.close() };
  const loads = async (way: Way, starting: Promise<Program>) => {
    await using proxy = await starting;
    const importing = ['--import', defineWay(way, proxy).link, '--probe', origin.url];
    await using headless = await startHeadless(importing, { env: { NODE_EXTRA_CA_CERTS: authorityFile } });
    await headless.state(({ status }) => status === 'ready');
    const { host, port } = await headless.endpoint();
    const page = await browser.newPage({ proxy: { server: `socks5://${host}:${port}`, bypass: '<-loopback>' } });
    await page.goto(origin.url);
    assert.match((await page.textContent('body')) ?? '', /hello from the origin/, way.scheme);
    await page.close();
    await headless.state(({ traffic }) => traffic.downBytes > 0); // the page really came through
  };
  await loads(v2rayWay('vmess', 'tcp'), startV2ray(folder.path, 'vmess', 'tcp'));
  await loads(v2rayWay('vless', 'ws+tls'), startV2ray(folder.path, 'vless', 'ws+tls'));
  await loads(v2rayWay('ss', 'ws+tls'), startV2ray(folder.path, 'ss', 'ws+tls'));
  await loads(v2rayWay('trojan', 'tls'), startTrojanServer(folder.path, origin.port));
  await using v2ray = await startV2ray(folder.path, 'vmess', 'ws');
  await loads(v2rayWay('vmess', 'ws+tls'), startNginx(folder.path, v2ray.port));
});

test('a pinned certificate is all that is checked, and no other one is taken', { skip: missing('trojan') }, async () => {
  await using folder = await temporaryFolder();
  await using site = await startHttpOrigin();
  await using proxy = await startTrojanServer(folder.path, site.port, expiredCertificate);
  const pinOf = ({ cert }: Certificate) => new X509Certificate(cert).fingerprint256;
  const pinnedTo = (certificate: Certificate) => ({ ...v2rayWay('trojan', 'tls'), query: { pcs: pinOf(certificate), allowInsecure: '1' } });
  assert.equal(await verdict(pinnedTo(expiredCertificate), proxy), 'works');
  assert.equal(await verdict(pinnedTo(serverCertificate), proxy), 'proxy-certificate');
});
