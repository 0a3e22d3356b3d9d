/** Our outbounds against proxy servers that others wrote. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { trustTestAuthority } from '../rigs/certificates.ts';
import { echoes, failure, noLogin, outboundTo, soon } from '../rigs/connecting.ts';
import { refusingPort } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startEcho, startSpeakFirst } from '../rigs/origin.ts';
import { missing, temporaryFolder } from '../rigs/programs.ts';
import { readExactly } from '../rigs/streams.ts';
import { thirdPartyProxies } from '../rigs/third-party-proxies.ts';

assertNothingLeftOpen();
trustTestAuthority();

for (const { name, programs, schemes, login, refused, knowsNames = true, start } of thirdPartyProxies) {
  describe(name, { skip: missing(...programs) }, () => {
    for (const scheme of schemes) {
      test(`${scheme} links`, async () => {
        await using folder = await temporaryFolder();
        await using proxy = await start(folder.path);
        await using origin = await startEcho();
        await using speaker = await startSpeakFirst('220 ready\r\n');
        const outbound = outboundTo(scheme, proxy, login);

        for (const host of knowsNames ? ['localhost', '127.0.0.1'] : ['127.0.0.1']) {
          const stream = await outbound.connect({ host, port: origin.port }, soon());
          await echoes(stream, 'x'.repeat(100_000));
          stream.destroy();
        }
        const greeted = await outbound.connect(speaker, soon());
        assert.equal((await readExactly(greeted, 11)).toString(), '220 ready\r\n');
        greeted.destroy();

        assert.equal((await failure(outbound, { host: '127.0.0.1', port: await refusingPort() })).code, refused);
        if (login === noLogin) return;
        const wrong = outboundTo(scheme, proxy, { ...login, password: 'wrong' });
        assert.equal((await failure(wrong, origin)).code, 'proxy-login-rejected');
        assert.equal((await failure(outboundTo(scheme, proxy), origin)).code, 'proxy-login-required');
      });
    }
  });
}
