/** What every way for datagrams must do, whatever its protocol. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { EngineError } from '../../main/engine/errors.ts';
import type { Datagrams, Destination } from '../../main/engine/outbound.ts';
import { createDirect } from '../../main/engine/outbounds/direct.ts';
import { trustTestAuthority } from '../rigs/certificates.ts';
import { defineWay, soon } from '../rigs/connecting.ts';
import { exchange } from '../rigs/datagrams.ts';
import { startForwarder } from '../rigs/fault-forwarder.ts';
import { refusingPort } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { loginFor, protocolRigs } from '../rigs/proxy-rigs.ts';
import { startUdpEcho } from '../rigs/udp-echo.ts';

assertNothingLeftOpen();
trustTestAuthority();

for (const rig of protocolRigs) {
  const { scheme, server, datagrams } = rig;
  if (datagrams === undefined) continue;
  const login = loginFor(rig);
  const wrongLogin = rig.login ?? { ...login, username: `${login.username}x` };
  const open = (proxy: Destination, signal = soon(), as = login): Promise<Datagrams> => {
    const { openDatagrams } = defineWay(rig, proxy, as).createClient(createDirect());
    assert.ok(openDatagrams);
    return openDatagrams(signal);
  };
  const rejection = (opening: Promise<Datagrams>) =>
    opening.then(
      (way) => way.close(),
      (error: unknown) => error,
    );

  describe(`datagrams by ${scheme} through a ${server} proxy`, () => {
    test('go to names unresolved and to addresses as they are, and come back with their source', async () => {
      await using echo = await startUdpEcho();
      await using proxy = await datagrams.start(login);
      const way = await open(proxy);
      for (const host of ['origin.test', '127.0.0.1']) {
        const { source, payload } = await exchange(way, { host, port: echo.port }, Buffer.from(`hello ${host}`));
        assert.equal(String(payload), `hello ${host}`);
        assert.equal(source.port, echo.port);
      }
      way.close();
      assert.deepEqual(new Set(proxy.asked.map(({ as, host }) => `${as} ${host}`)), new Set(['name origin.test', 'ipv4 127.0.0.1']));
      await proxy.empty();
    });

    test('go to IPv6', async () => {
      await using echo = await startUdpEcho({ host: '::1' });
      await using proxy = await datagrams.start(login);
      const way = await open(proxy);
      assert.equal(String((await exchange(way, echo, Buffer.from('hello'))).payload), 'hello');
      way.close();
    });

    test('have any length and keep it', async () => {
      await using echo = await startUdpEcho();
      await using proxy = await datagrams.start(login);
      const way = await open(proxy);
      for (const length of [1, 1200, 9000, datagrams.longest]) {
        const sent = Buffer.alloc(length, length);
        way.send(echo, Buffer.alloc(66_000)); // too long for UDP: dropped
        assert.deepEqual((await exchange(way, echo, sent)).payload, sent);
      }
      way.close();
    });

    test('to many destinations stay apart', async () => {
      await using stack = new AsyncDisposableStack();
      const echoes = [];
      for (let i = 0; i < 8; i++) echoes.push(stack.use(await startUdpEcho({ answers: (payload) => [Buffer.of(i, ...payload)] })));
      await using proxy = await datagrams.start(login);
      const way = await open(proxy);
      await Promise.all(
        echoes.map(async (echo, i) => {
          const { payload } = await exchange(way, echo, Buffer.of(100 + i), ({ port }) => port === echo.port);
          assert.deepEqual([...payload], [i, 100 + i]);
        }),
      );
      way.close();
    });

    test('with a destination that no protocol can carry are dropped', async () => {
      await using echo = await startUdpEcho();
      await using proxy = await datagrams.start(login);
      const way = await open(proxy);
      for (const host of ['', 'a b', 'a\0b', 'ü.test', 'a'.repeat(256), 'fe80::1%eth0']) way.send({ host, port: 9 }, Buffer.from('x'));
      way.send({ host: 'origin.test', port: 0 }, Buffer.from('x'));
      await exchange(way, echo, Buffer.from('hello'));
      assert.equal(
        proxy.asked.every(({ host }) => host === echo.host),
        true,
        inspect(proxy.asked),
      );
      way.close();
    });

    test('with a wrong login never reach the destination', async () => {
      const heard = new Set<string>(); // the same may come several times
      const answers = (payload: Buffer) => {
        heard.add(String(payload));
        return [payload];
      };
      await using echo = await startUdpEcho({ answers });
      await using proxy = await datagrams.start(login);
      const error = await open(proxy, soon(), wrongLogin).then(
        (way) => {
          way.send(echo, Buffer.from('wrong'));
          return way;
        },
        (error: unknown) => error,
      );
      const right = await open(proxy);
      await exchange(right, echo, Buffer.from('hello'));
      assert.deepEqual([...heard], ['hello']);
      right.close();
      if (error instanceof Error) assert.equal((error as EngineError).blame, 'proxy');
      else (error as Datagrams).close();
    });

    test('end when they are closed, from either side, and then take nothing more', async () => {
      await using echo = await startUdpEcho();
      const proxy = await datagrams.start(login);
      const [ours, theirs] = [await open(proxy), await open(proxy)];
      for (const way of [ours, theirs]) await exchange(way, echo, Buffer.from('hello'));
      const closed = [ours, theirs].map((way) => new Promise<void>((resolve) => way.onClose(resolve)));
      ours.close();
      ours.close();
      await closed[0];
      await proxy[Symbol.asyncDispose]();
      // Where nothing tells that the proxy has gone, the next datagram does.
      theirs.send(echo, Buffer.from('gone'));
      await closed[1];
      for (const way of [ours, theirs]) way.send(echo, Buffer.from('late'));
    });

    test('from a proxy that cannot be reached, breaks or says nothing', async () => {
      const port = await refusingPort();
      await using closing = await startForwarder({ host: '127.0.0.1', port }, { reset: true });
      await using silent = await startForwarder({ host: '127.0.0.1', port }, { blackhole: true });
      for (const proxy of [{ host: '127.0.0.1', port }, closing]) {
        const error = await rejection(open(proxy));
        assert.ok(error === undefined || (error instanceof EngineError && error.blame === 'proxy'), inspect(error));
      }
      const controller = new AbortController();
      const opening = rejection(open(silent, controller.signal));
      setImmediate(() => controller.abort());
      const error = await opening;
      assert.ok(error === undefined || (error instanceof EngineError && error.code === 'aborted'), inspect(error));
      await silent.empty();
    });

    test('leave nothing open when opening is aborted at a random moment', async () => {
      await using proxy = await datagrams.start(login);
      await fc.assert(
        fc.asyncProperty(fc.nat({ max: 40 }), async (turns) => {
          const controller = new AbortController();
          const opening = rejection(open(proxy, controller.signal));
          for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
          controller.abort();
          const error = await opening;
          assert.ok(error === undefined || (error instanceof EngineError && error.code === 'aborted'), inspect(error));
          await proxy.empty();
        }),
        { numRuns: 40 },
      );
    });
  });
}
