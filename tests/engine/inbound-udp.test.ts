/** UDP ASSOCIATE at the endpoint, with the `socks` package as the application. */
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { SocksClient } from 'socks';
import { EngineError } from '../../main/engine/errors.ts';
import { createInbound } from '../../main/engine/inbound/inbound.ts';
import type { Datagrams, Outbound } from '../../main/engine/outbound.ts';
import { createDirect } from '../../main/engine/outbounds/direct.ts';
import { define } from '../rigs/connecting.ts';
import { startEndpoint } from '../rigs/endpoint.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startSocks5 } from '../rigs/socks5-server.ts';
import { readAll } from '../rigs/streams.ts';
import { startUdpClient } from '../rigs/udp-client.ts';
import { startUdpEcho } from '../rigs/udp-echo.ts';
import { until } from '../rigs/until.ts';

assertNothingLeftOpen();

const greetAndAssociate = Buffer.of(5, 1, 0, 5, 3, 0, 1, 0, 0, 0, 0, 0, 0);

/** Through one proxy; `opened` has every way that was opened. */
function outboundThrough(proxy: { host: string; port: number }): Outbound & { readonly opened: Datagrams[] } {
  const { openDatagrams } = define('socks5', proxy).createClient(createDirect());
  const opened: Datagrams[] = [];
  return {
    label: 'test',
    opened,
    connect: () => Promise.reject(new EngineError('internal')),
    async openDatagrams(signal) {
      const way = await (openDatagrams as NonNullable<typeof openDatagrams>)(signal);
      opened.push(way);
      return way;
    },
  };
}

test('datagrams go out and come back, names unresolved, and are counted', async () => {
  await using echo = await startUdpEcho();
  await using proxy = await startSocks5({ udp: {} });
  await using endpoint = await startEndpoint({ outbound: outboundThrough(proxy) });
  {
    await using client = await startUdpClient(endpoint);
    assert.equal(client.relay.host, '127.0.0.1');
    assert.equal(await client.ask({ host: 'origin.test', port: echo.port }, 'hello'), 'hello');
    assert.deepEqual(proxy.asked[0], { as: 'name', host: 'origin.test', port: echo.port });
    const long = 'x'.repeat(65_507 - 22); // what fits with the longest head on this way
    assert.equal(await client.ask(echo, long), long);
    assert.ok(endpoint.meter.upBytes >= 5 + long.length);
    assert.ok(endpoint.meter.downBytes >= 5 + long.length);
    assert.equal(endpoint.meter.connections, 1);
  }
  await proxy.empty();
  assert.equal(endpoint.meter.connections, 0);
});

test('an association ends with the connection that asked for it, and so does its way', async () => {
  await using echo = await startUdpEcho();
  await using proxy = await startSocks5({ udp: {} });
  await using endpoint = await startEndpoint({ outbound: outboundThrough(proxy) });
  for (const leave of ['end', 'destroy', 'resetAndDestroy'] as const) {
    await using client = await startUdpClient(endpoint);
    await client.ask(echo, 'hello');
    client.control[leave]();
    await proxy.empty();
  }
});

test('datagrams from another port than the first, and from another address, are not carried', async () => {
  await using echo = await startUdpEcho();
  await using proxy = await startSocks5({ udp: {} });
  await using endpoint = await startEndpoint({ outbound: outboundThrough(proxy) });
  await using client = await startUdpClient(endpoint);
  const frame = (data: string) => SocksClient.createUDPFrame({ remoteHost: echo, data: Buffer.from(data) });
  const elsewhere = createSocket('udp4').bind(0, '127.0.0.2');
  await once(elsewhere, 'listening');
  const sendFrom = (socket: typeof elsewhere, data: string) =>
    new Promise((sent) => socket.send(frame(data), client.relay.port, client.relay.host, sent));
  await sendFrom(elsewhere, 'from another address');
  assert.equal(await client.ask(echo, 'hello'), 'hello');
  const other = createSocket('udp4');
  await sendFrom(other, 'from another port');
  await sendFrom(elsewhere, 'from another address');
  assert.equal(await client.ask(echo, 'still'), 'still');
  assert.deepEqual(new Set(proxy.asked.map(({ port }) => port)), new Set([echo.port]));
  assert.equal(proxy.asked.length, echo.received);
  assert.ok(endpoint.meter.upBytes === 5 * proxy.asked.length, `${endpoint.meter.upBytes} ${proxy.asked.length}`);
  for (const socket of [elsewhere, other]) socket.close();
});

