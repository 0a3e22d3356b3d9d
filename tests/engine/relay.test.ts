import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, Socket } from 'node:net';
import { Duplex, duplexPair, Readable } from 'node:stream';
import { describe, test } from 'node:test';
import { createServer as createTlsServer } from 'node:tls';
import { acceptBulkSockets, BulkSocket, isBulk } from '../../main/engine/bulk-socket.ts';
import { finish } from '../../main/engine/finish.ts';
import { createDirect } from '../../main/engine/outbounds/direct.ts';
import { type Meter, relay } from '../../main/engine/relay.ts';
import { type Coding, createCodedStream } from '../../main/engine/transports/coded-stream.ts';
import { createTls } from '../../main/engine/transports/tls.ts';
import { serverCertificate } from '../rigs/certificates.ts';
import { soon } from '../rigs/connecting.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { readAll } from '../rigs/streams.ts';
import { until } from '../rigs/until.ts';

assertNothingLeftOpen();

/** An application and a destination, and the two streams between them that the relay joins. */
interface Line extends AsyncDisposable {
  readonly application: Duplex;
  readonly client: Duplex;
  readonly remote: Duplex;
  readonly destination: Duplex;
}

/** Both ends of a TCP connection. */
async function tcpPair(isBulk: boolean): Promise<[outside: Socket, inside: Socket]> {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: isBulk });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  if (isBulk) acceptBulkSockets(server);
  const outside = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true });
  const [inside] = await once(server, 'connection');
  server.close();
  assert.equal(inside instanceof BulkSocket, isBulk);
  for (const socket of [outside, inside]) socket.on('error', () => {});
  return [outside, inside];
}

