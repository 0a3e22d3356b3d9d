/** What may happen while an application's first flight waits for another way to its destination. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { test } from 'node:test';
import { EngineError } from '../../main/engine/errors.ts';
import type { Outbound, StreamOutcome } from '../../main/engine/outbound.ts';
import { createDirect } from '../../main/engine/outbounds/direct.ts';
import { createTls } from '../../main/engine/transports/tls.ts';
import { serverCertificate, trustTestAuthority } from '../rigs/certificates.ts';
import { helloOf } from '../rigs/client-hello.ts';
import { type Asking, openTunnel, protocolsOfInbound, startEndpoint } from '../rigs/endpoint.ts';
import { startServer } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startEcho } from '../rigs/origin.ts';
import { readAll, readExactly } from '../rigs/streams.ts';
import { until } from '../rigs/until.ts';

trustTestAuthority();
assertNothingLeftOpen();

const [socks5] = protocolsOfInbound as [Asking];
const direct = createDirect();

/** Leads to `origin`, the second time only when `again` is done. */
function twoWays(again: (signal: AbortSignal) => Promise<unknown>): Outbound {
  let count = 0;
  return {
    label: 'two ways',
    async connect(destination, signal) {
      if (++count > 1) await again(signal);
      return direct.connect(destination, signal);
    },
    patienceMs: () => 20,
  };
}
const untilAborted = async (signal: AbortSignal) => {
  if (!signal.aborted) await once(signal, 'abort');
  throw new EngineError('aborted');
};

for (const leave of ['resetAndDestroy', 'destroy', 'end'] as const) {
  test(`a client that leaves by ${leave}() ends that`, async () => {
    await using origin = await startServer((socket) => void socket.resume().once('end', () => socket.end()));
    const begun = Promise.withResolvers<AbortSignal>();
    await using endpoint = await startEndpoint({
      outbound: twoWays((signal) => {
        begun.resolve(signal);
        return untilAborted(signal);
      }),
    });
    const client = await openTunnel(endpoint, socks5, origin);
    client.write(helloOf(200));
    const signal = await begun.promise;
    client.resume()[leave]();
    if (!signal.aborted) await once(signal, 'abort');
    await origin.empty();
  });
}

test('an answer that comes after all is taken, and the new way closed', async () => {
  const sockets: Socket[] = [];
  await using origin = await startServer((socket) => void sockets.push(socket.resume().once('end', () => socket.end())));
  let slow: Duplex | undefined;
  const outbound = twoWays(async () => {
    sockets[0]?.write('answer');
    await until(() => slow?.readableLength === 6);
  });
  const connect: Outbound['connect'] = async (destination, signal) => {
    const stream = await outbound.connect(destination, signal);
    slow ??= stream;
    return stream;
  };
  await using endpoint = await startEndpoint({ outbound: { ...outbound, connect } });
  const client = await openTunnel(endpoint, socks5, origin);
  client.write(helloOf(200));
  assert.equal((await readExactly(client, 6)).toString(), 'answer');
  await until(() => origin.open <= 1);
  assert.equal(origin.accepted, 2);
});

test('a failure of that tells the application what it would have been told', async () => {
  await using origin = await startServer(async (socket) => {
    await readExactly(socket, 1);
    socket.resetAndDestroy();
  });
  await using endpoint = await startEndpoint({ outbound: twoWays(() => Promise.reject(new EngineError('no-proxy-works'))) });
  const client = await openTunnel(endpoint, socks5, origin);
  client.write(helloOf(200));
  await new Promise((resolve) => client.resume().once('close', resolve));
  assert.ok(client.errored);
});

test('over TLS to the proxy it is the same: said again, and nothing lost or out of order', async () => {
  const certificate = serverCertificate;
  await using dying = await startServer((socket) => void socket.once('data', () => socket.destroy()), { certificate });
  await using echo = await startEcho({ certificate });
  const ways = [dying, echo];
  const secure = createTls(direct);
  await using endpoint = await startEndpoint({
    outbound: { label: 'secure', connect: (_, signal) => secure.connect(ways.shift() ?? echo, signal) },
  });
  const client = await openTunnel(endpoint, socks5, echo);
  const hello = helloOf(2000);
  client.write(hello);
  assert.deepEqual(await readExactly(client, hello.length), hello);
  const more = randomBytes(300_000);
  client.end(more);
  assert.ok(more.equals(await readAll(client)));
  assert.equal(dying.accepted, 1);
});

for (const [name, answer, learned] of [
  ['a page', Buffer.from('HTTP/1.1 403 Forbidden\r\n\r\n'), { kind: 'failed', code: 'proxy-tampered' }],
  ['an alert', Buffer.of(21, 3, 3, 0, 2, 2, 40), { kind: 'first-byte' }],
] as const) {
  test(`${name} answers a ClientHello: it comes as it is, and the hello is said once`, async () => {
    await using origin = await startServer((socket) => void socket.once('data', () => socket.end(answer)));
    const outcomes: StreamOutcome[] = [];
    await using endpoint = await startEndpoint({ outbound: { ...direct, observe: (_, outcome) => void outcomes.push(outcome) } });
    const client = await openTunnel(endpoint, socks5, origin);
    client.write(helloOf(200));
    assert.deepEqual(await readAll(client), answer);
    assert.equal(origin.accepted, 1);
    assert.partialDeepStrictEqual(outcomes, [learned]);
  });
}
