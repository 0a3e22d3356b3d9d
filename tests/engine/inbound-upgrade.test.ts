/** Requests that ask to switch to another protocol, such as WebSocket, in absolute form: RFC 9110, section 7.8. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { test } from 'node:test';
import { WebSocket, WebSocketServer } from 'ws';
import type { StreamOutcome } from '../../main/engine/outbound.ts';
import { trustTestAuthority } from '../rigs/certificates.ts';
import { outboundTo } from '../rigs/connecting.ts';
import { type Endpoint, failingOutbound, startEndpoint } from '../rigs/endpoint.ts';
import { startServer } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { loginFor, protocolRigs } from '../rigs/proxy-rigs.ts';
import { get, ok, readAnswer, startOrigin, status } from '../rigs/raw-http.ts';
import { readAll, readExactly, readUntil } from '../rigs/streams.ts';
import { until } from '../rigs/until.ts';

assertNothingLeftOpen();
trustTestAuthority();

/** Sends every message back. */
async function startWebSocketEcho() {
  const server = createServer((_request, response) => response.writeHead(404).end());
  const sockets = new WebSocketServer({ server, path: '/echo' });
  sockets.on('connection', (socket) => {
    socket.send('welcome'); // with the 101
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      for (const socket of sockets.clients) socket.terminate();
      await once(server.close(), 'close');
    },
  };
}

/** As an application does that uses the endpoint as its HTTP proxy, without CONNECT. */
function openWebSocket(endpoint: Endpoint, port: number, headers: Record<string, string> = {}): WebSocket {
  return new WebSocket(`ws://127.0.0.1:${endpoint.port}`, {
    headers: { Host: `origin.test:${port}`, ...headers },
    finishRequest(request) {
      request.path = `http://origin.test:${port}/echo`;
      request.end();
    },
  });
}

const upgrade = (port: number, more = '') =>
  get(port).replace('\r\n\r\n', `\r\nConnection: keep-alive, Upgrade\r\nUpgrade: test/1\r\n${more}\r\n`);
const switched = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: test/1\r\nConnection: Upgrade\r\nX-A: 1\r\n\r\n';

test('a WebSocket opens, carries messages both ways, and closes', async () => {
  await using origin = await startWebSocketEcho();
  await using endpoint = await startEndpoint({ login: { username: 'u', password: 'p' } });
  const login = { 'Proxy-Authorization': `Basic ${Buffer.from('u:p').toString('base64')}` };
  const socket = openWebSocket(endpoint, origin.port, login);
  assert.equal(String((await once(socket, 'message'))[0]), 'welcome');
  for (const message of ['short', Buffer.alloc(3_000_000, 'x')]) {
    socket.send(message);
    assert.deepEqual((await once(socket, 'message'))[0], Buffer.from(message));
  }
  assert.equal(endpoint.meter.connections, 1);
  assert.ok(endpoint.meter.upBytes > 3_000_000 && endpoint.meter.downBytes > 3_000_000);
  socket.close(1000, 'done');
  assert.equal((await once(socket, 'close'))[0], 1000);
  await until(() => endpoint.meter.connections === 0);
});

for (const rig of protocolRigs) {
  test(`a WebSocket goes through ${rig.scheme} to a ${rig.server} proxy`, async () => {
    await using origin = await startWebSocketEcho();
    await using proxy = await rig.start(loginFor(rig));
    const outcomes: StreamOutcome[] = [];
    const outbound = { ...outboundTo(rig, proxy, loginFor(rig)), observe: (_: Duplex, outcome: StreamOutcome) => outcomes.push(outcome) };
    await using endpoint = await startEndpoint({ outbound });
    const socket = openWebSocket(endpoint, origin.port);
    assert.equal(String((await once(socket, 'message'))[0]), 'welcome');
    const much = Buffer.alloc(300_000, 'x');
    socket.send(much);
    assert.deepEqual((await once(socket, 'message'))[0], much);
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ['first-byte'],
    );
    socket.close();
    await once(socket, 'close');
    await Promise.all([proxy.empty(), until(() => endpoint.meter.connections === 0)]);
  });
}

