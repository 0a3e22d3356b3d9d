import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { describe, test } from 'node:test';
import type { Outbound } from '../../main/engine/outbound.ts';
import { createDirect } from '../../main/engine/outbounds/direct.ts';
import { StuckStreams } from '../../main/engine/selection/stuck-streams.ts';
import { createTls } from '../../main/engine/transports/tls.ts';
import { serverCertificate, trustTestAuthority } from '../rigs/certificates.ts';
import { openTunnel, protocolsOfInbound, startEndpoint } from '../rigs/endpoint.ts';
import { startServer } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { readExactly } from '../rigs/streams.ts';
import { until } from '../rigs/until.ts';

trustTestAuthority();
assertNothingLeftOpen();

const proxies = ['dead', 'alive'] as const;
type Proxy = (typeof proxies)[number];

/** An endpoint whose streams are watched as those of this proxy, and a clock that is moved by hand. */
async function startWatched(proxy: Proxy, via: Outbound = createDirect()) {
  const clock = { now: 0 };
  const streams = new StuckStreams<Proxy>({ isDead: (one) => one === 'dead', now: () => clock.now });
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
  return { streams, endpoint, pass, [Symbol.asyncDispose]: () => endpoint[Symbol.asyncDispose]() };
}

const [socks5] = protocolsOfInbound;
assert.ok(socks5);
const ways: readonly (readonly [name: string, secure: boolean])[] = [
  ['TCP', false],
  ['TLS', true],
];

for (const [name, secure] of ways) {
  describe(name, () => {
    const options = secure ? { certificate: serverCertificate } : {};
    const via = secure ? createTls(createDirect()) : createDirect();
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
      await new Promise(setImmediate); // a closed one would be gone by now
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

    /** The endpoint has passed it on. */
    async function saysMore(client: Socket, { meter }: { meter: { upBytes: number } }): Promise<void> {
      const before = meter.upBytes;
      client.write('more');
      await until(() => meter.upBytes >= before + 4);
    }
  });
}
