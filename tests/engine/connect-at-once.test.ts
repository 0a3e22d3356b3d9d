/** SOCKS5 with greeting, login and request in one flight. */
import assert from 'node:assert/strict';
import type { Duplex } from 'node:stream';
import { test } from 'node:test';
import fc from 'fast-check';
import { EngineError } from '../../main/engine/errors.ts';
import type { Destination, Outbound } from '../../main/engine/outbound.ts';
import { createDirect } from '../../main/engine/outbounds/direct.ts';
import * as codec from '../../main/engine/outbounds/socks5-codec.ts';
import { define, echoes, failure, noLogin, secretLogin, soon } from '../rigs/connecting.ts';
import { startForwarder } from '../rigs/fault-forwarder.ts';
import { startHttpProxy } from '../rigs/http-proxy.ts';
import { refusingPort, startServer } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startEcho, startSpeakFirst } from '../rigs/origin.ts';
import { startSocks5 } from '../rigs/socks5-server.ts';
import { readAll, readExactly } from '../rigs/streams.ts';

assertNothingLeftOpen();

const destination = { host: 'origin.test', port: 80 };

/** The one flight as an outbound. */
function atOnce(proxy: Destination, login = noLogin): Outbound {
  const { label, createClient } = define('socks5', proxy, login);
  const { connectAtOnce } = createClient(createDirect());
  assert.ok(connectAtOnce);
  return { label, connect: connectAtOnce };
}

const flightTo = (login: typeof noLogin) =>
  Buffer.concat([
    codec.encodeGreeting([login === noLogin ? 0 : 2]),
    login === noLogin ? Buffer.alloc(0) : codec.encodeLogin(login),
    codec.encodeConnect(destination),
  ]);

/** A server that waits for the whole flight, then gives its answers cut at these places, then sends back what it gets. */
function startAnswering(login: typeof noLogin, answers: Buffer, cuts: readonly number[] = []) {
  return startServer(async (socket) => {
    assert.deepEqual(await readExactly(socket, flightTo(login).length), flightTo(login));
    const places = [...new Set([0, ...cuts.map((cut) => cut % answers.length)])].sort((a, b) => a - b);
    for (const [i, from] of places.entries()) {
      socket.write(answers.subarray(from, places[i + 1]));
      await new Promise(setImmediate);
    }
    socket.pipe(socket);
  });
}

const granted = Buffer.of(5, 0, 0, 1, 127, 0, 0, 1, 0, 80);

test('connects through a proxy that waits for nothing in between, with and without a login', async () => {
  await using origin = await startEcho();
  for (const login of [noLogin, secretLogin]) {
    await using proxy = await startSocks5(login === noLogin ? {} : login);
    const stream = await atOnce(proxy, login).connect({ host: 'origin.test', port: origin.port }, soon());
    await echoes(stream);
    stream.destroy();
    assert.deepEqual(proxy.asked, [{ as: 'name', host: 'origin.test', port: origin.port }]);
    await proxy.empty();
  }
});

test('all is said before the first answer, and only one method is offered', async () => {
  for (const [login, answers] of [
    [noLogin, Buffer.concat([Buffer.of(5, 0), granted])],
    [secretLogin, Buffer.concat([Buffer.of(5, 2, 1, 0), granted])],
  ] as const) {
    await using proxy = await startAnswering(login, answers);
    const stream = await atOnce(proxy, login).connect(destination, soon());
    await echoes(stream);
    stream.destroy();
  }
});

test('answers are understood however they are cut, and what follows them is kept', async () => {
  const address = fc.constantFrom([1, 0, 0, 0, 0], [4, ...Array<number>(16).fill(0)], [3, 4, ...Buffer.from('name')], [3, 0]);
  await fc.assert(
    fc.asyncProperty(address, fc.constantFrom(1, 5), fc.array(fc.nat(60)), async (bound, loginVersion, cuts) => {
      const answers = Buffer.concat([Buffer.from([5, 2, loginVersion, 0, 5, 0, 0, ...bound, 0, 80]), Buffer.from('220 ready\r\n')]);
      await using proxy = await startAnswering(secretLogin, answers, cuts);
      const stream = await atOnce(proxy, secretLogin).connect(destination, soon());
      assert.equal((await readExactly(stream, 11)).toString(), '220 ready\r\n');
      await echoes(stream);
      stream.destroy();
      await proxy.empty();
    }),
    { numRuns: 60 },
  );
});

