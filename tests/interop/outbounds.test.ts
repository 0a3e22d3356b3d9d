/** Our outbounds against proxy servers that others wrote. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { carries } from '../rigs/carries.ts';
import { trustTestAuthority } from '../rigs/certificates.ts';
import { failure, noLogin, outboundTo } from '../rigs/connecting.ts';
import { refusingPort } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { missing, temporaryFolder } from '../rigs/programs.ts';
import { thirdPartyProxies } from '../rigs/third-party-proxies.ts';

assertNothingLeftOpen();
trustTestAuthority();

for (const { name, programs, schemes, login, refused, knowsNames = true, start } of thirdPartyProxies) {
  describe(name, { skip: missing(...programs) }, () => {
    for (const scheme of schemes) {
      test(`${scheme} links`, async () => {
        await using folder = await temporaryFolder();
        await using proxy = await start(folder.path);
        const outbound = outboundTo(scheme, proxy, login);
        await carries(outbound, knowsNames ? undefined : ['127.0.0.1']);
        const nowhere = { host: '127.0.0.1', port: await refusingPort() };
        assert.equal((await failure(outbound, nowhere)).code, refused);
        if (login === noLogin) return;
        const wrong = outboundTo(scheme, proxy, { ...login, password: 'wrong' });
        assert.equal((await failure(wrong, nowhere)).code, 'proxy-login-rejected');
        assert.equal((await failure(outboundTo(scheme, proxy), nowhere)).code, 'proxy-login-required');
      });
    }
  });
}
