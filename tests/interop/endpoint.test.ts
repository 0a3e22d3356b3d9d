/** The real program between applications and proxy servers that others wrote. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { chromium } from 'playwright';
import { SocksClient } from 'socks';
import { findBrowser } from '../rigs/browser.ts';
import { authorityFile, serverCertificate } from '../rigs/certificates.ts';
import { define, echoes } from '../rigs/connecting.ts';
import { startHeadless } from '../rigs/headless.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { type HttpOrigin, startEcho, startHttpOrigin } from '../rigs/origin.ts';
import { missing, temporaryFolder } from '../rigs/programs.ts';
import { startSocks5 } from '../rigs/socks5-server.ts';
import { type ThirdPartyProxy, thirdPartyProxies } from '../rigs/third-party-proxies.ts';

assertNothingLeftOpen();

interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** What curl printed; rejects when it failed. Never longer than 12 seconds. */
async function curl(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('curl', ['-sS', '--fail', '--max-time', '12', '--noproxy', '', ...args]);
  return stdout;
}

/** The ways in which curl uses a proxy: SOCKS with names left to it, CONNECT, and plain HTTP. */
const curlWays: Record<string, (endpoint: Endpoint) => string[]> = {
  socks5h: ({ host, port }) => ['-x', `socks5h://${host}:${port}`],
  socks4a: ({ host, port }) => ['-x', `socks4a://${host}:${port}`],
  'HTTP CONNECT': ({ host, port }) => ['-p', '-x', `http://${host}:${port}`],
  'plain HTTP': ({ host, port }) => ['-x', `http://${host}:${port}`],
};

const hello = /hello from the origin/;

/** The program with one proxy, which it has found to work. */
async function startWith(proxy: Endpoint, { schemes, login }: Pick<ThirdPartyProxy, 'schemes' | 'login'>, origin: HttpOrigin) {
  const { link } = define(schemes[0] ?? '', proxy, login);
  const headless = await startHeadless(['--import', link, '--probe', origin.url], { env: { NODE_EXTRA_CA_CERTS: authorityFile } });
  try {
    await headless.state(({ status }) => status === 'ready');
    return Object.assign(headless, { address: await headless.endpoint() });
  } catch (error) {
    await headless.end();
    throw error;
  }
}

for (const proxyServer of thirdPartyProxies) {
  const { programs, name, knowsNames = true } = proxyServer;
  test(`curl gets out through ${name}`, { skip: missing('curl', ...programs) }, async () => {
    await using folder = await temporaryFolder();
    await using origin = await startHttpOrigin();
    const proxy = await proxyServer.start(folder.path);
    try {
      await using headless = await startWith(proxy, proxyServer, origin);
      const url = knowsNames ? `http://localhost:${origin.port}/` : origin.url;
      for (const [way, options] of Object.entries(curlWays)) {
        assert.match(await curl(...options(headless.address), url), hello, way);
      }

      const before = origin.requests.length;
      await proxy[Symbol.asyncDispose]();
      for (const options of Object.values(curlWays)) {
        await assert.rejects(curl(...options(headless.address), url), { killed: false }); // refused, never direct
      }
      assert.equal(origin.requests.length, before);
    } finally {
      await proxy[Symbol.asyncDispose]();
    }
  });
}

describe('a browser', () => {
  for (const scheme of ['socks5', 'http']) {
    test(`gets out through the endpoint as ${scheme} proxy, and nowhere when the proxy is gone`, async () => {
      await using origin = await startHttpOrigin();
      await using secureOrigin = await startHttpOrigin({ certificate: serverCertificate });
      const proxy = await startSocks5();
      await using headless = await startWith(proxy, { schemes: ['socks5'], login: { username: '', password: '' } }, origin);
      const { host, port } = headless.address;
      const { executablePath, args } = await findBrowser();
      // Without the bypass list Chromium goes to loopback directly, whatever the proxy.
      const proxyArgs = [`--proxy-server=${scheme}://${host}:${port}`, '--proxy-bypass-list=<-loopback>'];
      const browser = await chromium.launch({ executablePath, args: [...args, ...proxyArgs] });
      try {
        const page = await browser.newPage({ ignoreHTTPSErrors: true });
        for (const { port: originPort, url } of [origin, secureOrigin]) {
          await page.goto(url.replace(/127\.0\.0\.1:\d+/, `origin.test:${originPort}`)); // only the rig knows this name
          assert.match((await page.textContent('body')) ?? '', hello);
        }
        const before = origin.requests.length;
        await proxy[Symbol.asyncDispose]();
        const outcome = await page.goto(`${origin.url}again`).then(
          (response) => response?.status() ?? 0,
          () => 0, // no page at all
        );
        assert.ok(outcome === 0 || outcome >= 500, `${outcome}`);
        assert.equal(origin.requests.length, before);
      } finally {
        await browser.close();
        await proxy[Symbol.asyncDispose]();
      }
    });
  }
});

test('the socks package gets out, by name and by address, as SOCKS4 and SOCKS5', async () => {
  await using origin = await startHttpOrigin();
  await using echo = await startEcho();
  await using proxy = await startSocks5();
  await using headless = await startWith(proxy, { schemes: ['socks5'], login: { username: '', password: '' } }, origin);
  for (const type of [4, 5] as const) {
    for (const host of ['origin.test', '127.0.0.1']) {
      const destination = { host, port: echo.port };
      const { socket } = await SocksClient.createConnection({ proxy: { ...headless.address, type }, command: 'connect', destination });
      await echoes(socket);
      socket.destroy();
    }
  }
});
