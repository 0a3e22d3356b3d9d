import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { SocksClient } from 'socks';
import { startEndpoint } from '../rigs/endpoint.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startEcho } from '../rigs/origin.ts';
import { readAll, readExactly } from '../rigs/streams.ts';

assertNothingLeftOpen();

const login = { username: 'üser', password: 'pass:wörd' };
const greeting = (...methods: number[]) => Buffer.of(5, methods.length, ...methods);
const credentials = (username: string, password: string) => {
  const [user, pass] = [Buffer.from(username), Buffer.from(password)];
  return Buffer.concat([Buffer.of(1, user.length), user, Buffer.of(pass.length), pass]);
};
const connectTo = (port: number) => Buffer.of(5, 1, 0, 1, 127, 0, 0, 1, port >> 8, port & 0xff);

test('SOCKS5 addresses arrive as they are', async () => {
  await using origin = await startEcho();
  await using origin6 = await startEcho({ host: '::1' });
  await using endpoint = await startEndpoint();
  const client = await endpoint.open(greeting(0), connectTo(origin.port));
  await readExactly(client, 12);
  const six = Buffer.of(5, 1, 0, 4, ...Array(15).fill(0), 1, origin6.port >> 8, origin6.port & 0xff);
  const client6 = await endpoint.open(greeting(1, 0), six);
  await readExactly(client6, 12);
  assert.deepEqual(endpoint.asked, [
    { host: '127.0.0.1', port: origin.port },
    { host: '::1', port: origin6.port },
  ]);
});

test('BIND and UDP ASSOCIATE are answered with 7, an unknown kind of address with 8', async () => {
  await using endpoint = await startEndpoint();
  for (const [request, reply] of [
    [Buffer.of(5, 2, 0, 1, 1, 2, 3, 4, 0, 80), 7],
    [Buffer.of(5, 3, 0, 1, 0, 0, 0, 0, 0, 0), 7],
    [Buffer.of(5, 1, 0, 9, 1, 2, 3), 8],
  ] as const) {
    const client = await endpoint.open(greeting(0), request);
    assert.deepEqual([...(await readAll(client))], [5, 0, 5, reply, 0, 1, 0, 0, 0, 0, 0, 0]);
  }
  assert.deepEqual(endpoint.asked, []);
});

test('SOCKS4 refuses BIND', async () => {
  await using endpoint = await startEndpoint();
  const client = await endpoint.open(Buffer.of(4, 2, 0, 80, 1, 2, 3, 4, 0));
  assert.equal((await readAll(client))[1], 91);
});

test('without a method in common the greeting is answered with 255', async () => {
  await using endpoint = await startEndpoint();
  assert.deepEqual([...(await readAll(await endpoint.open(greeting(1, 2))))], [5, 255]);
});

test('with a login only the login method is taken, and only the right login', async () => {
  await using origin = await startEcho();
  await using endpoint = await startEndpoint({ login });
  assert.deepEqual([...(await readAll(await endpoint.open(greeting(0))))], [5, 255]);
  for (const [username, password] of [
    ['üser', 'wrong'],
    ['wrong', 'pass:wörd'],
    ['', ''],
  ] as const) {
    const client = await endpoint.open(greeting(0, 2), credentials(username, password), connectTo(origin.port));
    assert.deepEqual([...(await readAll(client))], [5, 2, 1, 1]);
  }
  assert.deepEqual(endpoint.asked, []);
  const client = await endpoint.open(greeting(0, 2), credentials(login.username, login.password), connectTo(origin.port));
  assert.deepEqual([...(await readExactly(client, 14))], [5, 2, 1, 0, 5, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
});

test('with a login SOCKS4, which has none, is refused', async () => {
  await using origin = await startEcho();
  await using endpoint = await startEndpoint({ login });
  const client = await endpoint.open(Buffer.of(4, 1, origin.port >> 8, origin.port & 0xff, 127, 0, 0, 1, 0));
  assert.equal((await readAll(client))[1], 91);
  assert.deepEqual(endpoint.asked, []);
});

test('the socks package gets through with every version', async () => {
  await using origin = await startEcho();
  await using endpoint = await startEndpoint();
  await using guarded = await startEndpoint({ login });
  const destination = { host: 'origin.test', port: origin.port };
  const { username: userId, password } = login;
  for (const proxy of [
    { host: '127.0.0.1', port: endpoint.port, type: 5 },
    { host: '127.0.0.1', port: endpoint.port, type: 4 },
    { host: '127.0.0.1', port: guarded.port, type: 5, userId, password },
  ] as const) {
    const { socket } = await SocksClient.createConnection({ proxy, command: 'connect', destination });
    socket.write('hello');
    assert.equal((await readExactly(socket, 5)).toString(), 'hello');
    socket.destroy();
    await once(socket, 'close');
  }
});
