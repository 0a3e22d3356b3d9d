import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { createInbound } from '../../main/engine/inbound/inbound.ts';
import { failingOutbound, openTunnel, protocolsOfInbound, silentOutbound, startEndpoint } from '../rigs/endpoint.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startEcho } from '../rigs/origin.ts';
import { readAll, readExactly } from '../rigs/streams.ts';

assertNothingLeftOpen();

const [socks5] = protocolsOfInbound;
assert.ok(socks5);

/** Resolves when the socket is closed, with the error's code where one was the reason. */
function closeOf(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let reason = 'closed';
    socket.once('error', (error: NodeJS.ErrnoException) => {
      reason = error.code ?? error.message;
    });
    socket.once('end', () => socket.end());
    socket.once('close', () => resolve(reason));
    if (socket.closed) resolve(reason);
    if (socket.readableEnded) socket.end();
    socket.resume();
  });
}

test('a first byte of another protocol is closed without a word', async () => {
  await using endpoint = await startEndpoint();
  for (const first of [0, 3, 6, 0x16, 0x40, 0x80, 255]) {
    const client = await endpoint.open(Buffer.of(first, 1, 0));
    assert.equal((await readAll(client)).length, 0);
    client.destroy();
  }
});

test('a handshake that never ends is closed at its limit', async () => {
  await using endpoint = await startEndpoint();
  for (const flood of [`4${'x'.repeat(70_000)}`, `GET ${'x'.repeat(70_000)}`]) {
    const bytes = Buffer.from(flood);
    if (flood.startsWith('4')) bytes[0] = 4;
    await closeOf(await endpoint.open(bytes));
  }
  await closeOf(await endpoint.open(Buffer.of(5, 1, 0), Buffer.of(9)));
});

test('a handshake that stalls is cut, wherever it stalls', async () => {
  await using endpoint = await startEndpoint({ handshakeTimeoutMs: 50 });
  const { bytes } = socks5.ask({ host: 'origin.test', port: 80 });
  for (const start of ['', bytes.subarray(0, 1), bytes.subarray(0, 7), 'GET http://a.test/ HT', Buffer.of(4, 1)]) {
    await closeOf(await endpoint.open(start));
  }
});

test('ten seconds are what a handshake has unless told otherwise', async (t) => {
  const realNow = performance.now.bind(performance);
  let passedMs = 0;
  t.mock.method(performance, 'now', () => realNow() + passedMs);
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const pass = (ms: number) => {
    passedMs += ms;
    t.mock.timers.tick(ms);
  };
  await using endpoint = await startEndpoint();
  const client = await endpoint.open(Buffer.of(5, 1, 0));
  await readExactly(client, 2);
  pass(9500);
  client.write(Buffer.of(5, 9, 0, 1, 0, 0, 0, 0, 0, 0));
  assert.equal((await readExactly(client, 10))[1], 7);
  const silent = await endpoint.open(Buffer.of(5, 1, 0));
  await readExactly(silent, 2);
  pass(10_500);
  await closeOf(silent);
});

test('connecting, and an idle tunnel, are not cut with the handshakes', async () => {
  await using origin = await startEcho();
  const outbound = silentOutbound();
  await using silent = await startEndpoint({ outbound, handshakeTimeoutMs: 50 });
  await using endpoint = await startEndpoint({ handshakeTimeoutMs: 50 });
  const tunnel = await openTunnel(endpoint, socks5, { host: 'origin.test', port: origin.port });
  const connecting = await silent.open(socks5.ask({ host: 'origin.test', port: 80 }).bytes);
  const signal = await outbound.waiting;
  // Both endpoints have cut a later client by now, so they would have cut the earlier ones before.
  await Promise.all([closeOf(await endpoint.open()), closeOf(await silent.open())]);
  assert.equal(signal.aborted, false);
  assert.equal(connecting.destroyed, false);
  tunnel.write('still');
  assert.equal((await readExactly(tunnel, 5)).toString(), 'still');
});

