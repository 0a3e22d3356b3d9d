/** What becomes of an application's first flight when the way to its destination dies or stalls before the first byte comes back. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { describe, test } from 'node:test';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { Outbound, StreamOutcome } from '../../main/engine/outbound.ts';
import { type ProxyEntry, ProxyList } from '../../main/engine/proxy-list.ts';
import { Pool } from '../../main/engine/selection/pool.ts';
import { WarmTunnels } from '../../main/engine/selection/warm.ts';
import { serverCertificate, trustTestAuthority } from '../rigs/certificates.ts';
import { helloOf } from '../rigs/client-hello.ts';
import { type Asking, type Endpoint, openTunnel, protocolsOfInbound, startEndpoint } from '../rigs/endpoint.ts';
import { type Faults, type Forwarder, startForwarder } from '../rigs/fault-forwarder.ts';
import { type Rig, startServer } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startEcho, startSpeakFirst } from '../rigs/origin.ts';
import { entryOf } from '../rigs/proxy-entries.ts';
import { startSocks5 } from '../rigs/socks5-server.ts';
import { readAll, readExactly } from '../rigs/streams.ts';
import { until } from '../rigs/until.ts';

trustTestAuthority();
assertNothingLeftOpen();

const handshakeBytes = 12; // what a SOCKS5 proxy without a login says before it carries
const [socks5] = protocolsOfInbound as [Asking];

interface Setting extends AsyncDisposable {
  readonly outbound: Outbound;
  readonly outcomes: StreamOutcome[];
  /** The proxies that stand before the good one, best first. */
  readonly faulty: readonly Forwarder[];
  readonly good: Rig;
  readonly entries: readonly ProxyEntry[];
}