/** Both ends of a TLS connection, of which ours reads in bulk. */
async function tlsPair(): Promise<[outside: Duplex, inside: Duplex]> {
  const { cert, key } = serverCertificate;
  const server = createTlsServer({ cert, key, allowHalfOpen: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepting = Promise.all([once(server, 'connection'), once(server, 'secureConnection')]);
  const { port } = server.address() as AddressInfo;
  const inside = await createTls(createDirect(), { insecure: true }).connect({ host: '127.0.0.1', port }, soon());
  const [[below], [outside]] = await accepting;
  server.close();
  assert.ok(isBulk(inside));
  outside.resetAndDestroy = () => below.resetAndDestroy(); // TLS alone has none
  return [outside, inside];
}

const lines: Record<string, () => Promise<Line>> = {
  'two bulk sockets': () => tcpLine(true, true),
  'a bulk socket and a plain one': () => tcpLine(true, false),
  'two plain sockets': () => tcpLine(false, false),
  'a bulk socket and a coded stream': async () => {
    const [application, client] = await tcpPair(true);
    const [destination, inside] = await tcpPair(true);
    const remote = createCodedStream(inside, halving);
    remote.read(0); // from here on it reads ahead, as sockets do by themselves
    return line(application, client, remote, destination);
  },
  'a bulk socket and TLS': async () => {
    const [application, client] = await tcpPair(true);
    const [destination, remote] = await tlsPair();
    return line(application, client, remote, destination);
  },
  'a bulk socket and coded streams in each other in TLS': async () => {
    const [application, client] = await tcpPair(true);
    const [destination, inside] = await tlsPair();
    const remote = createCodedStream(createCodedStream(inside, halving), halving);
    remote.read(0);
    return line(application, client, remote, destination);
  },
  'a socket and another kind of stream': async () => {
    const [application, client] = await tcpPair(true);
    const [destination, remote] = duplexPair();
    return line(application, client, remote, destination);
  },
};

/** Changes nothing, but says what came in two pieces, neither of them a copy. */
const halving: Coding = {
  encode: (plain) => plain,
  decode: (wire) => [wire.subarray(0, wire.length >> 1), wire.subarray(wire.length >> 1)],
};

async function tcpLine(isClientBulk: boolean, isRemoteBulk: boolean): Promise<Line> {
  const [application, client] = await tcpPair(isClientBulk);
  const [destination, remote] = await tcpPair(isRemoteBulk);
  return line(application, client, remote, destination);
}

function line(application: Duplex, client: Duplex, remote: Duplex, destination: Duplex): Line {
  const streams = [application, client, remote, destination];
  for (const stream of streams) stream.on('error', () => {});
  return {
    application,
    client,
    remote,
    destination,
    async [Symbol.asyncDispose]() {
      for (const stream of streams) stream.destroy();
      await Promise.all(streams.map((stream) => stream.closed || once(stream, 'close')));
    },
  };
}

const noTraffic = (): Meter => ({ upBytes: 0, downBytes: 0, connections: 0 });
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

function* pieces(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 100_000) yield bytes.subarray(at, at + 100_000);
}

/** Resolves when nothing more can come, for whatever reason. */
function ended(stream: Duplex): Promise<unknown> {
  return new Promise((resolve) => {
    if (stream.closed || stream.readableEnded) resolve(undefined);
    stream.once('close', resolve).once('end', resolve);
  });
}

for (const [name, open] of Object.entries(lines)) {
  describe(name, () => {
    test('carries bytes both ways unchanged, whatever their pieces, and half-closes', async () => {
      await using line = await open();
      const meter = noTraffic();
      const over = relay(line.client, line.remote, meter);
      const up = randomBytes(9_000_001);
      const down = randomBytes(7_000_003);
      const [atDestination, atApplication] = [readAll(line.destination), readAll(line.application)];
      for (let at = 0, size = 1; at < up.length; at += size, size = (size * 7 + 13) % 700_000)
        line.application.write(up.subarray(at, at + size));
      line.application.end();
      assert.equal(sha256(await atDestination), sha256(up));
      line.destination.end(down); // only now: after the other direction has ended
      assert.equal(sha256(await atApplication), sha256(down));
      await over;
      assert.deepEqual(meter, { upBytes: up.length, downBytes: down.length, connections: 0 });
    });

    test('slows the writer down to the reader, without keeping what is not read', async () => {
      await using line = await open();
      const meter = noTraffic();
      void relay(line.client, line.remote, meter);
      const all = randomBytes(64 * 1024 * 1024);
      Readable.from(pieces(all)).pipe(line.destination);
      await until(() => line.client.writableNeedDrain && line.client.writableLength > 0);
      const passed = meter.downBytes;
      for (let turn = 0; turn < 200; turn++) await new Promise(setImmediate);
      assert.equal(meter.downBytes, passed, 'it goes on reading');
      assert.ok(passed < all.length / 2, `${passed} bytes have passed`);
      const held = line.client.writableLength + line.remote.readableLength;
      assert.ok(held <= 1024 * 1024, `${held} bytes are held`);
      assert.equal(sha256(await readAll(line.application)), sha256(all));
    });

    test('passes on what is there already, and an end that has come before', async () => {
      await using line = await open();
      line.destination.end('banner');
      line.application.end('early');
      await until(() => line.remote.readableLength === 6 && line.client.readableLength === 5);
      const over = relay(line.client, line.remote, noTraffic());
      const heard = await Promise.all([readAll(line.application), readAll(line.destination)]);
      assert.deepEqual(heard.map(String), ['banner', 'early']);
      await over;
    });

    for (const [breaking, other] of [
      ['application', 'destination'],
      ['destination', 'application'],
    ] as const) {
      test(`tells the ${other} when the ${breaking} breaks`, async () => {
        await using line = await open();
        const over = relay(line.client, line.remote, noTraffic());
        line[other].resume().write('something under way');
        const broken = line[breaking];
        if (broken instanceof Socket) broken.resetAndDestroy();
        else broken.destroy(new Error('broken'));
        await ended(line[other]);
        await over;
      });
    }
  });
}

for (const [name, open] of Object.entries({ TCP: () => tcpPair(true), TLS: tlsPair })) {
  test(`${name}: a socket whose other side has ended is closed at once, but not before all is out`, async () => {
    for (const upBytes of [1, 30_000_001]) {
      const [destination, remote] = await open();
      destination.end();
      await once(remote.resume(), 'end');
      const up = randomBytes(upBytes);
      remote.write(up);
      const isSmall = upBytes === 1;
      if (isSmall) await until(() => remote.writableLength === 0);
      finish(remote);
      assert.equal(remote.destroyed, isSmall);
      assert.equal(sha256(await readAll(destination)), sha256(up));
      if (!remote.closed) await once(remote, 'close');
    }
  });
}

test('a reset arrives as one', async () => {
  await using line = await tcpLine(true, true);
  void relay(line.client, line.remote, noTraffic());
  line.application.resume();
  (line.destination as Socket).resetAndDestroy();
  const [error] = await once(line.application, 'error');
  assert.equal(error.code, 'ECONNRESET');
});

test('a reset arrives although much is still to be read', async () => {
  await using line = await tcpLine(true, true);
  const over = relay(line.client, line.remote, noTraffic());
  line.destination.write(Buffer.alloc(64 * 1024 * 1024));
  await until(() => line.client.writableNeedDrain && line.client.writableLength > 0);
  (line.destination as Socket).resetAndDestroy();
  line.application.resume();
  await ended(line.application);
  await over;
});

test('what was closed before is closed on the other side too', async () => {
  await using line = await tcpLine(true, true);
  line.remote.destroy();
  await once(line.remote, 'close');
  await relay(line.client, line.remote, noTraffic());
  assert.ok(line.client.destroyed);
});

test('a stream that keeps what it is given gets bytes that stay', async () => {
  await using line = await tcpLine(true, true);
  const kept: Buffer[] = [];
  const keeper = new Duplex({
    read() {},
    write(bytes, _encoding, done) {
      kept.push(bytes);
      done();
    },
  });
  void relay(keeper, line.remote, noTraffic());
  const all = randomBytes(20_000_000);
  line.destination.end(all);
  await once(keeper, 'finish');
  assert.equal(sha256(Buffer.concat(kept)), sha256(all));
  keeper.destroy();
});

test('streams that are read late and share memory get nothing that is another one’s', async () => {
  await using stack = new AsyncDisposableStack();
  const open = lines['a bulk socket and TLS'];
  assert.ok(open);
  await Promise.all(
    Array.from({ length: 6 }, async () => {
      const line = stack.use(await open());
      void relay(line.client, line.remote, noTraffic());
      const all = randomBytes(12_000_000);
      line.destination.end(all);
      await until(() => line.client.writableLength > 0); // the kernel takes no more
      assert.equal(sha256(await readAll(line.application)), sha256(all));
    }),
  );
});
