/** What every outbound must do, whatever its protocol. A protocol without a rig fails here. */
import assert from 'node:assert/strict';
import { Socket } from 'node:net';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { EngineError } from '../../main/engine/errors.ts';
import type { Destination } from '../../main/engine/outbound.ts';
import { protocols } from '../../main/engine/outbounds/index.ts';
import type { Counters } from '../../main/engine/selection/stuck-streams.ts';
import { trustTestAuthority } from '../rigs/certificates.ts';
import { failure as earlyFailure, echoes, lateFailure, outboundTo, soon, type Way } from '../rigs/connecting.ts';
import { startForwarder } from '../rigs/fault-forwarder.ts';
import { refusingPort, startServer } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startEcho, startLateEcho, startSpeakFirst } from '../rigs/origin.ts';
import { loginFor, protocolRigs } from '../rigs/proxy-rigs.ts';
import { readAll } from '../rigs/streams.ts';
import { until } from '../rigs/until.ts';

assertNothingLeftOpen();
trustTestAuthority();

test('every protocol has a rig', () => {
  const tested = new Set(protocolRigs.map(({ scheme }) => scheme));
  assert.deepEqual(
    protocols.map(({ schemes }) => schemes[0]).filter((scheme) => !tested.has(scheme ?? '')),
    [],
  );
});