test('fragments, garbage and destinations that nothing can carry are dropped', async () => {
  await using echo = await startUdpEcho();
  await using proxy = await startSocks5({ udp: {} });
  await using endpoint = await startEndpoint({ outbound: outboundThrough(proxy) });
  await using client = await startUdpClient(endpoint);
  const whole = SocksClient.createUDPFrame({ remoteHost: echo, data: Buffer.from('fragment') });
  for (const fragment of [1, 127, 128, 255]) client.sendRaw(Buffer.from(whole).fill(fragment, 2, 3));
  client.send({ host: 'bad\0host', port: 1 }, 'x');
  client.send({ host: 'origin.test', port: 0 }, 'x');
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      if (bytes[2] === 0) bytes[2] = 1; // with 0 it could be a datagram
      client.sendRaw(bytes);
    }),
  );
  for (let length = 0; length < 10; length++) client.sendRaw(whole.subarray(0, length));
  assert.equal(await client.ask(echo, 'hello'), 'hello');
  assert.deepEqual(new Set(proxy.asked.map(({ port }) => port)), new Set([echo.port]));
  assert.equal(endpoint.meter.upBytes, 5 * proxy.asked.length);
});

test('without a way for datagrams the answer is 7', async () => {
  await using proxy = await startSocks5();
  await using without = await startEndpoint();
  const unable: Outbound = { ...outboundThrough(proxy), openDatagrams: () => Promise.reject(new EngineError('not-supported')) };
  await using refusing = await startEndpoint({ outbound: unable });
  for (const endpoint of [without, refusing]) {
    const answer = await readAll(await endpoint.open(greetAndAssociate));
    assert.deepEqual([...answer], [5, 0, 5, 7, 0, 1, 0, 0, 0, 0, 0, 0]);
  }
});

test('when the way closes, the next datagrams go through a new one', async () => {
  await using echo = await startUdpEcho();
  await using proxy = await startSocks5({ udp: {} });
  const outbound = outboundThrough(proxy);
  await using endpoint = await startEndpoint({ outbound });
  await using client = await startUdpClient(endpoint);
  await client.ask(echo, 'one');
  outbound.opened[0]?.close();
  await client.ask(echo, 'two');
  assert.equal(outbound.opened.length, 2);
});

test('a way that always closes at once is not opened for every datagram', async () => {
  await using proxy = await startSocks5({ udp: {} });
  const outbound = outboundThrough(proxy);
  const closing: Outbound = {
    ...outbound,
    async openDatagrams(signal) {
      const way = (await outbound.openDatagrams?.(signal)) as Datagrams;
      setImmediate(way.close);
      return way;
    },
  };
  await using endpoint = await startEndpoint({ outbound: closing });
  await using client = await startUdpClient(endpoint);
  for (let i = 0; i < 200; i++) {
    client.send({ host: '127.0.0.1', port: 9 }, 'hello');
    await new Promise(setImmediate);
  }
  assert.ok(outbound.opened.length <= 3, `${outbound.opened.length}`);
});

test('an association in which nothing is carried ends', async () => {
  await using proxy = await startSocks5({ udp: {} });
  await using endpoint = await startEndpoint({ outbound: outboundThrough(proxy), udpIdleMs: 100 });
  await using client = await startUdpClient(endpoint);
  if (!client.control.closed) await once(client.control, 'close');
  await proxy.empty();
});

test('a client that leaves while the way is opened leaves nothing behind', async () => {
  const { promise: waiting, resolve } = Promise.withResolvers<AbortSignal>();
  const silent: Outbound = {
    label: 'silent',
    connect: () => Promise.reject(new EngineError('internal')),
    openDatagrams: (signal) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(new EngineError('aborted')));
        resolve(signal);
      }),
  };
  await using endpoint = await startEndpoint({ outbound: silent });
  const client = await endpoint.open(greetAndAssociate);
  const signal = await waiting;
  client.destroy();
  if (!signal.aborted) await once(signal, 'abort');
});

test('there are at most 256 associations', async () => {
  await using proxy = await startSocks5({ udp: {} });
  await using endpoint = await startEndpoint({ outbound: outboundThrough(proxy) });
  const clients = await Promise.all(Array.from({ length: 256 }, () => startUdpClient(endpoint)));
  const answer = await readAll(await endpoint.open(greetAndAssociate));
  assert.deepEqual([...answer.subarray(2, 4)], [5, 1]);
  await clients[0]?.[Symbol.asyncDispose]();
  await until(() => endpoint.meter.connections !== 256);
  await using again = await startUdpClient(endpoint);
  assert.ok(again.relay.port > 0);
  for (const client of clients.slice(1)) await client[Symbol.asyncDispose]();
});

for (const [listen, connect] of [
  ['::1', '::1'],
  ['::', '127.0.0.1'],
] as const) {
  test(`an endpoint on ${listen} serves an application that comes to ${connect}`, async () => {
    await using echo = await startUdpEcho();
    await using proxy = await startSocks5({ udp: {} });
    const login = { username: 'application', password: 'word' };
    const meter = { upBytes: 0, downBytes: 0, connections: 0 };
    const inbound = createInbound({ outbound: outboundThrough(proxy), meter, login });
    const { port } = await inbound.listen(listen, 0);
    {
      await using client = await startUdpClient({ host: connect, port, login });
      assert.equal(isIPv6(client.relay.host), isIPv6(connect));
      assert.equal(await client.ask(echo, 'hello'), 'hello');
    }
    await inbound.close(0);
  });
}
