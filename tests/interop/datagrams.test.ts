/** Datagrams through the real program and proxy servers that others wrote. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { define } from '../rigs/connecting.ts';
import { startHeadless } from '../rigs/headless.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startHttpOrigin } from '../rigs/origin.ts';
import { missing, temporaryFolder } from '../rigs/programs.ts';
import { thirdPartyProxies } from '../rigs/third-party-proxies.ts';
import { startUdpClient } from '../rigs/udp-client.ts';
import { startUdpEcho } from '../rigs/udp-echo.ts';

assertNothingLeftOpen();

for (const { name, programs, schemes, login, start, carriesDatagrams } of thirdPartyProxies) {
  if (name !== 'microsocks' && !carriesDatagrams) continue;
  test(`${name} ${carriesDatagrams ? 'carries datagrams' : 'carries none, and applications are told so'}`, {
    skip: missing(...programs),
  }, async () => {
    await using folder = await temporaryFolder();
    await using echo = await startUdpEcho();
    await using origin = await startHttpOrigin();
    await using proxy = await start(folder.path);
    const { link } = define(schemes[0] ?? '', proxy, login);
    await using headless = await startHeadless(['--import', link, '--probe', origin.url]);
    await headless.state(({ status }) => status === 'ready');
    const endpoint = await headless.endpoint();
    if (!carriesDatagrams) return void (await assert.rejects(startUdpClient(endpoint), /CommandNotSupported|rejected/i));
    await using client = await startUdpClient(endpoint);
    for (const host of ['127.0.0.1', 'localhost']) {
      for (const text of ['hello', 'x'.repeat(8000)]) assert.equal(await client.ask({ host, port: echo.port }, text), text);
    }
  });
}
