/** What tells one protocol from another, against servers that say one thing word by word; and the two halves. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { createDirect } from '../../main/engine/outbounds/direct.ts';
import { define, echoes, failure, noLogin, outboundTo, secretLogin, soon } from '../rigs/connecting.ts';
import { startHttpProxy } from '../rigs/http-proxy.ts';
import { startServer } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startEcho } from '../rigs/origin.ts';
import { startSocks4 } from '../rigs/socks4-server.ts';
import { startSocks5 } from '../rigs/socks5-server.ts';
import { readExactly } from '../rigs/streams.ts';

assertNothingLeftOpen();

const destination = { host: 'origin.test', port: 80 };

/** A server that says this to whoever comes, whatever they say, and ends. */
const startSaying = (answer: string | Buffer) => startServer((socket) => void socket.resume().end(answer));

test('a tunnel can be opened in advance, and is closed when it is not needed', async () => {
  await using origin = await startEcho();
  await using proxy = await startSocks5(secretLogin);
  const client = define('socks5', proxy, secretLogin).createClient(createDirect());
  const tunnel = await client.open(soon());
  assert.deepEqual(proxy.asked, []); // logged in, and asked for nothing yet
  const stream = await tunnel.connect(origin, soon());
  await echoes(stream);
  stream.destroy();

  (await client.open(soon())).close();
  await proxy.empty();
});

test('a tunnel that the proxy closed meanwhile says so', async () => {
  const servers: Socket[] = [];
  await using proxy = await startServer(async (socket) => {
    await readExactly(socket, 3);
    socket.write(Buffer.of(5, 0));
    servers.push(socket);
  });
  const tunnel = await define('socks5', proxy).createClient(createDirect()).open(soon());
  servers[0]?.destroy();
  await proxy.empty();
  await assert.rejects(tunnel.connect(destination, soon()), { code: 'proxy-closed' });
});

test('SOCKS5: replies of any length and logins with the wrong version are understood', async () => {
  await using origin = await startEcho();
  for (const replyAddress of ['ipv4', 'ipv6', 'name'] as const) {
    await using proxy = await startSocks5({ replyAddress, loginVersion: 5, ...secretLogin });
    const stream = await outboundTo('socks5', proxy, secretLogin).connect(origin, soon());
    await echoes(stream);
    stream.destroy();
  }
});

test('SOCKS5: a login is not sent to a proxy that wants none', async () => {
  await using origin = await startEcho();
  await using proxy = await startSocks5();
  const stream = await outboundTo('socks5', proxy, secretLogin).connect(origin, soon());
  await echoes(stream);
  stream.destroy();
});

test('SOCKS5: methods that were not offered, or none at all', async () => {
  for (const [answer, login, code] of [
    [[5, 2], noLogin, 'proxy-protocol'],
    [[5, 1], secretLogin, 'proxy-protocol'],
    [[5, 255], secretLogin, 'proxy-unsupported'],
    [[5, 255], noLogin, 'proxy-login-required'],
  ] as const) {
    await using proxy = await startSaying(Buffer.from(answer));
    assert.equal((await failure(outboundTo('socks5', proxy, login), destination)).code, code);
  }
});

test('SOCKS5: a name that the proxy does not find is about the destination', async () => {
  await using proxy = await startSocks5();
  assert.equal((await failure(outboundTo('socks5', proxy), { host: 'nowhere.test', port: 80 })).blame, 'destination');
});

test('SOCKS4: a name in the 4a form, whichever of both is asked', async () => {
  for (const [reply, code] of [
    [91, 'proxy-failed'],
    [92, 'proxy-login-rejected'],
    [93, 'proxy-login-rejected'],
    [7, 'proxy-protocol'],
  ] as const) {
    await using proxy = await startSaying(Buffer.from([4, reply, 0, 0, 0, 0, 0, 0]));
    assert.equal((await failure(outboundTo('socks4', proxy, { username: 'c4nary', password: '' }), destination)).code, code);
  }
  await using proxy = await startSocks4({ username: 'bob' });
  await failure(outboundTo('socks4', proxy, { username: 'bob', password: '' }), { host: 'nowhere.test', port: 80 });
  assert.deepEqual(proxy.asked, [{ as: 'name', host: 'nowhere.test', port: 80 }]);
});

test('HTTP: any 2xx is a tunnel, and what follows the blank line is its first bytes', async () => {
  await using origin = await startEcho();
  for (const granted of [
    'HTTP/1.0 200\r\n\r\n',
    'HTTP/1.1 204 No Content\r\nContent-Length: 7\r\n\r\n',
    'HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n',
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n',
    `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(60_000)}\r\n\r\n`,
  ]) {
    await using proxy = await startHttpProxy({ granted });
    const stream = await outboundTo('http', proxy).connect(origin, soon());
    await echoes(stream);
    stream.destroy();
  }
});

test('HTTP: refusals and nonsense', async () => {
  for (const [answer, code] of [
    ['HTTP/1.1 401 Unauthorized\r\n\r\n', 'proxy-login-rejected'], // tinyproxy
    ['HTTP/1.1 403 Forbidden\r\n\r\n', 'destination-forbidden'],
    ['HTTP/1.1 302 Found\r\nLocation: http://portal.test/\r\n\r\n', 'proxy-failed'],
    ['HTTP/1.1 200 OK', 'proxy-closed'],
    [`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(70_000)}`, 'proxy-protocol'],
    ['SSH-2.0-OpenSSH\r\n', 'proxy-protocol'],
  ] as const) {
    await using proxy = await startSaying(answer);
    assert.equal((await failure(outboundTo('http', proxy, secretLogin), destination)).code, code, answer.slice(0, 30));
    await proxy.empty();
  }
});

test('auto: what was found at first contact is kept', async () => {
  await using origin = await startEcho();
  for (const [start, connections] of [
    [startSocks5, 3],
    [startHttpProxy, 4], // one for the greeting that was not understood
  ] as const) {
    await using proxy = await start(secretLogin);
    const outbound = outboundTo('auto', proxy, secretLogin);
    for (let i = 0; i < 3; i++) {
      const stream = await outbound.connect(origin, soon());
      await echoes(stream);
      stream.destroy();
    }
    assert.equal(proxy.accepted, connections);
  }
});

test('auto: nothing is kept of a proxy that speaks neither', async () => {
  await using proxy = await startSaying('SSH-2.0-OpenSSH\r\n');
  const outbound = outboundTo('auto', proxy, secretLogin);
  for (const accepted of [2, 4]) {
    assert.equal((await failure(outbound, destination)).code, 'proxy-protocol');
    assert.equal(proxy.accepted, accepted);
  }
});

test('auto: a server that chooses a line end as its method is not SOCKS5', async () => {
  await using proxy = await startSaying(Buffer.of(5, 0x0d));
  assert.equal((await failure(outboundTo('auto', proxy), destination)).code, 'proxy-protocol');
});

test('an end that comes with the answer is seen by whoever looks', async () => {
  await using proxy = await startSaying(Buffer.from('HTTP/1.1 200 OK\r\n\r\n'));
  const stream = await outboundTo('http', proxy).connect(destination, soon());
  stream.resume().end();
  if (!stream.readableEnded) await once(stream, 'end');
  if (!stream.closed) await once(stream, 'close');
});
