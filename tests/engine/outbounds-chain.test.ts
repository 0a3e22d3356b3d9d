import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import type { Destination, Outbound } from '../../main/engine/outbound.ts';
import { createDirect } from '../../main/engine/outbounds/direct.ts';
import { trustTestAuthority } from '../rigs/certificates.ts';
import { echoes, failure, outboundTo, soon } from '../rigs/connecting.ts';
import { refusingPort } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startEcho, startLateEcho, startSpeakFirst } from '../rigs/origin.ts';
import { protocolRigs } from '../rigs/proxy-rigs.ts';
import { readAll } from '../rigs/streams.ts';

assertNothingLeftOpen();
trustTestAuthority();

/** Three proxies, one behind the other, for each protocol in each place. */
const chains = protocolRigs.map((_, i) =>
  [0, 1, 2].map((hop) => protocolRigs[(i + 2 * hop) % protocolRigs.length] as (typeof protocolRigs)[0]),
);

/** Starts the proxies of a chain, first hop first. */
async function startChain(chain: typeof protocolRigs, options: { coalesce?: boolean } = {}) {
  const stack = new AsyncDisposableStack();
  const proxies = [];
  for (const rig of chain) proxies.push(stack.use(await rig.start(options)));
  const outbound = proxies.reduce<Outbound>((via, proxy, hop) => outboundTo(chain[hop] ?? '', proxy, undefined, via), createDirect());
  return { outbound, proxies, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

for (const chain of chains) {
  test(`a chain through ${chain.map(({ scheme }) => scheme).join(', ')}`, async () => {
    const canHalfClose = chain.every((rig) => !rig.cannotHalfClose);
    await using origin = await (canHalfClose ? startLateEcho() : startEcho());
    await using started = await startChain(chain);
    const stream = await started.outbound.connect({ host: 'origin.test', port: origin.port }, soon());
    if (canHalfClose) {
      stream.end('hello');
      assert.equal((await readAll(stream)).toString(), 'hello');
    } else {
      await echoes(stream);
      stream.destroy();
    }
    const [first, second, third] = started.proxies;
    assert.equal(first?.asked[0]?.port, second?.port); // each hop learns of the next alone
    assert.equal(second?.asked[0]?.port, third?.port);
    assert.deepEqual(third?.asked, [{ as: 'name', host: 'origin.test', port: origin.port }]);
    await Promise.all(started.proxies.map((proxy) => proxy.empty()));
  });
}

test('the first bytes of the destination survive every hop', async () => {
  await using origin = await startSpeakFirst('220 ready\r\n');
  const [chain = []] = chains;
  await using proxy = await startChain(chain.slice(2), { coalesce: true });
  const stream = await proxy.outbound.connect({ host: 'origin.test', port: origin.port }, soon());
  assert.equal((await readAll(stream)).toString(), '220 ready\r\n');
  stream.end();
  await origin.heard;
});

test('a hop that cannot be reached through the one before is to blame, not the destination', async () => {
  await using origin = await startEcho();
  const socks5 = protocolRigs.filter(({ scheme }) => scheme === 'socks5');
  await using first = await startChain(socks5);
  const through = (proxy: Destination) => outboundTo('http', proxy, undefined, first.outbound);
  assert.equal((await failure(through({ host: '127.0.0.1', port: await refusingPort() }), origin)).code, 'proxy-refused');
  assert.equal((await failure(through({ host: 'nowhere.test', port: 80 }), origin)).code, 'proxy-unreachable');
  await first.proxies[0]?.empty();
});

test('what breaks in the middle breaks the whole chain', async () => {
  await using origin = await startEcho();
  const [chain = []] = chains;
  await using started = await startChain(chain);
  const stream = await started.outbound.connect({ host: 'origin.test', port: origin.port }, soon());
  await echoes(stream);
  await started.proxies[1]?.[Symbol.asyncDispose]();
  stream.resume().end();
  if (!stream.closed) await once(stream, 'close');
  await Promise.all([started.proxies[0]?.empty(), started.proxies[2]?.empty(), origin.empty()]);
});