test('the wish and the consent pass, other headers of the connection do not, and what comes with them is not lost', async () => {
  await using origin = await startOrigin(async (_head, socket) => {
    socket.write(`${switched}early`);
    socket.write(await readExactly(socket, 4)); // what came with the request
    return '';
  });
  await using endpoint = await startEndpoint();
  const client = await endpoint.open(`${upgrade(origin.port, 'Proxy-Connection: x\r\nKeep-Alive: 5\r\n')}soon`);
  const head = await readUntil(client, '\r\n\r\n');
  assert.equal(head, 'HTTP/1.1 101 Switching Protocols\r\nX-A: 1\r\nConnection: Upgrade\r\nUpgrade: test/1\r\n\r\n');
  client.end(); // a half-close passes too
  assert.equal(String(await readAll(client)), 'earlysoon');
  assert.equal(origin.heads[0], `GET / HTTP/1.1\r\nHost: origin.test:${origin.port}\r\nConnection: Upgrade\r\nUpgrade: test/1\r\n\r\n`);
});

test('one that comes after other requests waits for its turn', async () => {
  await using origin = await startOrigin((head) => (/upgrade/i.test(head) ? `${switched}new` : ok('old')));
  await using endpoint = await startEndpoint();
  const client = await endpoint.open(get(origin.port) + upgrade(origin.port));
  assert.equal((await readAnswer(client)).body, 'old');
  assert.equal(await status(client), '101 Switching Protocols');
  assert.match(String(await readAll(client)), /\r\n\r\nnew$/);
});

test('an origin that does not agree answers, and the connection ends', async () => {
  await using origin = await startOrigin('HTTP/1.1 426 Upgrade Required\r\nContent-Length: 2\r\n\r\nno');
  await using endpoint = await startEndpoint();
  const client = await endpoint.open(upgrade(origin.port));
  const { head, body } = await readAnswer(client);
  assert.match(head, /^HTTP\/1.1 426 Upgrade Required\r\n[\s\S]*Connection: close\r\n/);
  assert.equal(body, 'no');
  assert.equal((await readAll(client)).length, 0);
  client.end();
  await once(client, 'close');
});

test('a refusal has its status and words', async () => {
  await using failing = await startEndpoint({ outbound: failingOutbound('no-proxy-works') });
  await using closed = await startEndpoint({ login: { username: 'u', password: 'p' } });
  const early = 'x'.repeat(300_000); // does not keep the answer from being read
  assert.match(String(await readAll(await failing.open(upgrade(80) + early))), /^HTTP\/1.1 503 [\s\S]*no-proxy-works/);
  assert.match(String(await readAll(await closed.open(upgrade(80)))), /^HTTP\/1.1 407 [\s\S]*login-required/);
});

test('with a body, and without the word in Connection, it is forwarded as before, without the wish', async () => {
  await using origin = await startOrigin(async (head, socket) => ok(/POST/.test(head) ? String(await readExactly(socket, 5)) : 'plain'));
  await using endpoint = await startEndpoint();
  const client = await endpoint.open(`${upgrade(origin.port, 'Content-Length: 5\r\n').replace('GET', 'POST')}hello`);
  assert.equal((await readAnswer(client)).body, 'hello');
  client.write(upgrade(origin.port).replace(', Upgrade', ''));
  assert.equal((await readAnswer(client)).body, 'plain');
  for (const head of origin.heads) assert.doesNotMatch(head, /upgrade/i);
});

test('an origin that switches unasked, or to nothing, is a 502', async () => {
  await using endpoint = await startEndpoint();
  await using unasked = await startOrigin(switched);
  assert.equal(await status(await endpoint.open(get(unasked.port))), '502 Bad Gateway');
  await using nameless = await startOrigin(switched.replace('Upgrade: test/1\r\n', ''));
  assert.equal(await status(await endpoint.open(upgrade(nameless.port))), '502 Bad Gateway');
});

for (const leave of ['end', 'destroy', 'resetAndDestroy'] as const) {
  test(`a client that leaves before there is an answer takes its connection along: ${leave}`, async () => {
    await using origin = await startServer((socket) => void socket.resume().once('end', () => socket.end()));
    await using endpoint = await startEndpoint();
    const client = await endpoint.open(upgrade(origin.port));
    await until(() => origin.open > 0);
    client[leave]();
    await origin.empty();
    await until(() => endpoint.meter.connections === 0);
  });
}
