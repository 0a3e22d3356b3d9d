import assert from 'node:assert/strict';
import dns, { type LookupAddress } from 'node:dns';
import { test } from 'node:test';
import { createDirect } from '../../main/engine/outbounds/direct.ts';
import { echoes, failure, soon } from '../rigs/connecting.ts';
import { refusingPort, startServer } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startEcho, startLateEcho } from '../rigs/origin.ts';
import { readAll, readExactly } from '../rigs/streams.ts';

assertNothingLeftOpen();

test('connects by name and by address of either family, and carries a half-close', async () => {
  await using origin = await startLateEcho();
  await using origin6 = await startLateEcho({ host: '::1' });
  for (const { host, port } of [origin, origin6, { host: 'localhost', port: origin.port }]) {
    const stream = await createDirect().connect({ host, port }, soon());
    stream.end('hello');
    assert.equal((await readAll(stream)).toString(), 'hello');
  }
});

test('of a name with several addresses the next one is tried where one fails', async (t) => {
  await using origin = await startLateEcho();
  const addresses: LookupAddress[] = ['::1', '127.0.2.1', '127.0.0.1'].map((address) => ({ address, family: address === '::1' ? 6 : 4 }));
  t.mock.method(dns, 'lookup', (...args: unknown[]) => (args.at(-1) as (error: null, found: LookupAddress[]) => void)(null, addresses));
  const stream = await createDirect().connect({ host: 'several.test', port: origin.port }, soon());
  stream.end('hello');
  assert.equal((await readAll(stream)).toString(), 'hello');
});

test('says what went wrong', async () => {
  const direct = createDirect();
  const port = await refusingPort();
  assert.equal((await failure(direct, { host: '127.0.0.1', port })).code, 'destination-refused');
  assert.equal((await failure(direct, { host: 'localhost', port })).code, 'destination-refused');
  assert.equal((await failure(direct, { host: 'no-such-name.invalid', port })).code, 'destination-name-not-found');
  assert.equal((await failure(direct, { host: '255.255.255.255', port })).code, 'destination-unreachable');
});

test('an abort ends it before, while and after it connects', async () => {
  await using origin = await startEcho();
  const direct = createDirect();
  assert.equal((await failure(direct, origin, AbortSignal.abort())).code, 'aborted');

  const controller = new AbortController();
  const failed = failure(direct, { host: 'localhost', port: origin.port }, controller.signal);
  controller.abort();
  assert.equal((await failed).code, 'aborted');

  const late = new AbortController();
  const stream = await direct.connect(origin, late.signal);
  late.abort(); // no longer its business
  await echoes(stream);
  stream.destroy();
  await origin.empty();
});

test('a connection that breaks between two readers does not end the process', async () => {
  await using origin = await startServer(async (socket) => {
    await readExactly(socket, 1);
    socket.resetAndDestroy();
  });
  const stream = await createDirect().connect(origin, soon());
  stream.write('x');
  await new Promise((closed) => stream.once('close', closed));
  assert.equal(stream.destroyed, true);
});