test('a client that does not go after a refusal is cut', async () => {
  await using endpoint = await startEndpoint({ outbound: failingOutbound('no-proxies'), handshakeTimeoutMs: 50 });
  for (const refused of [Buffer.of(5, 1, 9), socks5.ask({ host: 'origin.test', port: 80 }).bytes]) {
    const client = await endpoint.open(refused);
    await readAll(client);
    const talking = setInterval(() => client.write('and yet'), 10); // only who speaks learns that nobody listens
    await new Promise((resolve) => client.once('close', resolve));
    clearInterval(talking);
  }
});

test('clients above the limit are reset at once, and there is room again when others go', async () => {
  await using origin = await startEcho();
  await using endpoint = await startEndpoint({ maxClients: 2 });
  const destination = { host: 'origin.test', port: origin.port };
  const first = await openTunnel(endpoint, socks5, destination);
  await openTunnel(endpoint, socks5, destination);
  assert.equal(await endpoint.open().then(closeOf, (error) => error.code), 'ECONNRESET');
  first.destroy();
  await firstSuccess(() => openTunnel(endpoint, socks5, destination));
});

test('4,096 clients fit at once unless told otherwise, and not one more', async () => {
  await using endpoint = await startEndpoint({ handshakeTimeoutMs: 600_000 });
  const clients: Socket[] = [];
  while (clients.length < 4096) clients.push(...(await Promise.all(Array.from({ length: 256 }, () => endpoint.open(Buffer.of(5, 1, 0))))));
  for (const client of clients) await readExactly(client, 2);
  assert.equal(await endpoint.open().then(closeOf, (error) => error.code), 'ECONNRESET');
  assert.ok(clients.every(({ closed }) => !closed));
});

/** Tries again until it succeeds; the test's own deadline bounds it. */
async function firstSuccess<T>(attempt: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await attempt();
    } catch {
      await new Promise(setImmediate);
    }
  }
}

test("nothing but loopback without a login, and Node's own errors for the rest", async () => {
  const options = { outbound: silentOutbound(), meter: { upBytes: 0, downBytes: 0, connections: 0 } };
  for (const host of ['0.0.0.0', '::', '', '0', '10.0.0.1', '::ffff:10.0.0.1']) {
    await assert.rejects(createInbound(options).listen(host, 0), { code: 'login-required' }, host);
  }
  await assert.rejects(createInbound({ ...options, login: { username: 'a', password: '' } }).listen('0.0.0.0', 0), {
    code: 'login-required',
  });
  await using endpoint = await startEndpoint();
  await assert.rejects(createInbound(options).listen('127.0.0.1', endpoint.port), { code: 'EADDRINUSE', syscall: 'listen' });

  for (const [host, login] of [
    ['localhost', undefined],
    ['::1', undefined],
    ['0.0.0.0', { username: 'a', password: 'b' }],
  ] as const) {
    const inbound = createInbound({ ...options, ...(login && { login }) });
    assert.ok((await inbound.listen(host, 0)).port > 0);
    await inbound.close(0);
  }
});

test('close lets streams finish, cuts handshakes, and takes nobody new', async () => {
  await using origin = await startEcho();
  await using endpoint = await startEndpoint();
  const tunnel = await openTunnel(endpoint, socks5, { host: 'origin.test', port: origin.port });
  const waiting = await endpoint.open();
  const closed = endpoint.inbound.close(20_000);
  await closeOf(waiting);
  await assert.rejects(endpoint.open(), { code: 'ECONNREFUSED' });
  tunnel.write('draining');
  assert.equal((await readExactly(tunnel, 8)).toString(), 'draining');
  tunnel.end();
  await closed;
  await origin.empty();
});

test('close cuts what has not finished by then', async () => {
  await using origin = await startEcho();
  await using endpoint = await startEndpoint();
  const tunnel = await openTunnel(endpoint, socks5, { host: 'origin.test', port: origin.port });
  await endpoint.inbound.close(10);
  await Promise.all([closeOf(tunnel), origin.empty()]);
  assert.equal(endpoint.meter.connections, 0);
});
