import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { describe, test } from 'node:test';
import type { Outbound } from '../../main/engine/outbound.ts';
import { createDirect } from '../../main/engine/outbounds/direct.ts';
import { StuckStreams } from '../../main/engine/selection/stuck-streams.ts';
import { createCodedStream } from '../../main/engine/transports/coded-stream.ts';
import { createTls } from '../../main/engine/transports/tls.ts';
import { serverCertificate, trustTestAuthority } from '../rigs/certificates.ts';
import { type Asking, type Endpoint, openTunnel, protocolsOfInbound, startEndpoint } from '../rigs/endpoint.ts';
import { type ListenOptions, startServer } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { readAll, readExactly } from '../rigs/streams.ts';
import { until } from '../rigs/until.ts';

trustTestAuthority();
assertNothingLeftOpen();

const proxies = ['dead', 'alive'] as const;
type Proxy = (typeof proxies)[number];

/** An endpoint whose streams are watched as those of this proxy, and a clock that is moved by hand. */
async function startWatched(proxy: Proxy, via: Outbound = createDirect()) {
  const clock = { now: 0 };
  const doubted: Proxy[] = [];
  const streams = new StuckStreams<Proxy>({
    isDead: (one) => one === 'dead',
    onDoubt: (one) => doubted.push(one),
    now: () => clock.now,
  });
  const outbound: Outbound = {
    label: 'watched',
    async connect(destination, signal) {
      const stream = await via.connect(destination, signal);
      streams.add(proxy, stream);
      return stream;
    },
  };
  const endpoint = await startEndpoint({ outbound });
  /** Looks every five seconds, as the engine does. */
  const pass = (seconds: number) => {
    for (let i = 0; i < seconds; i += 5) {
      clock.now += 5000;
      streams.closeStuck();
    }
  };
  return { streams, doubted, endpoint, pass, [Symbol.asyncDispose]: () => endpoint[Symbol.asyncDispose]() };
}

const [socks5] = protocolsOfInbound as [Asking];
const direct = createDirect();
/** As the streams of Trojan, VLESS, WebSocket and others are, with nothing to code. */
const coded: Outbound = {
  label: 'coded',
  connect: async (destination, signal) =>
    createCodedStream(await direct.connect(destination, signal), { encode: (plain) => plain, decode: (wire) => [wire] }),
};
const ways: readonly (readonly [name: string, via: Outbound, options?: ListenOptions])[] = [
  ['TCP', direct],
  ['TLS', createTls(direct), { certificate: serverCertificate }],
  ['a coded stream', coded],
];

for (const [name, via, options = {}] of ways) {
  describe(name, () => {
    /** Answers what ends with `ping`, and nothing else. */
    const startOrigin = () =>
      startServer(
        (socket) =>
          void socket.on('data', (bytes) => String(bytes).endsWith('ping') && socket.write('pong')).once('end', () => socket.end()),
        options,
      );
    const pings = async (client: Socket) => {
      client.write('ping');
      assert.equal((await readExactly(client, 4)).toString(), 'pong');
    };

    test('a stream of a dead proxy that has waited for 15 seconds is closed, and its client is told', async () => {
      await using origin = await startOrigin();
      await using watched = await startWatched('dead', via);
      const client = await openTunnel(watched.endpoint, socks5, origin);
      await pings(client);
      watched.pass(5); // sees that the answer came
      await saysMore(client, watched.endpoint);
      watched.pass(15);
      await elsewhere(watched.endpoint); // what was closed is gone by then
      assert.equal(watched.streams.size, 1);
      const told = new Promise((resolve) => client.resume().once('close', resolve));
      watched.pass(5);
      await told;
      assert.ok(client.errored, 'a reset, not an end');
      await origin.empty();
      assert.equal(watched.streams.size, 0);
    });

    test("one that is idle, or a working proxy's, is not", async () => {
      await using origin = await startOrigin();
      for (const proxy of proxies) {
        await using watched = await startWatched(proxy, via);
        const client = await openTunnel(watched.endpoint, socks5, origin);
        await pings(client);
        watched.pass(60);
        if (proxy === 'alive') await saysMore(client, watched.endpoint);
        watched.pass(60);
        await pings(client);
        client.end();
        await once(client.resume(), 'close');
        assert.equal(watched.streams.size, 0);
      }
    });

    test("one of a working proxy casts doubt on it, once for as long as it waits; one that waits less, or is a dead one's, none", async () => {
      await using origin = await startOrigin();
      for (const proxy of proxies) {
        await using watched = await startWatched(proxy, via);
        const client = await openTunnel(watched.endpoint, socks5, origin);
        watched.pass(5);
        for (let times = 1; times <= 2; times++) {
          await saysMore(client, watched.endpoint);
          watched.pass(15);
          assert.equal(watched.doubted.length, proxy === 'dead' ? 0 : times - 1);
          if (proxy === 'dead') break;
          watched.pass(30);
          assert.deepEqual(watched.doubted, Array(times).fill('alive'));
          await pings(client);
          watched.pass(5);
        }
      }
    });

    test("after a change of networks a stream from before waits for five seconds at most, also a working proxy's; idle and new ones stay", async () => {
      await using origin = await startOrigin();
      await using watched = await startWatched('alive', via);
      const [waiting, idle] = [await openTunnel(watched.endpoint, socks5, origin), await openTunnel(watched.endpoint, socks5, origin)];
      watched.pass(5);
      watched.streams.networkChanged();
      const later = await openTunnel(watched.endpoint, socks5, origin);
      watched.pass(5);
      for (const client of [waiting, later]) await saysMore(client, watched.endpoint);
      watched.pass(5);
      await elsewhere(watched.endpoint);
      const told = new Promise((resolve) => waiting.resume().once('close', resolve));
      assert.equal(watched.streams.size, 3);
      watched.pass(10);
      await told;
      assert.ok(waiting.errored);
      for (const client of [idle, later]) await pings(client);
      assert.equal(watched.streams.size, 2);
    });

    /** A whole connection of somebody else. */
    async function elsewhere(endpoint: Endpoint): Promise<void> {
      await using other = await startServer((socket) => void socket.end(), options);
      const client = await openTunnel(endpoint, socks5, other);
      await readAll(client);
      client.end();
      await other.empty();
    }

    /** The endpoint has passed it on. */
    async function saysMore(client: Socket, { meter }: { meter: { upBytes: number } }): Promise<void> {
      const before = meter.upBytes;
      client.write('more');
      await until(() => meter.upBytes >= before + 4);
    }
  });
}
