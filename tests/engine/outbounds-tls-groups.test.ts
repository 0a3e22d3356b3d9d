import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { createServer as createSecureServer, TLSSocket } from 'node:tls';
import type { Outbound } from '../../main/engine/outbound.ts';
import { createDirect } from '../../main/engine/outbounds/direct.ts';
import { createTls } from '../../main/engine/transports/tls.ts';
import { createGroups } from '../../main/engine/transports/tls-groups.ts';
import { serverCertificate, trustTestAuthority } from '../rigs/certificates.ts';
import { soon } from '../rigs/connecting.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { type Offered, readClientHello } from '../rigs/read-client-hello.ts';
import { readExactly } from '../rigs/streams.ts';
import { wayTo } from '../rigs/way-to.ts';

assertNothingLeftOpen();
trustTestAuthority();

const destination = { host: 'proxy.test', port: 443 };
const numbers = { X25519: 0x1d, 'P-256': 0x17, 'P-384': 0x18, X25519MLKEM768: 0x11ec } as const;
type Group = keyof typeof numbers;

/** A server that agrees in one group alone, and remembers what each connection offered at first. */
async function startChoosy(group: Group) {
  const { cert, key } = serverCertificate;
  const offered: Offered[] = [];
  const secure = createSecureServer({ cert, key, ecdhCurve: group }, (socket) => void socket.on('error', () => {}).end('hello'));
  const server = createServer((socket) => {
    socket
      .on('error', () => {})
      .once('data', (bytes) => {
        offered.push(readClientHello(bytes));
        socket.pause().unshift(bytes);
        secure.emit('connection', socket);
      });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    offered,
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => void (await once(server.close(), 'close')),
  };
}

async function greet(outbound: Outbound, to = destination): Promise<void> {
  const stream = await outbound.connect(to, soon());
  assert.equal((await readExactly(stream, 5)).toString(), 'hello');
  stream.destroy();
}

test('the group that a server took is offered with a key share the next time, and the others without', async () => {
  for (const group of ['X25519', 'P-256', 'P-384'] as const) {
    await using server = await startChoosy(group);
    const secure = createTls(wayTo(server));
    for (const _ of ['first', 'second', 'third']) await greet(secure);
    const [first, ...later] = server.offered;
    assert.deepEqual(first?.keyShares, [numbers.X25519MLKEM768, numbers.X25519]);
    assert.equal(later.length, 2);
    for (const { keyShares, groups } of later) {
      assert.deepEqual(keyShares, [numbers[group]]);
      for (const other of Object.values(numbers)) assert.ok(groups.includes(other));
    }
  }
});

test('what holds against the computers of tomorrow stays where a server takes it, and comes back where a server has learned it', async () => {
  await using newer = await startChoosy('X25519MLKEM768');
  await using older = await startChoosy('X25519');
  const way = wayTo(newer);
  const secure = createTls(way);
  const both = [numbers.X25519MLKEM768, numbers.X25519];
  for (const _ of ['first', 'second']) await greet(secure);
  way.server = older;
  for (const _ of ['third', 'fourth']) await greet(secure);
  way.server = newer;
  for (const _ of ['fifth', 'sixth']) await greet(secure);
  const offeredTo = ({ offered }: typeof newer) => offered.map(({ keyShares }) => keyShares);
  assert.deepEqual(offeredTo(newer), [both, both, [numbers.X25519], both]);
  assert.deepEqual(offeredTo(older), [both, [numbers.X25519]]);
});

test('what one server took says nothing of another', async () => {
  await using server = await startChoosy('X25519');
  const way = wayTo(server);
  const secure = createTls(way);
  await greet(secure);
  await greet(secure, { host: 'localhost', port: 443 });
  await greet(createTls(way));
  assert.deepEqual(
    server.offered.map(({ keyShares }) => keyShares.length),
    [2, 2, 2],
  );
});

test('the suite that is fastest on most processors is offered first, and the other ones too', async () => {
  await using server = await startChoosy('X25519');
  const secure = createTls(wayTo(server));
  for (const _ of ['first', 'second']) await greet(secure);
  for (const { ciphers } of server.offered) {
    assert.deepEqual(ciphers.slice(0, 3), [0x1301, 0x1302, 0x1303]);
    assert.ok(ciphers.includes(0xc02f)); // TLS 1.2
  }
});

test('a socket that was closed meanwhile teaches nothing', async () => {
  await using server = await startChoosy('X25519');
  const direct = createDirect();
  const stream = await createTls(direct, { insecure: true }).connect({ host: '127.0.0.1', port: server.port }, soon());
  assert.ok(stream instanceof TLSSocket);
  stream.destroy();
  const groups = createGroups();
  groups.learn('a:1', stream);
  assert.equal(groups.contextFor('a:1'), groups.contextFor('b:1'));
});