test('answers that come byte by byte', async () => {
  await using origin = await startSpeakFirst('220 ready\r\n');
  await using proxy = await startSocks5({ ...secretLogin, coalesce: true });
  await using forwarder = await startForwarder(proxy, { dribble: true });
  const stream = await atOnce(forwarder, secretLogin).connect(origin, soon());
  assert.equal((await readAll(stream)).toString(), '220 ready\r\n');
  stream.destroy();
});

test('says what went wrong, and whose fault it is', async () => {
  for (const [login, answers, code] of [
    [noLogin, [5, 0xff], 'proxy-login-required'],
    [secretLogin, [5, 0xff], 'proxy-unsupported'],
    [secretLogin, [5, 0, 5, 0, 0, 1, 0, 0, 0, 0, 0, 0], 'proxy-protocol'], // that method was not offered
    [noLogin, [5, 2], 'proxy-protocol'],
    [secretLogin, [5, 2, 1, 1], 'proxy-login-rejected'],
    [secretLogin, [5, 2, 1, 0, 5, 5, 0, 1, 0, 0, 0, 0, 0, 0], 'destination-refused'],
    [noLogin, [5, 0, 5, 1, 0, 1, 0, 0, 0, 0, 0, 0], 'proxy-failed'],
    [noLogin, [...Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')], 'proxy-protocol'],
  ] as const) {
    await using proxy = await startAnswering(login, Buffer.from(answers));
    assert.equal((await failure(atOnce(proxy, login), destination)).code, code);
    await proxy.empty();
  }
  assert.equal((await failure(atOnce({ host: '127.0.0.1', port: await refusingPort() }), destination)).code, 'proxy-refused');
});

test('refuses a host that the protocol could not carry as it is', async () => {
  await using proxy = await startSocks5();
  assert.equal((await failure(atOnce(proxy), { host: 'a\0b', port: 80 })).code, 'bad-request');
  await proxy.empty();
  assert.deepEqual(proxy.asked, []);
});

test('fails cleanly wherever the answers are cut, and whatever they are', async () => {
  await using origin = await startEcho();
  await using proxy = await startSocks5(secretLogin);
  for (let cutAfterBytes = 0; cutAfterBytes < 14; cutAfterBytes++) {
    await using forwarder = await startForwarder(proxy, { cutAfterBytes });
    assert.equal((await failure(atOnce(forwarder, secretLogin), origin)).blame, 'proxy', `at ${cutAfterBytes}`);
    await forwarder.empty();
  }
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 40 }), async (garbage) => {
      await using forwarder = await startForwarder(proxy, { garbage });
      assert.notEqual((await failure(atOnce(forwarder, secretLogin), origin)).blame, 'local');
      await forwarder.empty();
    }),
    { numRuns: 50 },
  );
});

test('leaves nothing open when it is aborted at a random moment', async () => {
  await using origin = await startEcho();
  await using proxy = await startSocks5(secretLogin);
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: 30 }), async (turns) => {
      const controller = new AbortController();
      const outcome = atOnce(proxy, secretLogin)
        .connect(origin, controller.signal)
        .catch((error: unknown): Duplex | undefined => void assert.ok(error instanceof EngineError && error.code === 'aborted'));
      for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
      controller.abort();
      (await outcome)?.destroy(); // connected before the abort: the stream is the caller's
      await Promise.all([proxy.empty(), origin.empty()]);
    }),
    { numRuns: 40 },
  );
});

test('only SOCKS5 can, and `auto` once it knows that it is', async () => {
  await using origin = await startEcho();
  await using socks = await startSocks5();
  await using http = await startHttpProxy();
  for (const scheme of ['socks4', 'socks4a', 'http', 'https']) {
    assert.equal(define(scheme, socks).createClient(createDirect()).connectAtOnce, undefined, scheme);
  }
  for (const [proxy, can] of [
    [socks, true],
    [http, false],
  ] as const) {
    const client = define('auto', proxy).createClient(createDirect());
    const now = () => client.connectAtOnce !== undefined;
    assert.equal(now(), false);
    (await (await client.open(soon())).connect(origin, soon())).destroy();
    assert.equal(now(), can);
    (await client.connectAtOnce?.(origin, soon()))?.destroy();
  }
});