for (const rig of protocolRigs) {
  const login = loginFor(rig);
  const failure = rig.isCoded ? lateFailure : earlyFailure;
  describe(`${rig.scheme} to a ${rig.server} proxy`, () => {
    test('passes names on unresolved, and bytes both ways', async () => {
      await using origin = await startEcho();
      await using proxy = await rig.start();
      const stream = await outboundTo(rig, proxy).connect({ host: 'origin.test', port: origin.port }, soon());
      await echoes(stream);
      stream.destroy();
      assert.deepEqual(proxy.asked, [{ as: 'name', host: 'origin.test', port: origin.port }]);
      await Promise.all([proxy.empty(), origin.empty()]);
    });

    test('passes an IPv4 address on as one', async () => {
      await using origin = await startEcho();
      await using proxy = await rig.start();
      const stream = await outboundTo(rig, proxy).connect({ host: '127.0.0.1', port: origin.port }, soon());
      await echoes(stream);
      stream.destroy();
      assert.deepEqual(proxy.asked, [{ as: 'ipv4', host: '127.0.0.1', port: origin.port }]);
    });

    test(rig.hasIpv6 ? 'passes an IPv6 address on as one' : 'refuses an IPv6 destination', async () => {
      await using origin = await startEcho({ host: '::1' });
      await using proxy = await rig.start();
      const outbound = outboundTo(rig, proxy);
      const destination = { host: '::1', port: origin.port };
      if (rig.hasIpv6) {
        const stream = await outbound.connect(destination, soon());
        await echoes(stream);
        stream.destroy();
        assert.equal(proxy.asked[0]?.as, 'ipv6');
      } else {
        assert.equal((await failure(outbound, destination)).code, 'destination-unreachable');
        await proxy.empty();
      }
    });

    test('is reached over IPv6', async () => {
      await using origin = await startEcho();
      await using proxy = await rig.start({ host: '::1' });
      const stream = await outboundTo(rig, proxy).connect({ host: 'origin.test', port: origin.port }, soon());
      await echoes(stream);
      stream.destroy();
    });

    if (!rig.isCoded)
      test('gives a bare socket', async () => {
        await using origin = await startEcho();
        await using proxy = await rig.start();
        const stream = await outboundTo(rig, proxy).connect({ host: 'origin.test', port: origin.port }, soon());
        assert.ok(stream instanceof Socket);
        stream.destroy();
      });

    test('counts what passes, by which it is found when it is stuck', async () => {
      await using origin = await startEcho();
      await using proxy = await rig.start();
      const stream = await outboundTo(rig, proxy).connect({ host: 'origin.test', port: origin.port }, soon());
      const counted = stream as typeof stream & Counters;
      const { bytesRead, bytesWritten } = counted;
      await echoes(stream);
      assert.ok(counted.bytesRead > bytesRead && counted.bytesWritten > bytesWritten);
      stream.destroy();
    });

    test('understands answers that come byte by byte', async () => {
      await using origin = await startEcho();
      await using proxy = await rig.start(login);
      await using forwarder = await startForwarder(proxy, { dribble: true });
      const stream = await outboundTo(rig, forwarder, login).connect({ host: 'origin.test', port: origin.port }, soon());
      await echoes(stream);
      stream.destroy();
    });

    test('keeps the bytes that come with the answer, and an end right after them', async () => {
      await using origin = await startSpeakFirst('220 ready\r\n');
      await using proxy = await rig.start({ coalesce: true });
      const stream = await outboundTo(rig, proxy).connect({ host: 'origin.test', port: origin.port }, soon());
      assert.equal(stream.readableFlowing === true, false);
      assert.equal((await readAll(stream)).toString(), '220 ready\r\n');
      stream.end('still heard'); // the other side has ended, this one has not
      if (!rig.endsForBoth) assert.equal(await origin.heard, 'still heard');
      await proxy.empty();
    });

    if (!rig.cannotHalfClose)
      test('carries a half-close to the destination', async () => {
        await using origin = await startLateEcho();
        await using proxy = await rig.start();
        const stream = await outboundTo(rig, proxy).connect({ host: 'origin.test', port: origin.port }, soon());
        stream.end('question');
        assert.equal((await readAll(stream)).toString(), 'question');
        await proxy.empty();
      });

    test('closes when the proxy does', async () => {
      await using origin = await startEcho();
      const proxy = await rig.start();
      const stream = await outboundTo(rig, proxy).connect({ host: 'origin.test', port: origin.port }, soon());
      await proxy[Symbol.asyncDispose]();
      stream.resume().end();
      if (!stream.closed) await new Promise((closed) => stream.once('close', closed)); // with an error, or without
    });

    test('logs in', async () => {
      await using origin = await startEcho();
      await using proxy = await rig.start(login);
      const stream = await outboundTo(rig, proxy, login).connect({ host: 'origin.test', port: origin.port }, soon());
      await echoes(stream);
      stream.destroy();
    });

    test('says when the login is wrong and when there is none', async () => {
      await using proxy = await rig.start({ username: 'someone', password: 'else' });
      const destination = { host: 'origin.test', port: 9 };
      assert.equal((await failure(outboundTo(rig, proxy, login), destination)).code, rig.loginRejected ?? 'proxy-login-rejected');
      if (rig.loginMissing) assert.equal((await failure(outboundTo(rig, proxy), destination)).code, rig.loginMissing);
      await proxy.empty();
    });

    test('says when the destination refuses', async () => {
      await using proxy = await rig.start();
      const error = await failure(outboundTo(rig, proxy), { host: '127.0.0.1', port: await refusingPort() });
      assert.equal(error.code, rig.refused);
      await proxy.empty();
    });

    test('refuses a host that the protocol could not carry as it is', async () => {
      await using proxy = await rig.start();
      for (const host of ['', 'a b', 'a\r\nX: y', 'a\0b', 'ü.test', `${'a'.repeat(256)}`, 'fe80::1%eth0']) {
        assert.equal((await failure(outboundTo(rig, proxy), { host, port: 80 })).code, 'bad-request', host);
      }
      assert.equal((await failure(outboundTo(rig, proxy), { host: 'origin.test', port: 0 })).code, 'bad-request');
      assert.deepEqual(proxy.asked, []);
      await proxy.empty();
    });

    test('blames the proxy that cannot be reached', async () => {
      const port = await refusingPort();
      const destination = { host: 'origin.test', port: 80 };
      assert.equal((await failure(outboundTo(rig, { host: '127.0.0.1', port }), destination)).code, 'proxy-refused');
      assert.equal((await failure(outboundTo(rig, { host: 'no-such-name.invalid', port }), destination)).code, 'proxy-name-not-found');
      await using closing = await startForwarder({ host: '127.0.0.1', port }, { reset: true });
      assert.equal((await failure(outboundTo(rig, closing), destination)).code, 'proxy-closed');
    });

    test('gives up a proxy that says nothing', async () => {
      const controller = new AbortController();
      await using silent = await startServer((client) => {
        client.resume().once('end', () => client.destroy());
        controller.abort();
      });
      const outbound = outboundTo(rig, silent);
      assert.equal((await failure(outbound, { host: 'origin.test', port: 80 }, controller.signal)).code, 'aborted');
      await silent.empty();
      assert.equal((await failure(outbound, { host: 'origin.test', port: 80 }, AbortSignal.abort())).code, 'aborted');
    });

    test('waits for a late answer', async () => {
      await using origin = await startEcho();
      await using proxy = await rig.start();
      const { promise: late, resolve } = Promise.withResolvers<void>();
      await using forwarder = await startForwarder(proxy, { late });
      const connected = outboundTo(rig, forwarder).connect({ host: 'origin.test', port: origin.port }, soon());
      await until(() => proxy.accepted > 0);
      resolve();
      const stream = await connected;
      await echoes(stream);
      stream.destroy();
    });

    test('fails cleanly wherever the handshake is cut', async () => {
      await using origin = await startEcho();
      await using proxy = await rig.start();
      const destination = { host: 'origin.test', port: origin.port };
      const total = await handshakeBytes(rig, proxy, destination);
      const certain = rig.isInTls ? total - 48 : total; // TLS says goodbye, and its signatures differ in length
      const step = Math.ceil(total / 50); // it has too many bytes to cut at each
      for (let cutAfterBytes = 0; cutAfterBytes < certain; cutAfterBytes += step) {
        await using forwarder = await startForwarder(proxy, { cutAfterBytes });
        const { code, blame } = await failure(outboundTo(rig, forwarder), destination);
        assert.equal(blame, 'proxy', `${code} at ${cutAfterBytes}`);
        await forwarder.empty();
      }
      await proxy.empty();
    });

    test('takes garbage for what it is', async () => {
      const notGranted = fc.uint8Array({ maxLength: 40 }).filter((bytes) => bytes[1] !== 90); // where SOCKS4 says yes
      await fc.assert(
        fc.asyncProperty(notGranted, async (garbage) => {
          await using forwarder = await startForwarder({ host: '127.0.0.1', port: 9 }, { garbage });
          const { blame } = await failure(outboundTo(rig, forwarder), { host: 'origin.test', port: 80 });
          assert.notEqual(blame, 'local');
          await forwarder.empty();
        }),
        { numRuns: 50 },
      );
    });

    test('leaves nothing open when it is aborted at a random moment', async () => {
      await using origin = await startEcho();
      await using proxy = await rig.start();
      await fc.assert(
        fc.asyncProperty(fc.nat({ max: 40 }), async (turns) => {
          const controller = new AbortController();
          const connecting = outboundTo(rig, proxy).connect({ host: 'origin.test', port: origin.port }, controller.signal);
          const outcome = connecting.then(
            (stream) => stream,
            (error: unknown) => assert.ok(error instanceof EngineError && error.code === 'aborted', inspect(error)),
          );
          for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
          controller.abort();
          (await outcome)?.destroy(); // connected before the abort: the stream is the caller's
          await Promise.all([proxy.empty(), origin.empty()]);
        }),
        { numRuns: 40 },
      );
    });
  });
}

/** How many bytes a proxy says, on the connection that is kept, until the destination is reached. */
async function handshakeBytes(way: Way, proxy: Destination, destination: Destination): Promise<number> {
  await using forwarder = await startForwarder(proxy);
  const stream = await outboundTo(way, forwarder).connect(destination, soon());
  stream.destroy();
  await forwarder.empty();
  return forwarder.downBytes;
}