/** The pool with one proxy for each of these faults, tried in this order, and a good one after them. */
async function startPool(faults: readonly Faults[], patienceMs = 20_000): Promise<Setting> {
  const stack = new AsyncDisposableStack();
  const good = stack.use(await startSocks5());
  const faulty = await Promise.all(faults.map(async (fault) => stack.use(await startForwarder(good, fault))));
  const way = stack.use(await startForwarder(good));
  const entries = [...faulty, way].map((proxy, i) => entryOf(proxy, 10 + i));
  const proxies = new ProxyList(() => {});
  proxies.add(entries);
  const warm = new WarmTunnels({ isActive: () => false, now: Date.now, onDoubt: () => {} });
  const pool = new Pool({ proxies, warm, now: Date.now, onDoubt: () => {} });
  const outcomes: StreamOutcome[] = [];
  const outbound: Outbound = {
    label: 'pool',
    connect: (destination, signal) => pool.connect(destination, signal),
    patienceMs: () => patienceMs,
    observe(stream, outcome) {
      outcomes.push(outcome);
      pool.observe(stream, outcome);
    },
  };
  return { outbound, outcomes, faulty, good: way, entries, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

function startTlsEcho(): Promise<Rig> {
  return startEcho({ certificate: serverCertificate });
}

/** A TLS client through the tunnel. */
function secured(client: Socket): TLSSocket {
  return connectTls({ socket: client, servername: 'proxy.test' }).on('error', () => {});
}

async function securelyEchoes(client: Socket): Promise<void> {
  const secure = secured(client);
  await once(secure, 'secureConnect');
  secure.write('hello');
  assert.equal((await readExactly(secure, 5)).toString(), 'hello');
  secure.destroy();
}

const kinds = (outcomes: readonly StreamOutcome[]) => outcomes.map((outcome) => (outcome.kind === 'failed' ? outcome.code : outcome.kind));

const written = (stream: Socket, bytes: Buffer) => new Promise((resolve) => stream.write(bytes, () => setImmediate(resolve)));

const faults: readonly (readonly [name: string, faults: Faults, code: string, patienceMs?: number])[] = [
  ['resets on the ClientHello', { resetOnHello: true }, 'proxy-closed'],
  ['closes after its yes', { cutAfterBytes: handshakeBytes }, 'proxy-closed'],
  ['says nothing after its yes', { muteAfterBytes: handshakeBytes }, 'proxy-timeout', 100],
];

for (const [name, fault, code, patienceMs] of faults) {
  for (const asking of protocolsOfInbound) {
    test(`${asking.name}: a TLS client does not notice that the first proxy ${name}`, async () => {
      await using origin = await startTlsEcho();
      await using pool = await startPool([fault], patienceMs);
      await using endpoint = await startEndpoint(pool);
      await securelyEchoes(await openTunnel(endpoint, asking, origin));
      assert.deepEqual(kinds(pool.outcomes), [code, 'first-byte']);
      await pool.faulty[0]?.empty();
      // The pool remembers: the next connection there does not even try.
      await securelyEchoes(await openTunnel(endpoint, asking, origin));
      assert.equal(pool.faulty[0]?.accepted, 1);
    });
  }
}

describe('a ClientHello is found', () => {
  for (const [name, fault, code, patienceMs] of [faults[0], faults[2]] as typeof faults) {
    test(`when it comes in pieces and the proxy ${name}`, async () => {
      await using origin = await startEcho();
      await using pool = await startPool([fault], patienceMs);
      await using endpoint = await startEndpoint(pool);
      const client = await openTunnel(endpoint, socks5, origin);
      const hello = helloOf(300);
      for (let at = 0; at < hello.length; at += 61) await written(client, hello.subarray(at, at + 61));
      assert.deepEqual(await readExactly(client, hello.length), hello);
      assert.deepEqual(kinds(pool.outcomes), [code, 'first-byte']);
    });

    test(`when it comes with the request and the proxy ${name}`, async () => {
      await using origin = await startEcho();
      await using pool = await startPool([fault], patienceMs);
      await using endpoint = await startEndpoint(pool);
      const hello = helloOf(300);
      const { bytes, answerLength } = socks5.ask(origin);
      const client = await endpoint.open(Buffer.concat([bytes, hello]));
      await readExactly(client, answerLength);
      assert.deepEqual(await readExactly(client, hello.length), hello);
      assert.deepEqual(kinds(pool.outcomes), [code, 'first-byte']);
    });
  }

  test('up to 64 KiB, and what follows it goes after it', async () => {
    await using origin = await startEcho();
    await using pool = await startPool([{ muteAfterBytes: handshakeBytes }], 100);
    await using endpoint = await startEndpoint(pool);
    const client = await openTunnel(endpoint, socks5, origin);
    const hello = helloOf(65_512);
    assert.equal(hello.length, 65_536);
    client.write(hello);
    assert.deepEqual(await readExactly(client, 1), hello.subarray(0, 1));
    client.write('and more');
    assert.deepEqual(await readExactly(client, hello.length + 7), Buffer.concat([hello.subarray(1), Buffer.from('and more')]));
  });
});

describe('said once and no more', () => {
  const single: readonly (readonly [name: string, flight: Buffer | string])[] = [
    ['a plain HTTP request', 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n'],
    ['an SSH banner', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['a ClientHello with early data', Buffer.concat([helloOf(200), Buffer.of(20, 3, 3, 0, 1, 1)])],
  ];
  for (const [name, flight] of single) {
    test(`${name} that the proxy dies on`, async () => {
      await using origin = await startEcho();
      await using pool = await startPool([{ cutAfterBytes: handshakeBytes }]);
      await using endpoint = await startEndpoint(pool);
      const client = await openTunnel(endpoint, socks5, origin);
      client.write(flight);
      await readAll(client).catch(() => {});
      assert.equal(pool.good.accepted, 0);
      assert.deepEqual(kinds(pool.outcomes), ['proxy-closed']);
    });
  }

  for (const [name, flight] of [
    ...single,
    ['more than 64 KiB', helloOf(65_513)],
    ['half a ClientHello', helloOf(200).subarray(0, 99)],
  ] as const) {
    test(`${name} whose answer takes its time`, async () => {
      const late = Promise.withResolvers<void>();
      await using origin = await startServer(async (socket) => {
        await readExactly(socket, flight.length);
        await late.promise;
        socket.end('answer');
      });
      await using pool = await startPool([], 20);
      await using endpoint = await startEndpoint(pool);
      const client = await openTunnel(endpoint, socks5, origin);
      client.write(flight);
      await aStall(pool, endpoint);
      late.resolve();
      assert.equal((await readAll(client)).toString(), 'answer');
      assert.equal(origin.accepted, 1);
    });
  }

  test('a ClientHello of a client that half-closes, which goes on at once', async () => {
    await using origin = await startServer(async (socket) => {
      await readAll(socket);
      socket.resetAndDestroy();
    });
    await using pool = await startPool([]);
    await using endpoint = await startEndpoint(pool);
    const client = await openTunnel(endpoint, socks5, origin);
    client.end(helloOf(200));
    await new Promise((resolve) => client.resume().once('close', resolve));
    assert.equal(origin.accepted, 1);
    assert.deepEqual(pool.outcomes, []);
  });

  /** Another stream, whose ClientHello came later and nobody answers, has been given up: who was not by then never is. */
  async function aStall(pool: Setting, endpoint: Endpoint): Promise<void> {
    await using mute = await startServer(() => {});
    const client = await openTunnel(endpoint, socks5, mute);
    client.write(helloOf(200));
    await until(() => pool.outcomes.length > 0);
    client.destroy();
  }
});

for (const leave of ['destroy', 'end'] as const) {
  test(`an application that gives up a silent proxy, whatever it said, gets another one when it comes again (${leave})`, async () => {
    await using origin = await startEcho();
    const patienceMs = 20;
    await using pool = await startPool([{ muteAfterBytes: handshakeBytes }], patienceMs);
    await using endpoint = await startEndpoint(pool);
    const client = await openTunnel(endpoint, socks5, origin);
    client.write('no ClientHello');
    await until(() => endpoint.meter.upBytes > 0);
    const saidAt = performance.now();
    await until(() => performance.now() - saidAt > patienceMs);
    client[leave]();
    await until(() => pool.outcomes.length > 0);
    assert.deepEqual(kinds(pool.outcomes), ['proxy-timeout']);
    const again = await openTunnel(endpoint, socks5, origin);
    again.write('hello');
    assert.equal((await readExactly(again, 5)).toString(), 'hello');
    assert.equal(pool.faulty[0]?.accepted, 1);
    client.destroy();
  });
}

test('an application that leaves at once has held nothing against anybody', async () => {
  await using origin = await startServer((socket) => void socket.resume().once('end', () => socket.end()));
  await using pool = await startPool([]);
  await using endpoint = await startEndpoint(pool);
  const client = await openTunnel(endpoint, socks5, origin);
  client.end('goodbye');
  await once(client.resume(), 'close');
  assert.deepEqual(pool.outcomes, []);
});

test('a ClientHello is said three times at most, and then the application is told', async () => {
  await using origin = await startTlsEcho();
  await using pool = await startPool([{ resetOnHello: true }, { resetOnHello: true }, { resetOnHello: true }]);
  await using endpoint = await startEndpoint(pool);
  const secure = secured(await openTunnel(endpoint, socks5, origin));
  await new Promise((resolve) => secure.once('close', resolve));
  assert.deepEqual(kinds(pool.outcomes), ['proxy-closed', 'proxy-closed', 'proxy-closed']);
  assert.deepEqual([...pool.faulty.map(({ accepted }) => accepted), pool.good.accepted], [1, 1, 1, 0]);
});

test('the third one that is not answered may take as long as it likes', async () => {
  const sockets: Socket[] = [];
  await using origin = await startServer((socket) => void sockets.push(socket.resume()));
  await using pool = await startPool([], 20);
  await using endpoint = await startEndpoint(pool);
  const client = await openTunnel(endpoint, socks5, origin);
  client.write(helloOf(200));
  await until(() => pool.outcomes.length >= 3);
  sockets[2]?.write('answer');
  assert.equal((await readExactly(client, 6)).toString(), 'answer');
  assert.deepEqual(kinds(pool.outcomes), ['proxy-timeout', 'proxy-timeout', 'proxy-timeout']);
});

test('a server that speaks first is heard at once, and nothing is learned from that', async () => {
  await using origin = await startSpeakFirst('banner');
  await using pool = await startPool([]);
  await using endpoint = await startEndpoint(pool);
  const client = await openTunnel(endpoint, socks5, origin);
  assert.equal((await readExactly(client, 6)).toString(), 'banner');
  client.end('still here');
  assert.equal(await origin.heard, 'still here');
  assert.deepEqual(pool.outcomes, []);
});

test('a destination that ends without a word, to a client that says nothing, is no failure', async () => {
  await using origin = await startServer((socket) => void socket.end());
  await using pool = await startPool([]);
  await using endpoint = await startEndpoint(pool);
  const client = await openTunnel(endpoint, socks5, origin);
  assert.equal((await readAll(client)).length, 0);
  assert.deepEqual(pool.outcomes, []);
});
