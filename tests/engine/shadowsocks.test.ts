/** What Shadowsocks does beyond what every protocol must. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { createDirect } from '../../main/engine/outbounds/direct.ts';
import { defineWay, echoes, lateFailure, outboundTo, soon } from '../rigs/connecting.ts';
import { startForwarder } from '../rigs/fault-forwarder.ts';
import { startServer } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startEcho, startHttpOrigin } from '../rigs/origin.ts';
import { rowsOf, startEngine, stateOf } from '../rigs/running-engine.ts';
import { startShadowsocks } from '../rigs/shadowsocks-server.ts';
import { startShadowsocksUdp } from '../rigs/shadowsocks-udp.ts';
import { startUdpEcho } from '../rigs/udp-echo.ts';

assertNothingLeftOpen();

const key = Buffer.alloc(32, 7).toString('base64');
const login = { username: '2022-blake3-aes-256-gcm', password: key };
const way = { scheme: 'ss', login };
const old = { scheme: 'ss', login: { username: 'aes-256-gcm', password: 'pw' } };

test('a clock three minutes off is refused, and found out at either side', async () => {
  await using origin = await startEcho();
  await using proxy = await startShadowsocks({ ...login, clockAheadSeconds: 180 });
  assert.equal((await lateFailure(outboundTo(way, proxy), origin)).blame, 'proxy');
  assert.deepEqual(proxy.asked, []);
});

for (const clockAheadSeconds of [180, -180])
  test(`a proxy that serves us although its clock is ${clockAheadSeconds} seconds ahead is not believed, and the clocks are blamed`, async (t) => {
    await using origin = await startHttpOrigin();
    await using proxy = await startShadowsocks({ ...login, clockAheadSeconds, servesAnyClock: true });
    assert.equal((await lateFailure(outboundTo(way, proxy), origin)).code, 'proxy-clock');
    await using engine = await startEngine(t, { probe: origin.url });
    await engine.commands.importText({ text: defineWay(way, proxy).link });
    await stateOf(engine, ({ proxies }) => proxies.failing === 1);
    assert.equal((await rowsOf(engine))[0]?.reason, 'proxy-clock');
  });

test('an answer to another request is not believed', async () => {
  await using origin = await startEcho();
  await using proxy = await startShadowsocks({ ...login, answersAnother: true });
  assert.equal((await lateFailure(outboundTo(way, proxy), origin)).code, 'proxy-protocol');
  await proxy.empty();
});

for (const { login } of [way, old]) {
  test(`${login.username}: a server that is silent at a wrong key is found out in bounded time`, async (t) => {
    await using proxy = await startShadowsocks({ ...login, password: Buffer.alloc(32, 8).toString('base64'), isSilent: true });
    await using origin = await startHttpOrigin();
    await using engine = await startEngine(t, { probe: origin.url });
    await engine.commands.importText({ text: defineWay({ scheme: 'ss', login }, proxy).link });
    await stateOf(engine, ({ proxies }) => proxies.failing === 1);
    assert.equal((await rowsOf(engine))[0]?.reason, 'proxy-timeout');
  });

  test(`${login.username}: once the proxy is reached nothing is waited for, and the first words go with the request`, async () => {
    const flights: Buffer[] = [];
    await using server = await startServer(
      (socket) => void socket.on('data', (flight) => flights.push(flight)).on('end', () => socket.end()),
    );
    const tunnel = await defineWay({ scheme: 'ss', login }, server).createClient(createDirect()).open(soon());
    const stream = await tunnel.connect({ host: 'origin.test', port: 443 }, soon()); // the server has said nothing
    stream.end('x'.repeat(400));
    stream.resume();
    await once(stream, 'end');
    assert.equal(flights.length, 1);
    assert.ok((flights[0]?.length ?? 0) > 400);
  });

  test(`${login.username}: a destination that speaks first is heard`, async () => {
    await using origin = await startServer((socket) => {
      socket.write('220 ready\r\n');
      socket.resume().on('end', () => socket.end());
    });
    await using proxy = await startShadowsocks(login);
    const stream = await outboundTo({ scheme: 'ss', login }, proxy).connect(origin, soon());
    const [banner] = await once(stream, 'data');
    assert.equal(String(banner), '220 ready\r\n');
    stream.destroy();
    await proxy.empty();
  });
}

test('a prefix stands at the very beginning of the connection, and the proxy does not mind', async () => {
  await using origin = await startEcho();
  await using proxy = await startShadowsocks(old.login);
  const prefix = '\x16\x03\x01\x00\xa8\x01\x01';
  const stream = await outboundTo({ ...old, query: { prefix } }, proxy).connect(origin, soon());
  await echoes(stream);
  stream.destroy();
  const first = Promise.withResolvers<string>();
  await using listener = await startServer((socket) => void socket.once('data', (bytes) => first.resolve(bytes.toString('latin1', 0, 7))));
  const tunnel = await outboundTo({ ...old, query: { prefix } }, listener).connect(origin, soon());
  assert.equal(await first.promise, prefix);
  tunnel.destroy();
});

for (const cipher of ['2022-blake3-aes-256-gcm', '2022-blake3-chacha20-poly1305']) {
  test(`${cipher}: a datagram that comes twice is heard once`, async () => {
    const login = { username: cipher, password: key };
    await using echo = await startUdpEcho();
    await using proxy = await startShadowsocksUdp({ ...login, copies: 3 });
    const ways = await defineWay({ scheme: 'ss', login }, proxy).createClient(createDirect()).openDatagrams?.(soon());
    assert.ok(ways);
    const heard: string[] = [];
    const last = new Promise<void>((resolve) => {
      ways.onMessage((_, payload) => {
        heard.push(String(payload));
        if (heard.at(-1) === 'last') resolve();
      });
    });
    for (const text of ['first', 'second', 'last']) ways.send(echo, Buffer.from(text));
    await last;
    await new Promise(setImmediate);
    ways.close();
    assert.deepEqual(heard.toSorted(), [...new Set(heard)].toSorted());
  });
}

test('a proxy behind a plugin has no way for datagrams: they would go beside it', async () => {
  const plugin = 'obfs-local;obfs=http';
  const client = defineWay({ ...old, query: { plugin } }, { host: '127.0.0.1', port: 9 }).createClient(createDirect());
  assert.equal(client.openDatagrams, undefined);
  await using forwarder = await startForwarder(
    { host: '127.0.0.1', port: 9 },
    { garbage: Buffer.from('HTTP/1.1 101 Switching\r\n\r\nxx') },
  );
  assert.equal((await lateFailure(outboundTo({ ...old, query: { plugin } }, forwarder), { host: 'origin.test', port: 80 })).blame, 'proxy');
});
