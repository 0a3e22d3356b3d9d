/** What is particular to the datagrams of SOCKS5; the rest is in the contract suite. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Outbound } from '../../main/engine/outbound.ts';
import { createDirect } from '../../main/engine/outbounds/direct.ts';
import { decodeSocksDatagram, encodeSocksDatagram } from '../../main/engine/socks-datagram.ts';
import { define, noLogin, outboundTo, soon } from '../rigs/connecting.ts';
import { exchange } from '../rigs/datagrams.ts';
import { startForwarder } from '../rigs/fault-forwarder.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startEcho } from '../rigs/origin.ts';
import { startSocks5 } from '../rigs/socks5-server.ts';
import { startUdpEcho } from '../rigs/udp-echo.ts';

assertNothingLeftOpen();

async function open(scheme: string, proxy: { host: string; port: number }, via: Outbound = createDirect()) {
  const { openDatagrams } = define(scheme, proxy, noLogin).createClient(via);
  assert.ok(openDatagrams);
  return openDatagrams(soon());
}

for (const bound of ['own', 'unspecified', 'private', 'name'] as const) {
  test(`a relay whose address is ${bound} is found`, async () => {
    await using echo = await startUdpEcho();
    await using proxy = await startSocks5({ udp: { bound } });
    const way = await open('socks5', proxy);
    await exchange(way, echo, Buffer.from('hello'));
    way.close();
  });
}

test('a proxy without UDP says so, with 7 and with 2', async () => {
  for (const udp of [7, 2]) {
    await using proxy = await startSocks5({ udp });
    await assert.rejects(open('socks5', proxy), { code: 'proxy-unsupported' });
    await proxy.empty();
  }
});

test('through another proxy there is no UDP, and HTTP has none', async () => {
  await using first = await startSocks5({ udp: {} });
  const chained = define('socks5', { host: '127.0.0.1', port: 9 }, noLogin).createClient(outboundTo('socks5', first));
  assert.equal(chained.openDatagrams, undefined);
  assert.equal(define('http', first, noLogin).createClient(createDirect()).openDatagrams, undefined);
  assert.equal(first.accepted, 0);
});

test('a proxy of unknown protocol carries datagrams once it has answered in SOCKS5', async () => {
  await using origin = await startEcho();
  await using echo = await startUdpEcho();
  await using proxy = await startSocks5({ udp: {} });
  const client = define('auto', proxy, noLogin).createClient(createDirect());
  assert.equal(typeof client.openDatagrams, 'undefined');
  (await (await client.open(soon())).connect(origin, soon())).destroy();
  const way = await client.openDatagrams?.(soon());
  assert.ok(way);
  await exchange(way, echo, Buffer.from('hello'));
  way.close();
});

test('garbage and fragments from the relay are passed over', async () => {
  await using echo = await startUdpEcho();
  const answer = (fragment: number) => Buffer.of(0, 0, fragment, 1, 127, 0, 0, 1, 0, 9, 1, 2, 3, 4, 5, 6);
  const cut = [0, 1, 2, 3, 4, 9].map((length) => answer(0).subarray(0, length));
  const noise = [...cut, answer(1), answer(128), Buffer.of(0, 0, 0, 2, 9, 9), Buffer.of(0, 0, 0, 3, 200, 65)];
  await using proxy = await startSocks5({ udp: { noise } });
  const way = await open('socks5', proxy);
  const { payload } = await exchange(way, echo, Buffer.from('hello'), () => true); // the first that is taken for a datagram
  assert.equal(String(payload), 'hello');
  way.close();
});

test('the reply is understood byte by byte, and one that is cut or garbage is the fault of the proxy', async () => {
  await using echo = await startUdpEcho();
  await using proxy = await startSocks5({ udp: {} });
  await using slow = await startForwarder(proxy, { dribble: true });
  const way = await open('socks5', slow);
  await exchange(way, echo, Buffer.from('hello'));
  way.close();
  for (let cutAfterBytes = 0; cutAfterBytes < 12; cutAfterBytes++) {
    await using cutting = await startForwarder(proxy, { cutAfterBytes });
    await assert.rejects(open('socks5', cutting), { blame: 'proxy' }, String(cutAfterBytes));
  }
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 30 }), async (garbage) => {
      const wrong = garbage[0] === 5 && garbage[1] === 0 ? Uint8Array.of(4, ...garbage) : garbage;
      await using forwarder = await startForwarder(proxy, { garbage: wrong });
      await assert.rejects(open('socks5', forwarder), { blame: 'proxy' });
    }),
    { numRuns: 30 },
  );
});

test('a datagram comes back as it was; fragments and garbage are nothing', () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.domain()), fc.nat(65_535), fc.uint8Array(), fc.uint8Array(), (host, port, payload, garbage) => {
      const bytes = encodeSocksDatagram({ host, port }, Buffer.from(payload));
      assert.deepEqual(decodeSocksDatagram(bytes), { peer: { host, port }, payload: Buffer.from(payload) });
      bytes[2] = 1;
      assert.equal(decodeSocksDatagram(bytes), null);
      decodeSocksDatagram(Buffer.from(garbage)); // never throws
    }),
  );
});
