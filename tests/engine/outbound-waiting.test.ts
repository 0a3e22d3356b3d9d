/** What every protocol's tunnel must do while it waits for its destination. */
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { describe, test } from 'node:test';
import { createDirect } from '../../main/engine/outbounds/direct.ts';
import { trustTestAuthority } from '../rigs/certificates.ts';
import { defineWay, echoes, soon } from '../rigs/connecting.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startEcho, startSpeakFirst } from '../rigs/origin.ts';
import { loginFor, protocolRigs } from '../rigs/proxy-rigs.ts';
import { readAll } from '../rigs/streams.ts';
import { until } from '../rigs/until.ts';

assertNothingLeftOpen();
trustTestAuthority();

const endings: readonly (readonly [string, (client: Socket) => void])[] = [
  ['ends', (client) => void client.end()],
  ['breaks', (client) => void client.destroy()],
  ['says something', (client) => void client.write('HTTP/1.1 408 Request Timeout\r\n\r\n')],
];

for (const rig of protocolRigs) {
  const login = loginFor(rig);
  describe(`${rig.scheme} to a ${rig.server} proxy`, () => {
    for (const [what, act] of endings) {
      test(`a waiting tunnel is lost, and closed, when the proxy ${what}`, async () => {
        await using origin = await startEcho();
        const waiting: Socket[] = [];
        await using proxy = await rig.start({ ...login, onWaiting: (client) => waiting.push(client) });
        const client = defineWay(rig, proxy, login).createClient(createDirect());
        const destination = { host: 'origin.test', port: origin.port };
        const first = await (await client.open(soon())).connect(destination, soon()); // from here on `auto` knows what it is
        await echoes(first);
        first.destroy();
        await proxy.empty();

        const before = waiting.length;
        const tunnel = await client.open(soon());
        let timesLost = 0;
        const lost = new Promise<void>((resolve) => tunnel.onLost(() => resolve(void timesLost++)));
        await until(() => waiting.length !== before);
        act(waiting.at(-1) as Socket);
        await lost;
        await proxy.empty();
        await assert.rejects(tunnel.connect(destination, soon()), { code: 'proxy-closed' });
        tunnel.close();
        assert.equal(timesLost, 1);
      });
    }

    test('a tunnel that is lost before anybody listens says so', async () => {
      const proxy = await rig.start();
      const tunnel = await defineWay(rig, proxy).createClient(createDirect()).open(soon());
      await proxy[Symbol.asyncDispose]();
      await proxy.empty();
      await new Promise<void>((resolve) => tunnel.onLost(resolve));
    });

    test('a tunnel that was watched while it waited loses no byte, and is not lost once it is used', async () => {
      await using origin = await startSpeakFirst('220 ready\r\n');
      await using proxy = await rig.start({ coalesce: true });
      const tunnel = await defineWay(rig, proxy).createClient(createDirect()).open(soon());
      tunnel.onLost(() => assert.fail('lost'));
      await new Promise(setImmediate); // the watch has begun
      const stream = await tunnel.connect({ host: 'origin.test', port: origin.port }, soon());
      assert.notEqual(stream.readableFlowing, true);
      assert.equal((await readAll(stream)).toString(), '220 ready\r\n');
      stream.end('still heard');
      if (!rig.endsForBoth) assert.equal(await origin.heard, 'still heard');
      await proxy.empty();
    });

    if (rig.isCoded)
      test('an opened tunnel needs no round trip where the protocol has no answer', async () => {
        await using proxy = await rig.start();
        const tunnel = await defineWay(rig, proxy).createClient(createDirect()).open(soon());
        const nextTurn = new Promise<null>((resolve) => setImmediate(resolve, null));
        const stream = await Promise.race([tunnel.connect({ host: 'origin.test', port: 80 }, soon()), nextTurn]);
        assert.ok(stream, 'before anything could have come from the proxy');
        stream.destroy();
        await proxy.empty();
      });

    test('a tunnel that is closed by us is not lost', async () => {
      await using proxy = await rig.start();
      const tunnel = await defineWay(rig, proxy).createClient(createDirect()).open(soon());
      tunnel.onLost(() => assert.fail('lost'));
      tunnel.close();
      await proxy.empty();
    });
  });
}
